using System.CommandLine;

namespace Reconciler.Cli;

/// <summary>The options by which every command finds its controller's things; each may come from the environment instead.</summary>
internal sealed class SettingsOptions
{
    private readonly Option<string?> _repository = Of("--repository", "RECONCILER_REPOSITORY", "URL of the desired-state repository");
    private readonly Option<string?> _branch = Of("--branch", "RECONCILER_BRANCH", "branch that is followed (main)");
    private readonly Option<string?> _folder = Of("--folder", "RECONCILER_FOLDER", "folder of the desired state in the repository (its top)");
    private readonly Option<string?> _state = Of("--state", "RECONCILER_STATE", "the controller's own folder (/var/lib/reconciler/controller)");
    private readonly Option<string?> _identity = Of("--identity", "RECONCILER_IDENTITY", "private key for the servers (ssh_config and agent decide)");
    private readonly Option<string?> _secrets = Of("--secrets", "RECONCILER_SECRETS", "folder of file: secrets (/etc/reconciler/secrets)");
    private readonly Option<bool> _local = new("--allow-local-repositories") { Description = "accept repositories that are folders of this machine", Recursive = true };
    private readonly Option<int?> _interval = new("--interval") { Description = "seconds between two looks at the repository and the servers (60)", Recursive = true };

    public SettingsOptions(RootCommand root)
    {
        foreach (var option in new Option[] { _repository, _branch, _folder, _state, _identity, _secrets, _local, _interval })
            root.Options.Add(option);
    }

    public string State(ParseResult parsed) => parsed.GetValue(_state) ?? Of("RECONCILER_STATE") ?? "/var/lib/reconciler/controller";

    public bool AllowLocal(ParseResult parsed) => parsed.GetValue(_local) || Of("RECONCILER_ALLOW_LOCAL_REPOSITORIES") == "true";

    public TimeSpan Interval(ParseResult parsed) =>
        TimeSpan.FromSeconds(parsed.GetValue(_interval) ?? (int.TryParse(Of("RECONCILER_INTERVAL"), out var seconds) ? seconds : 60));

    /// <exception cref="UsageException">No repository is named.</exception>
    public ControllerSettings Read(ParseResult parsed) => new(
        parsed.GetValue(_repository) ?? Of("RECONCILER_REPOSITORY")
            ?? throw new UsageException("no desired-state repository is named: give --repository URL, or set RECONCILER_REPOSITORY"),
        parsed.GetValue(_branch) ?? Of("RECONCILER_BRANCH") ?? "main",
        parsed.GetValue(_folder) ?? Of("RECONCILER_FOLDER") ?? "",
        State(parsed),
        parsed.GetValue(_identity) ?? Of("RECONCILER_IDENTITY"),
        parsed.GetValue(_secrets) ?? Of("RECONCILER_SECRETS") ?? "/etc/reconciler/secrets",
        AllowLocal(parsed),
        Interval(parsed));

    private static Option<string?> Of(string name, string variable, string description) =>
        new(name) { Description = $"{description}; or {variable}", Recursive = true };

    private static string? Of(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}

/// <summary>The command line cannot be followed: exit code 64.</summary>
internal sealed class UsageException(string message) : Exception(message);
