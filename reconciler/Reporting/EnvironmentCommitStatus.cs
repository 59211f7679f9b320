using Reconciler.Hosting;

namespace Reconciler.Reporting;

/// <summary>What a git host shows beside the commit that is in force in an environment: the worst of its applications, one line.</summary>
internal static class EnvironmentCommitStatus
{
    private const string Holds = "True";

    public static string ContextOf(string environment) => $"reconciler/{environment}";

    /// <summary>The merged commit is refused: what was in force before stays so.</summary>
    public static CommitStatus Refused(string environment, string why, string? link) =>
        new(ContextOf(environment), StatusState.Failure, why, link);

    /// <summary>It is in force, and nobody has looked at the servers since.</summary>
    public static CommitStatus Begun(string environment, string? link) =>
        new(ContextOf(environment), StatusState.Pending, "in force; the servers are looked at", link);

    /// <summary>Another commit came before this one was through.</summary>
    public static CommitStatus Superseded(string environment, string by, string? link) =>
        new(ContextOf(environment), StatusState.Canceled, $"superseded by {by[..12]} before it was converged", link);

    /// <param name="statuses">Of all applications, and of the servers themselves.</param>
    /// <remarks>Its words change only when something has changed: no ages, no counts of seconds.</remarks>
    public static CommitStatus Of(string environment, IReadOnlyList<ApplicationStatus> statuses, string? link)
    {
        if (statuses.Count == 0)
            return new(ContextOf(environment), StatusState.Success, "nothing to do: git names no application here", link);
        var (state, status) = statuses.Select(each => (State: StateOf(each), Status: each)).MaxBy(each => each.State switch
        {
            StatusState.Failure => 3,
            StatusState.Pending => 2,
            _ => 1,
        });
        return new(ContextOf(environment), state, state == StatusState.Success ? Well(statuses) : $"{status.Application}: {SentenceOf(status)}", link);
    }

    private static StatusState StateOf(ApplicationStatus status)
    {
        if (status.Of("Stalled")?.Status == Holds || status.Health == Health.Degraded)
            return StatusState.Failure;
        if (status.Of("Ready")?.Status == Holds)
            return StatusState.Success;
        return status.Of("Ready")?.Reason == "Drifted" ? StatusState.Success : StatusState.Pending;
    }

    private static string SentenceOf(ApplicationStatus status)
    {
        var sentence = (status.WaitsFor ?? status.Fault ?? status.Of("Ready")?.Message ?? "not known").Split('\n')[0];
        return status.WaitsUntil is { } until ? $"deferred until {until.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}: {sentence}" : sentence;
    }

    private static string Well(IReadOnlyList<ApplicationStatus> statuses)
    {
        var drift = statuses.Sum(status => status.Differences.Count);
        return drift == 0 ? "converged: the servers are as git says" : $"converged; drift that is only reported: {drift}, see `reconciler drift`";
    }
}
