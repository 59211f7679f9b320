using System.Text.Json.Serialization;

namespace Reconciler.Reporting;

/// <summary>All that <c>status</c> says; stable in JSON.</summary>
/// <param name="Controller">Who works with the ledger now; null when nobody does.</param>
/// <param name="Repository">The last look at the desired-state repository; null when nobody looked yet.</param>
/// <param name="Requests">What people asked for: newest first, those that are not answered yet and the last few answers.</param>
internal sealed record StatusReport(
    ControllerStatus? Controller, RepositoryStatus? Repository,
    IReadOnlyList<ApplicationStatus> Applications, IReadOnlyList<RequestStatus> Requests)
{
    /// <summary>Who works on which environment; null where one controller has the whole ledger.</summary>
    public IReadOnlyList<LeaseStatus>? Leases { get; init; }

    /// <summary>When each server was last seen.</summary>
    public IReadOnlyList<ServerStatus> Servers { get; init; } = [];

    /// <summary>Something is held, set aside, refused or cannot be seen: a person is needed.</summary>
    public bool NeedsPerson => Repository is { Refused: not null } or { AheadOfOrigin: not null }
        || Applications.Any(status => status.Of("Stalled")?.Status == "True");
}

/// <summary>The process that has the ledger.</summary>
/// <param name="Command"><c>watch</c>, <c>converge</c> or <c>plan</c>.</param>
internal sealed record ControllerStatus(string? Command, int ProcessId, string Host, DateTimeOffset Since);

/// <summary>Who works on an environment, where several controllers share the ledger.</summary>
/// <param name="Controller">HOST:PROCESS:ID.</param>
/// <param name="Number">The fencing number that its servers obey.</param>
internal sealed record LeaseStatus(string Environment, string Controller, string? Command, long Number, DateTimeOffset Since);

/// <summary>What is known of the desired-state repository.</summary>
/// <param name="Revision">The newest that could be read.</param>
/// <param name="Refused">The tip of the branch while it is not in force: faults, or a rewound branch; null otherwise.</param>
/// <param name="Trouble">Why the tip is not in force; null when it is.</param>
/// <param name="Since">Since when there is this trouble.</param>
/// <param name="Diagnostics">The faults of what is refused.</param>
/// <param name="LookedAt">When that was.</param>
internal sealed record RepositoryStatus(
    string? Revision, string? Refused, string? Trouble, DateTimeOffset? Since,
    IReadOnlyList<DiagnosticReport> Diagnostics, DateTimeOffset LookedAt)
{
    /// <summary>When it is looked at next, while it cannot be fetched or its branch is rewound; null while it can.</summary>
    public DateTimeOffset? RetriesAt { get; init; }

    /// <summary>What is in force was pushed to the controller itself, and the repository lacks it; null when it has it.</summary>
    public AheadStatus? AheadOfOrigin { get; init; }
}

/// <summary>A commit in force that the repository lacks.</summary>
/// <param name="By">Who signed it.</param>
/// <param name="Push">What a person types, in a clone that has it.</param>
/// <param name="Sentence">All of it.</param>
internal sealed record AheadStatus(string Revision, string By, DateTimeOffset Since, string Push, string Sentence);

/// <summary>A run that has not ended.</summary>
/// <param name="State"><c>Running</c>, <c>Waiting</c>, <c>Held</c>, <c>Interrupted</c>: its controller ended in the middle, or
/// <c>WaitsForServer</c>: it does nothing any more, and
/// ends once a server that was lost says what became of a step.</param>
/// <param name="Phase">The phase that it is in; null before the first.</param>
/// <param name="CoveredSince">Since when this run covers the site; null when it does not.</param>
/// <param name="Steps">Those that are being carried out.</param>
/// <param name="Reason">Why it stands where it stands.</param>
internal sealed record RunStatus(
    string Id, string State, DateTimeOffset Since, string? Phase, DateTimeOffset? CoveredSince,
    IReadOnlyList<RunningStep> Steps, string? Reason)
{
    public const string WaitsForServer = "WaitsForServer";

    /// <summary>A desired-state commit that came in since it began, and whose turn comes after it; null when there is none.</summary>
    public string? Next { get; init; }

    /// <summary>Something failed that is tried until it succeeds (the maintenance page does not go away): what was said last is about this run.</summary>
    [JsonIgnore]
    public bool IsTriedAgain => State == "Running" && Reason is not null;
}

/// <summary>A step that was sent and has not come back.</summary>
internal sealed record RunningStep(string Server, string Summary, DateTimeOffset Since);

/// <summary>What a person asked for.</summary>
/// <param name="Ask">The command's word.</param>
/// <param name="TakenAt">When the controller began with it; null while it waits.</param>
/// <param name="Answer">What came of it; null until then.</param>
internal sealed record RequestStatus(
    long Id, string Ask, string? Environment, string? Application, string By, DateTimeOffset At,
    DateTimeOffset? TakenAt, DateTimeOffset? AnsweredAt, string? Answer);
