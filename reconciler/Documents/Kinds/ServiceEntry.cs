using System.ComponentModel;
using System.Text.Json.Serialization;
using Reconciler.Documents.Contracts;

namespace Reconciler.Documents.Kinds;

/// <summary>One entry of <c>services.yaml</c>. Exactly one of Command, Program, Unit and Process is set; beside Process, Command is what starts it.</summary>
internal sealed record ServiceEntry
{
    [Description("Its place in the order of stopping and starting: web, worker, beat; backing services are only ever started.")]
    public required Part Part { get; init; }

    [Description("Roles and servers. A beat must come to exactly one server.")]
    [Form(Form.Name), NotEmpty]
    public required IReadOnlyList<string> On { get; init; }

    [Description("Command line, without a shell, in the application's path (with Django, its `directory`) with its virtualenv first in PATH.")]
    [Form(Form.Command), Templated]
    public string? Command { get; init; }

    [Description("Who keeps a `command` running.")]
    public ServiceManagerName? Manager { get; init; }

    [Description("A program of supervisor's, as GROUP:PROGRAM where it is in a [group:...]. With `config` one that the application's own supervisor.conf declares: on servers that `on` does not name it is kept stopped. Without it one that the system's supervisor has already, from a file in /etc/supervisor/conf.d (which files.yaml may hold).")]
    [Form(Form.Program)]
    public string? Program { get; init; }

    [Description("The supervisor.conf that declares `program`, in the code, complete: [supervisord], [unix_http_server], [rpcinterface:supervisor], [supervisorctl] and a [program:NAME] for each `program`. It runs as the application's user in unit APPLICATION-supervisord.service, with the application's `environment`, and every program in it that starts by itself belongs to a service.")]
    [Form(Form.RelativePath), Templated]
    public string? Config { get; init; }

    [Description("A systemd unit that is there anyway.")]
    [Form(Form.Unit)]
    public string? Unit { get; init; }

    [Description("A process that nobody supervises: extended regular expression for its command line. `command` beside it starts it.")]
    [Form(Form.ProcessPattern)]
    public string? Process { get; init; }

    [Description("The signal that stops `process`.")]
    public StopSignal? StopSignal { get; init; }

    [Description("How long it may take to stop before it is killed, as 60s.")]
    [Bounds(1, 24 * 3600)]
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(60);

    [Description("What it has read when it started, and must read again when it changes: code, virtualenv, secrets/NAME, files/NAME, APPLICATION/secrets/NAME. Without it everything of its application; for host services nothing.")]
    [Form(Form.Reads)]
    public IReadOnlyList<string>? Reads { get; init; }

    [Description("What to do when something that it reads has changed.")]
    public ChangeReaction OnChange { get; init; } = ChangeReaction.Restart;

    [Description("TCP port on which it listens once it is ready.")]
    [Bounds(1, 65535)]
    public int? Port { get; init; }
}

[JsonConverter(typeof(WordConverter<Part>))]
internal enum Part
{
    Backing,
    Web,
    Worker,
    Beat,
}

[JsonConverter(typeof(WordConverter<ServiceManagerName>))]
internal enum ServiceManagerName
{
    Supervisor,
    Systemd,
}

[JsonConverter(typeof(WordConverter<ChangeReaction>))]
internal enum ChangeReaction
{
    Restart,
    Reload,
}

/// <summary>Written in capitals, as kill(1) has them.</summary>
[JsonConverter(typeof(NameConverter<StopSignal>))]
internal enum StopSignal
{
    TERM,
    INT,
    QUIT,
    HUP,
    USR1,
    USR2,
}
