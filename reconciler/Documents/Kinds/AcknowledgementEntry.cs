using System.ComponentModel;
using System.Text.Json.Serialization;
using Reconciler.Documents.Contracts;

namespace Reconciler.Documents.Kinds;

/// <summary>One entry of <c>ENVIRONMENT/acknowledgements.yaml</c>: a person's yes to one exact thing.</summary>
internal sealed record AcknowledgementEntry
{
    [Description("Which gates it opens. Origin, signature, fencing and the proof of a backup cannot be waived.")]
    [NotEmpty]
    public required IReadOnlyList<Gate> Gates { get; init; }

    [Description("APPLICATION@COMMIT, the whole commit of 40 digits. It lapses by itself with the next one. With gates: [breach] what"
        + " `reconciler breach` prints: breach:TASK@TIME. With gates: [task] a task that a person has seen done: task:APPLICATION/NAME@RUN.")]
    [Form(Form.Subject)]
    public required string For { get; init; }

    [Description("Why, for the history.")]
    [Form(Form.Line)]
    public required string Reason { get; init; }
}

/// <summary>A condition that defers a run until it is met.</summary>
[JsonConverter(typeof(WordConverter<Gate>))]
internal enum Gate
{
    PromotedFrom,
    Notice,
    DatabaseAhead,
    PendingMigrations,
    Drift,
    Windows,
    RequiredChecks,

    /// <summary>Migrations under <c>onMigration: refuse</c>: the maintenance page for this commit.</summary>
    Rolling,

    /// <summary>A task whose end is not known: a person has seen that it is done.</summary>
    Task,

    /// <summary>Opens nothing: a person has done what only people can do after a breach.</summary>
    Breach,
}
