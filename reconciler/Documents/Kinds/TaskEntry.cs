using System.ComponentModel;
using System.Text.Json.Serialization;
using Reconciler.Documents.Contracts;

namespace Reconciler.Documents.Kinds;

/// <summary>One entry of <c>tasks.yaml</c>: a command that is run once. Exactly one of Manage and Command is set.</summary>
internal sealed record TaskEntry
{
    [Description("The phase after which it is run: Static, Migrate (where the new code is in place and its services are not started yet), or Start.")]
    public TaskAfter After { get; init; } = TaskAfter.Migrate;

    [Description("Words for manage.py, as `createsuperuser --noinput`; run on the server of the migrations (`collectstatic` on each that has `static`), as `user`, with the application's environment.")]
    [Form(Form.Command), Templated]
    public string? Manage { get; init; }

    [Description("Instead of `manage`, a command line, without a shell, in the application's path (with Django, its `directory`) with its virtualenv first in PATH.")]
    [Form(Form.Command), Templated]
    public string? Command { get; init; }

    [Description("Asked just before: where it exits 0, the task counts as done and is not run. With it, a task whose end is not known is run again.")]
    public TaskCondition? Unless { get; init; }

    [Description("A task is run once for each name and number: a higher one has it run once more.")]
    [Bounds(1, 1_000_000)]
    public int Run { get; init; } = 1;

    [Description("true: users see the maintenance page meanwhile.")]
    public bool Cover { get; init; }

    [Description("true: it changes what no way back restores. The database is backed up before it; if it fails, or something after it, the run is held.")]
    public bool Irreversible { get; init; }

    [Description("It is ended after this time, as 10m, and counts as failed.")]
    [Bounds(1, 24 * 3600)]
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>Exactly one of the two is set.</summary>
internal sealed record TaskCondition
{
    [Description("Words for manage.py.")]
    [Form(Form.Command), Templated]
    public string? Manage { get; init; }

    [Description("A command line, without a shell.")]
    [Form(Form.Command), Templated]
    public string? Command { get; init; }
}

/// <summary>Written as the safe order has them.</summary>
[JsonConverter(typeof(NameConverter<TaskAfter>))]
internal enum TaskAfter
{
    Static,
    Migrate,
    Start,
}
