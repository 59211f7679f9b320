using System.ComponentModel;
using System.Text.Json.Serialization;
using Reconciler.Documents.Contracts;

namespace Reconciler.Documents.Kinds;

/// <summary>
/// <c>/etc/reconciler/controller.yaml</c>: the controller's own settings. It is no part of the desired state; nothing in it is required,
/// since each key may come from an option or an environment variable instead.
/// </summary>
[NotYet("repositories", "ledger", "signers", "notifications", "notify", "webhook", "logLevel", "otlp")]
internal sealed record ControllerDocument
{
    [Description("The desired-state repository.")]
    public ControllerRepository Repository { get; init; } = new();

    [Description("The controller's own folder: ledger, mirrors. (/var/lib/reconciler/controller)")]
    [Form(Form.ControllerPath)]
    public string? State { get; init; }

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

    [Description("Where `watch` answers /healthz, /readyz and /metrics: ADDRESS:PORT, or none. "
        + "Whoever reaches it reads names of environments and servers. (127.0.0.1:9464)")]
    [Form(Form.Listen)]
    public string? Listen { get; init; }

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

[JsonConverter(typeof(WordConverter<LogFormat>))]
internal enum LogFormat
{
    Text,
    Json,
}
