using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Reporting;
using Reconciler.Turns;
using Reconciler.Watching;

namespace Reconciler;

/// <summary>The loop: watch, observe, diff, plan, converge, report; the servers themselves first, then each application.</summary>
/// <param name="early">Null for a look beside a running controller.</param>
internal sealed class ReconcileLoop(DesiredState watching, EnvironmentLook observing, UnitTurn turning, Flags flags, StatusReporter reporting,
    DriftMemory memory, SoftwareLook software, RequiredChecks checks, QuietTurns quiet, EarlyVerdicts? early)
{
    /// <summary>One turn for one environment, from the desired state in force and a fresh look.</summary>
    public async Task<IReadOnlyList<UnitVerdict>> TurnAsync(string environment, TurnOptions options, ITurnProgress progress, CancellationToken cancellation)
    {
        var accepted = await watching.InForceAsync(environment, cancellation);
        var given = options;
        if (await QuietAsync(accepted, options, progress, cancellation) is { } same)
            return same;
        var inForce = await turning.WithRefusedAsync(accepted, cancellation);
        var desired = flags.Judge(await turning.WithRetiredAsync(inForce, cancellation), keeps: !options.DryRun);
        if (!options.DryRun)
            options = options with { Hindrance = await turning.SettleAsync(desired, cancellation) };
        var asking = checks.ReadAsync(environment, desired.Units, cancellation);
        var before = quiet.VerifiedBefore(environment);
        var (observed, servers) = await LookAsync(desired, options.ByPerson, !options.DryRun, cancellation,
            given == TurnOptions.Watch && early is not null ? soFar => early.SaveAsync(desired, soFar, before, progress, cancellation) : null);
        await asking;
        (desired, observed) = await turning.AsSeenAsync(desired, observed, cancellation);
        var (looked, verdicts) = (observed, new List<UnitVerdict>());
        foreach (var unit in desired.Units)
        {
            var seen = memory.Note(desired, unit, observed, before);
            var verdict = await turning.RunAsync(desired, unit, observed,
                ServersFirst.For(unit, desired, observed, options.For(unit.Application)), progress, cancellation);
            // Told to end, it still says what became of the run.
            if (verdict.Converged && !cancellation.IsCancellationRequested)
            {
                (observed, servers) = await LookAsync(desired, byPerson: false, counts: true, cancellation);
                seen = memory.Note(desired, unit, observed, before);
            }
            memory.NoteSecrets(desired, unit, verdict);
            reporting.Save(VerdictStatus.Of(desired, unit, verdict, reporting.Before(environment, unit.Application), reporting.Now, seen));
            verdicts.Add(new(desired, turning.Marked(desired, unit), verdict) { Seen = seen, Servers = servers });
            cancellation.ThrowIfCancellationRequested();
            if (unit.Application == ResourceId.Host)
                options = ServersFirst.After(verdict, desired, options);
        }
        foreach (var (application, why) in desired.Faults)
            reporting.Save(VerdictStatus.OfFault(desired, application, why, reporting.Before(environment, application), reporting.Now));
        quiet.Ended(accepted, desired, looked, given, verdicts);
        return verdicts;
    }

    /// <returns>The verdicts of the last turn, the very same, where nothing that they hang on has changed; else null.</returns>
    private async Task<IReadOnlyList<UnitVerdict>?> QuietAsync(
        ExpandedEnvironment accepted, TurnOptions options, ITurnProgress progress, CancellationToken cancellation)
    {
        if (quiet.Of(accepted, options) is not { } last || await turning.SettleAsync(last.Desired, cancellation) is not null)
            return null;
        var observed = await observing.LookAsync(last.Desired, byPerson: false, cancellation, soFar => early is null || QuietTurns.IsSame(last, soFar)
            ? Task.CompletedTask : early.SaveAsync(last.Desired, soFar, quiet.VerifiedBefore(accepted.Name), progress, cancellation));
        if (!QuietTurns.IsSame(last, observed))
            return null;
        quiet.SeenAgain(last, observed);
        reporting.SaveSeenAgain(accepted.Name);
        return last.Verdicts;
    }

    private async Task<(Observed, IReadOnlyList<SeenServer>)> LookAsync(
        ExpandedEnvironment desired, bool byPerson, bool counts, CancellationToken cancellation, Func<Observed, Task>? meanwhile = null)
    {
        var observed = await observing.LookAsync(desired, byPerson, cancellation, meanwhile);
        return (observed, memory.NoteServers(desired, observed, await software.AtAsync(desired, observed, counts, cancellation)));
    }
}

/// <summary>What a turn made of one unit of an environment.</summary>
internal sealed record UnitVerdict(ExpandedEnvironment Environment, Unit Unit, Verdict Verdict)
{
    /// <summary>What this look and those before it made of each resource.</summary>
    public IReadOnlyDictionary<ResourceId, SeenResource> Seen { get; init; } = new Dictionary<ResourceId, SeenResource>();

    /// <summary>The environment's servers, and whether they answered.</summary>
    public IReadOnlyList<SeenServer> Servers { get; init; } = [];
}
