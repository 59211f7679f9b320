using System.ComponentModel;
using System.Text.Json.Serialization;
using Reconciler.Documents.Contracts;

namespace Reconciler.Documents.Kinds;

/// <summary>
/// <c>/etc/reconciler/controller.yaml</c>: the controller's own settings. It is no part of the desired state; nothing in it is required,
/// since each key may come from an option or an environment variable instead.
/// </summary>
[NotYet("repositories", "notify", "logLevel", "otlp")]
internal sealed record ControllerDocument
{
    [Description("The desired-state repository.")]
    public ControllerRepository Repository { get; init; } = new();

    [Description("The controller's own folder: ledger, mirrors. (/var/lib/reconciler/controller)")]
    [Form(Form.ControllerPath)]
    public string? State { get; init; }

    [Description("Where it remembers what was done; in `state` without it.")]
    public ControllerLedger Ledger { get; init; } = new();

    [Description("Private key for the servers; without it ssh_config and the agent decide.")]
    [Form(Form.ControllerPath)]
    public string? Identity { get; init; }

    [Description("The folder below which file: secrets lie. (/etc/reconciler/secrets)")]
    [Form(Form.ControllerPath)]
    public string? Secrets { get; init; }

    [Description("Where age: secrets are decrypted with.")]
    public ControllerAge Age { get; init; } = new();

    [Description("Where aws: secrets come from; credentials are those of AWS_PROFILE, the environment, or the instance's role.")]
    public ControllerAws Aws { get; init; } = new();

    [Description("Between two looks at the repository and the servers, as 60s. (60s)")]
    [Bounds(1, 86400)]
    public TimeSpan? Interval { get; init; }

    [Description("Where `watch` answers /healthz, /readyz and /metrics, and shows /environments: ADDRESS:PORT, or none. "
        + "Whoever reaches it reads names of environments and servers, and what differs there. (127.0.0.1:9464)")]
    [Form(Form.Listen)]
    public string? Listen { get; init; }

    [Description("Git hosts whose API is asked, by the host's name as it stands in addresses of repositories: github.com.")]
    [Keys(Form.HostName)]
    public IReadOnlyDictionary<string, ControllerGitHost> GitHosts { get; init; } = new Dictionary<string, ControllerGitHost>();

    [Description("Where `watch` is told of pushes, so that it looks at once; without it, it looks at its interval.")]
    public ControllerWebhook? Webhook { get; init; }

    [Description("Who is told when something fails, fails otherwise, or works again, by name.")]
    [Keys(Form.Name)]
    public IReadOnlyDictionary<string, ControllerNotification> Notifications { get; init; } = new Dictionary<string, ControllerNotification>();

    [Description("Who may sign commits, for environments with `verify`.")]
    public ControllerSigners Signers { get; init; } = new();

    [Description("Who may push desired state to the controller itself while `repository` cannot be fetched; without it nobody.")]
    public ControllerSigners BreakGlass { get; init; } = new();

    [Description("Where people reach `listen` from their browsers, as https://reconciler.example: commit statuses and comments link there. Without it they have no links.")]
    [Form(Form.WebPage)]
    public string? Pages { get; init; }

    [Description("How `watch` writes its log: text, or one JSON object in each line. (text)")]
    public LogFormat? LogFormat { get; init; }
}

internal sealed record ControllerRepository
{
    [Description("Where git fetches the desired state from.")]
    [Form(Form.Repository)]
    public string? Url { get; init; }

    [Description("The branch that is followed. (main)")]
    [Form(Form.WholeBranch)]
    public string? Branch { get; init; }

    [Description("Folder of the desired state in the repository; its top without it.")]
    [Form(Form.RelativePath)]
    public string? Folder { get; init; }

    [Description("true: repositories may be folders of this machine, to try things out. (false)")]
    public bool? AllowLocal { get; init; }
}

internal sealed record ControllerLedger
{
    [Description("A file, 0600, with the address of a PostgreSQL database in one line, as postgresql://ROLE:PASSWORD@HOST/DATABASE. Controllers with the same one "
        + "share the work: each environment is one's at a time. Without it the ledger is a file in `state`, and one controller's alone.")]
    [Form(Form.ControllerPath)]
    public string? PostgresqlFile { get; init; }
}

internal sealed record ControllerAge
{
    [Description("The controller's identity file (age-keygen -o FILE), 0600.")]
    [Form(Form.ControllerPath)]
    public string? Identity { get; init; }
}

internal sealed record ControllerAws
{
    [Description("As eu-central-1; without it AWS_REGION, the profile or the instance says. An ARN names its own.")]
    [Form(Form.AwsRegion)]
    public string? Region { get; init; }

    [Description("A profile of ~/.aws/config; without it AWS_PROFILE says.")]
    [Form(Form.AwsProfile)]
    public string? Profile { get; init; }
}

internal sealed record ControllerGitHost
{
    [Description("Which API it speaks: github or gitlab. (by its name, where that says so)")]
    public ApiKind? Kind { get; init; }

    [Description("Root of its API. (https://api.github.com, https://HOST/api/v3, https://HOST/api/v4)")]
    [Form(Form.ApiRoot)]
    public string? Api { get; init; }

    [Description("File with the token, 0600: it writes commit statuses and comments, and reads checks and pull requests.")]
    [Form(Form.ControllerPath)]
    public string? TokenFile { get; init; }

    [Description("Projects whose repository is fetched from an address that does not name them (a mirror, an ssh alias): OWNER/NAME and that address.")]
    [Keys(Form.ProjectPath), Form(Form.Repository)]
    public IReadOnlyDictionary<string, string> Repositories { get; init; } = new Dictionary<string, string>();
}

internal sealed record ControllerWebhook
{
    [Description("ADDRESS:PORT of /webhook, and of nothing else: a web server with TLS belongs before it. (127.0.0.1:9465)")]
    [Form(Form.Listen)]
    public string Listen { get; init; } = "127.0.0.1:9465";

    [Description("File with the secret that the git host signs with (GitHub) or sends (GitLab), 0600, 16 characters or more.")]
    [Form(Form.ControllerPath)]
    public required string SecretFile { get; init; }
}

internal sealed record ControllerSigners
{
    [Description("OpenSSH's allowed signers file: ADDRESS and public key in each line (ssh-keygen(1)).")]
    [Form(Form.ControllerPath)]
    public string? Ssh { get; init; }

    [Description("OpenPGP public keys, as gpg --export --armor writes them.")]
    [Form(Form.ControllerPath)]
    public string? Gpg { get; init; }
}

internal sealed record ControllerNotification
{
    [Description("File with the https URL that gets a POST with a JSON object for each notice, 0600.")]
    [Form(Form.ControllerPath)]
    public string? WebhookFile { get; init; }

    [Description("File with the URL of a Slack-compatible incoming webhook, 0600.")]
    [Form(Form.ControllerPath)]
    public string? SlackFile { get; init; }

    [Description("A command that gets the same JSON object on its standard input; run without a shell, for 30 s at most.")]
    [Form(Form.Command)]
    public string? Command { get; init; }

    [Description("Only of these environments; of all without it.")]
    [Form(Form.Name)]
    public IReadOnlyList<string> Environments { get; init; } = [];

    [Description("A sign of life when there was nothing to say for so long, as 24h; without it none.")]
    [Bounds(60, 30 * 86400)]
    public TimeSpan? Heartbeat { get; init; }
}

[JsonConverter(typeof(WordConverter<ApiKind>))]
internal enum ApiKind
{
    Github,
    Gitlab,
}

[JsonConverter(typeof(WordConverter<LogFormat>))]
internal enum LogFormat
{
    Text,
    Json,
}
