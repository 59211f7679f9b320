using System.ComponentModel;
using Reconciler.Documents.Contracts;

namespace Reconciler.Documents.Kinds;

/// <summary>One entry of <c>windows</c> in environment.yaml. Exactly one of allow and deny is set.</summary>
internal sealed record WindowEntry
{
    [Description("When a time begins in which runs may begin: cron (`0 20 * * 1-5`), or one time as 2026-12-24T18:00:00Z.")]
    [Form(Form.WindowStart)]
    public string? Allow { get; init; }

    [Description("When a time begins in which none may begin: cron (`0 8 * * 1-5`), or one time as 2026-12-24T18:00:00Z.")]
    [Form(Form.WindowStart)]
    public string? Deny { get; init; }

    [Description("How long each lasts, as 10h.")]
    [Bounds(60, 31 * 86400)]
    public required TimeSpan Duration { get; init; }

    [Description("Of cron, as Europe/Berlin; UTC without it. A beginning that the clocks jump over (spring) is when they have "
        + "moved on; one that comes twice (autumn) is the first.")]
    [Form(Form.TimeZone)]
    public string? TimeZone { get; init; }
}
