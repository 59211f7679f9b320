using Reconciler.Documents.Contracts;
using Reconciler.Model;

namespace Reconciler.Planning;

/// <summary>A gate that is not met yet: the run is deferred, not failed.</summary>
/// <param name="Gate">Its name, as acknowledgements use it.</param>
/// <param name="Sentence">What is waited for.</param>
/// <param name="Until">When it will be met by itself; null when that is not known.</param>
internal sealed record Deferral(string Gate, string Sentence, DateTimeOffset? Until)
{
    /// <summary>It failed where it was to be proven: nobody is handed a ready yes to just that.</summary>
    public bool Failed { get; init; }
}

/// <summary>What the ledger knows of the release that is asked for, in the environment that it must come through.</summary>
/// <param name="HealthySince">Null: not converged there, or not healthy.</param>
/// <param name="SetAsideAt">It failed there.</param>
internal sealed record ReleaseRecord(DateTimeOffset? HealthySince, DateTimeOffset? SetAsideAt)
{
    /// <summary>What became of it there, a sentence without its subject; null when nothing stands against it.</summary>
    public string? Failure { get; init; }
}

/// <summary>Gates, judged from data at one moment. A gate defers; it never fails a run.</summary>
internal static class Gates
{
    /// <summary>
    /// <c>windows</c>: a run that covers or stops something may begin then. What is announced is announced that much before.
    /// </summary>
    /// <param name="start">When it would begin.</param>
    public static Deferral? Window(ChangeWindows windows, DateTimeOffset start, DateTimeOffset now)
    {
        if (windows.IsOpen(start))
            return null;
        var closed = $"`windows` of environment.yaml: nothing that covers or stops the site may begin at "
            + $"{start.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}";
        if (windows.NextOpen(start) is not { } opens)
            return new("windows", $"{closed}, nor at any time to come: change them, or acknowledge windows", null);
        var note = opens.Note is { } why ? $" ({why})" : "";
        return new("windows", $"{closed}; it begins at {opens.At.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}{note}", opens.At - (start - now));
    }

    private static string Because(ReleaseRecord release) => release.Failure is { } failure ? $": {failure}" : "";

    /// <summary><c>promotedFrom</c>: this commit ran there, healthy, for the soak (000: 29, "tested in staging before").</summary>
    public static Deferral? Promotion(string environment, TimeSpan soak, string commit, ReleaseRecord? release, DateTimeOffset now)
    {
        var code = commit.Length > 12 ? commit[..12] : commit;
        if (release is { SetAsideAt: not null, HealthySince: null })
            return new("promotedFrom", $"{code} failed in {environment}{Because(release)}; a newer commit tries again", null)
            {
                Failed = true,
            };
        if (release is { Failure: not null, HealthySince: null })
            return new("promotedFrom", $"{code} does not run in {environment}{Because(release)}", null) { Failed = true };
        if (release?.HealthySince is not { } since)
            return new("promotedFrom", $"{code} with this base has not run in {environment} yet", null);
        var until = since + soak;
        return until <= now ? null
            : new("promotedFrom",
                $"{code} runs in {environment} since {since:yyyy-MM-ddTHH:mm:ssZ}, and soaks for {DurationConverter.Format(soak)}", until);
    }
}
