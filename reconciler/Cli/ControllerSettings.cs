using System.Net;
using Reconciler.Documents.Kinds;
using Reconciler.Hosting;
using Reconciler.Journaling;
using Reconciler.Reporting;
using Reconciler.Serving;

namespace Reconciler.Cli;

/// <summary>What the controller needs to know about itself.</summary>
/// <param name="Repository">Where the desired state comes from.</param>
/// <param name="Folder">Where it lies in that repository; empty for its top.</param>
/// <param name="State">The controller's own folder: ledger, mirrors.</param>
/// <param name="Identity">Private key for the servers; null leaves it to ssh_config and the agent.</param>
/// <param name="Secrets">The folder below which <c>file:</c> secrets lie.</param>
internal sealed record ControllerSettings(
    string Repository, string Branch, string Folder, string State, string? Identity, string Secrets, bool AllowLocalRepositories,
        TimeSpan Interval)
{
    /// <summary>File with the address of a PostgreSQL ledger; null for SQLite in <see cref="State"/>.</summary>
    public string? LedgerFile { get; init; }

    public LedgerPlace Ledger => new(State, LedgerFile);

    /// <summary>The controller's age identity file; null for none.</summary>
    public string? AgeIdentity { get; init; }

    /// <summary>Region and profile for AWS; null where the environment or the instance says.</summary>
    public (string? Region, string? Profile) Aws { get; init; }

    /// <summary>Where health and metrics are answered; null for nowhere.</summary>
    public IPEndPoint? Listen { get; init; }

    /// <summary>Git hosts that may be asked.</summary>
    public IReadOnlyList<GitHostSettings> GitHosts { get; init; } = [];

    /// <summary>Where pushes are told; null for nowhere.</summary>
    public WebhookSettings? Webhook { get; init; }

    /// <summary>Files of those who may sign; null where none is named.</summary>
    public (string? Ssh, string? Gpg) Signers { get; init; }

    /// <summary>Files of those whose commits may be pushed here while the repository cannot be fetched.</summary>
    public (string? Ssh, string? Gpg) BreakGlass { get; init; }

    /// <summary>The settings file that was read; null for none.</summary>
    public string? File { get; init; }

    /// <summary>Who is told when something fails.</summary>
    public IReadOnlyList<NoticeRoute> Notifications { get; init; } = [];

    /// <summary>Where people reach <see cref="Listen"/>, without a slash at its end; null for nowhere.</summary>
    public string? Pages { get; init; }

    /// <summary>Where people see how an environment stands; null for nowhere.</summary>
    public string? PageOf(string environment) => Pages is null ? null : $"{Pages}/environments/{environment}";

    /// <summary>How the daemon writes its log.</summary>
    public LogFormat LogFormat { get; init; }
}
