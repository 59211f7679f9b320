using System.CommandLine;
using Reconciler.Documents.Contracts;
using Reconciler.Documents.Kinds;
using Reconciler.Journaling;

namespace Reconciler.Cli;

/// <summary>
/// Where every command finds its controller's things. An option goes before an environment variable, that before the settings file, and
/// that before the default.
/// </summary>
internal sealed class SettingsOptions
{
    /// <summary>For --help.</summary>
    public const string Order =
        $"Settings: an option goes before its environment variable, that before the settings file "
        + $"({SettingsFile.Usual}), that before the default.";

    private readonly Option<string?> _config = Of("--config", "RECONCILER_CONFIG",
        $"settings file ({SettingsFile.Usual}, if it is there), or none");
    private readonly Option<string?> _repository = Of("--repository", "RECONCILER_REPOSITORY", "URL of the desired-state repository");
    private readonly Option<string?> _branch = Of("--branch", "RECONCILER_BRANCH", "branch that is followed (main)");
    private readonly Option<string?> _folder = Of("--folder", "RECONCILER_FOLDER", "folder of the desired state in the repository (its top)");
    private readonly Option<string?> _state = Of("--state", "RECONCILER_STATE", "the controller's own folder (/var/lib/reconciler/controller)");
    private readonly Option<string?> _identity = Of("--identity", "RECONCILER_IDENTITY", "private key for the servers (ssh_config and agent decide)");
    private readonly Option<string?> _age = Of("--age-identity", "RECONCILER_AGE_IDENTITY", "file with the private key for age: secrets");
    private readonly Option<string?> _secrets = Of("--secrets", "RECONCILER_SECRETS", "folder of file: secrets (/etc/reconciler/secrets)");
    private readonly Option<bool> _local = new("--allow-local-repositories")
    {
        Description = "accept repositories that are folders of this machine; or RECONCILER_ALLOW_LOCAL_REPOSITORIES=true",
        Recursive = true,
    };

    private readonly Option<string?> _interval =
        Of("--interval", "RECONCILER_INTERVAL", "between two looks at the repository and the servers, seconds or as 5m (60s)");

    private readonly Option<string?> _listen =
        new("--listen") { Description = "ADDRESS:PORT of /healthz, /readyz and /metrics, or none (127.0.0.1:9464); or RECONCILER_LISTEN" };

    private readonly Option<LogFormat?> _logFormat = new("--log-format") { Description = "text or json (text); or RECONCILER_LOG_FORMAT" };

    private (ParseResult Of, ControllerDocument File)? _read;

    public SettingsOptions(RootCommand root)
    {
        foreach (var option in new Option[] { _config, _repository, _branch, _folder, _state, _identity, _age, _secrets, _local, _interval })
            root.Options.Add(option);
    }

    /// <summary>Those of the daemon alone.</summary>
    public void AddTo(Command daemon)
    {
        daemon.Options.Add(_listen);
        daemon.Options.Add(_logFormat);
    }

    /// <summary>The settings file that counts; null when none does.</summary>
    public string? FileName(ParseResult parsed) => SettingsFile.Which(parsed.GetValue(_config) ?? Of("RECONCILER_CONFIG"));

    public string State(ParseResult parsed) =>
        Text(parsed, _state, "RECONCILER_STATE", file => file.State) ?? "/var/lib/reconciler/controller";

    /// <summary>Where the ledger is.</summary>
    public LedgerPlace Ledger(ParseResult parsed) => new(State(parsed), File(parsed).Ledger.PostgresqlFile);

    public bool AllowLocal(ParseResult parsed) => parsed.GetValue(_local) || (Of("RECONCILER_ALLOW_LOCAL_REPOSITORIES") is { } word
        ? word switch
        {
            "true" => true,
            "false" => false,
            _ => throw new UsageException("RECONCILER_ALLOW_LOCAL_REPOSITORIES is neither true nor false: set it to one of them"),
        }
        : File(parsed).Repository.AllowLocal ?? false);

    public TimeSpan Interval(ParseResult parsed) =>
        (parsed.GetValue(_interval) is { } option ? IntervalOf(option, "--interval") : null)
        ?? (Of("RECONCILER_INTERVAL") is { } variable ? IntervalOf(variable, "RECONCILER_INTERVAL") : null)
        ?? File(parsed).Interval ?? TimeSpan.FromSeconds(60);

    /// <exception cref="UsageException">No repository is named, or a setting is not what it must be.</exception>
    public ControllerSettings Read(ParseResult parsed) => new(
        Repository(parsed) ?? throw new UsageException("no desired-state repository is named: "
            + "give --repository URL, or set RECONCILER_REPOSITORY, "
            + $"or write spec.repository.url into {FileName(parsed) ?? SettingsFile.Usual}"),
        Text(parsed, _branch, "RECONCILER_BRANCH", file => file.Repository.Branch) ?? "main",
        Text(parsed, _folder, "RECONCILER_FOLDER", file => file.Repository.Folder) ?? "",
        State(parsed),
        Identity(parsed),
        Secrets(parsed),
        AllowLocal(parsed),
        Interval(parsed))
    {
        LedgerFile = File(parsed).Ledger.PostgresqlFile,
        Listen = ListenAddresses.Parse(Listen(parsed)),
        AgeIdentity = AgeIdentity(parsed),
        Aws = (File(parsed).Aws.Region, File(parsed).Aws.Profile),
        GitHosts = HostSettings.GitHostsOf(File(parsed)),
        Webhook = HostSettings.WebhookOf(File(parsed)),
        Notifications = HostSettings.RoutesOf(File(parsed)),
        Signers = (File(parsed).Signers.Ssh, File(parsed).Signers.Gpg),
        BreakGlass = (File(parsed).BreakGlass.Ssh, File(parsed).BreakGlass.Gpg),
        File = FileName(parsed),
        Pages = File(parsed).Pages?.TrimEnd('/'),
        LogFormat = parsed.GetValue(_logFormat) ?? LogFormatOf(Of("RECONCILER_LOG_FORMAT")) ?? File(parsed).LogFormat ?? LogFormat.Text,
    };

    /// <summary>Null when none is named.</summary>
    public string? Repository(ParseResult parsed) => Text(parsed, _repository, "RECONCILER_REPOSITORY", file => file.Repository.Url);

    public string? Identity(ParseResult parsed) => Text(parsed, _identity, "RECONCILER_IDENTITY", file => file.Identity);

    public string? AgeIdentity(ParseResult parsed) => Text(parsed, _age, "RECONCILER_AGE_IDENTITY", file => file.Age.Identity);

    public string Secrets(ParseResult parsed) =>
        Text(parsed, _secrets, "RECONCILER_SECRETS", file => file.Secrets) ?? "/etc/reconciler/secrets";

    private string Listen(ParseResult parsed)
    {
        var text = Text(parsed, _listen, "RECONCILER_LISTEN", file => file.Listen) ?? "127.0.0.1:9464";
        return ListenAddresses.FaultOf(text) is { } fault
            ? throw new UsageException($"`{text}` {fault}: --listen (RECONCILER_LISTEN) must be {ListenAddresses.Allowed}")
            : text;
    }

    private ControllerDocument File(ParseResult parsed)
    {
        if (_read is not { } read || read.Of != parsed)
            _read = read = (parsed, SettingsFile.Read(FileName(parsed)));
        return read.File;
    }

    private string? Text(ParseResult parsed, Option<string?> option, string variable, Func<ControllerDocument, string?> inFile)
    {
        // Read whatever goes before it: a faulty file is told, not found out when the option is left out.
        var file = File(parsed);
        return parsed.GetValue(option) ?? Of(variable) ?? inFile(file);
    }

    private static TimeSpan? IntervalOf(string text, string from)
    {
        var interval = int.TryParse(text, out var seconds) ? TimeSpan.FromSeconds(seconds) : DurationConverter.Parse(text);
        return interval >= TimeSpan.FromSeconds(1) && interval <= TimeSpan.FromDays(1)
            ? interval
            : throw new UsageException($"`{text}` is no interval: {from} takes seconds or a duration as 60s or 5m, from 1s to 1d");
    }

    private static LogFormat? LogFormatOf(string? word) => word switch
    {
        null => null,
        "text" => LogFormat.Text,
        "json" => LogFormat.Json,
        _ => throw new UsageException($"`{word}` is no log format: RECONCILER_LOG_FORMAT takes text or json"),
    };

    private static Option<string?> Of(string name, string variable, string description) =>
        new(name) { Description = $"{description}; or {variable}", Recursive = true };

    private static string? Of(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}

/// <summary>The command line, or the settings file, cannot be followed: exit code 64.</summary>
internal sealed class UsageException(string message) : Exception(message);
