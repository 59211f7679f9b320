using Reconciler.Journaling;

namespace Reconciler.Turns;

/// <summary>What a person's <c>suspend</c>, <c>resume</c> and <c>hold</c> do to the ledger: of the watch that was asked, or of the
/// command itself where none runs.</summary>
internal sealed class Pauses(ILedger ledger)
{
    /// <param name="application">Null for the whole environment.</param>
    /// <returns>What is so now, a sentence.</returns>
    public string Suspend(string environment, string? application, string reason, string by, DateTimeOffset? until)
    {
        ledger.Suspend(environment, application, reason, by, until);
        var acting = ledger.OpenRuns().Where(run => run.Environment == environment && (application ?? run.Application) == run.Application)
            .Where(run => run.State == RunState.Running)
            .Select(run => $"; run {run.Id} goes on to its end: `reconciler hold {environment} {run.Application} --reason TEXT` "
                + "stops it before its next phase");
        var time = until is { } end ? $" until {end:yyyy-MM-ddTHH:mm:ssZ}" : "";
        var lift = $"reconciler resume {environment}{(application is null ? "" : $" {application}")}";
        return $"{Subject(environment, application)} is suspended{time}: it is looked at and reported, and nothing is changed on it, "
            + $"until `{lift}`{string.Concat(acting)}";
    }

    /// <param name="application">Null for all that is suspended in the environment.</param>
    /// <returns>Whether something was lifted, and a sentence.</returns>
    public (bool Done, string Sentence) Resume(string environment, string? application)
    {
        var known = ledger.Suspensions(environment);
        if (application is not null && known.All(suspension => suspension.Application != application) && FollowState.Resume(ledger, environment, application))
            return (true, $"{Subject(environment, application)} is followed again");
        if (ledger.Resume(environment, application) > 0
            && known.Any(suspension => application is null || suspension.Application == application))
            return known.Any(suspension => suspension.Application is null) && application is not null
                ? (true, $"{application} itself is no longer suspended, but all of {environment} is: "
                    + $"`reconciler resume {environment}` lifts that")
                : (true, $"{Subject(environment, application)} is no longer suspended");
        return (false, known.Any(suspension => suspension.Application is null)
            ? $"{application} itself is not suspended, all of {environment} is: `reconciler resume {environment}` lifts that"
            : $"{Subject(environment, application)} is not suspended");
    }

    /// <summary>For a run that does not act now. One that does takes the request itself, before its next phase.</summary>
    /// <returns>Null when it acts; else whether something was held, and a sentence.</returns>
    /// <exception cref="IllegalTransitionException">It went on meanwhile.</exception>
    public (bool Done, string Sentence)? Hold(string environment, string application, string reason, string by, bool interrupted)
    {
        switch (ledger.OpenRun(environment, application))
        {
            case { State: RunState.Running } when !interrupted:
                return null;
            case { } run:
                // Who holds has the later word.
                ledger.ForgetWord(environment, application);
                var notice = RunHold.IsBeforeCover(run) ? RunHold.Notice(ledger, environment, application) : "";
                ledger.MoveRun(run.Id, RunState.Held,
                    $"held by {by}: {reason}.{notice} It goes on with a newer desired state, or with {Advice.Again(environment, application)}.");
                return (true, $"run {run.Id} of {application} is held{(notice.Length == 0 ? "" : $".{notice.TrimEnd('.')}")}");
            default:
                return (false, ledger.HeldRun(environment, application) is { } held
                    ? $"run {held.Id} of {application} is held already: {held.Reason?.Split('\n')[0]}"
                    : $"no run of {application} in {environment} is under way: "
                        + $"`reconciler suspend {environment} {application} --reason TEXT` keeps the next one from beginning");
        }
    }

    private static string Subject(string environment, string? application) => application is null ? $"all of {environment}"
        : $"{environment}/{application}";
}
