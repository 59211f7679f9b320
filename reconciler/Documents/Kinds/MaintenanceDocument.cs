using System.ComponentModel;
using Reconciler.Documents.Contracts;

namespace Reconciler.Documents.Kinds;

/// <summary><c>ENVIRONMENT/APPLICATION/maintenance.yaml</c>: the flag. It covers the site; it stops nothing.</summary>
internal sealed record MaintenanceDocument
{
    [Description("Puts the site under maintenance, with notice, and takes it out again.")]
    public bool Enabled { get; init; }

    [Description("When, as 2026-03-01T02:00:00Z. Missing, past or too early means after the usual notice.")]
    public DateTimeOffset? StartsAt { get; init; }

    [Description("When it should be over: for Retry-After and an alarm; it never uncovers by itself.")]
    public DateTimeOffset? EndsAt { get; init; }

    [Description("For the notice and the page.")]
    [Form(Form.Line)]
    public string? Message { get; init; }
}
