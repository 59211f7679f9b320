using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Planning;

namespace Reconciler.Turns;

/// <summary>
/// The gates of a run, asked in each turn before it begins and once more just before Cover: what was met then may not be so any more.
/// </summary>
internal sealed class RunGates(RequiredChecks checks, ILedgerReader ledger, TimeProvider clock)
{
    // A turn comes a little later than the time that was announced.
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(5);

    /// <param name="goesOn">The site is down already: this run brings it back.</param>
    /// <param name="looksAhead">What a plan of Prepare alone would lead to is judged too, for whoever asks what would be.</param>
    public Deferral? Of(ExpandedEnvironment environment, Unit unit, Plan plan, bool goesOn, bool looksAhead = false) =>
        unit.Alone is not null ? null
        : MissingOf(environment, unit, plan) is { } missing ? missing
        : WasAdmitted(environment, unit) ? null
        : PromotionOf(environment, unit) ?? checks.Of(environment.Name, unit) ?? (goesOn ? null : WindowOf(environment, unit, plan, looksAhead));

    /// <summary>As <see cref="Of"/>, with what others say asked anew: what was met when the run began may not be so any more.</summary>
    public async Task<Deferral?> AgainAsync(ExpandedEnvironment environment, Unit unit, Plan plan, bool goesOn)
    {
        if (!goesOn)
            await checks.ReadAsync(environment.Name, [unit], CancellationToken.None);
        return Of(environment, unit, plan, goesOn);
    }

    /// <summary>All gates let this very desired state through when it began, and the site is down since: it is only finished.</summary>
    private bool WasAdmitted(ExpandedEnvironment environment, Unit unit) =>
        ledger.OpenRun(environment.Name, unit.Application) is { State: RunState.Running, Phase: >= Phase.Cover } open && open.Digest == unit.Digest;

    /// <summary>Held, or a controller ended in its middle.</summary>
    public bool GoesOn(ExpandedEnvironment environment, Unit unit) =>
        ledger.HeldRun(environment.Name, unit.Application) is not null
        || ledger.OpenRun(environment.Name, unit.Application) is { State: RunState.Running };

    /// <summary>Neither Prepare, nor the flag, nor healing: those are no runs that a window is about.</summary>
    private Deferral? WindowOf(ExpandedEnvironment environment, Unit unit, Plan plan, bool looksAhead)
    {
        if (environment.Policy.Windows.All.Count == 0 || unit.Acknowledged.Contains("windows") || plan.HealKinds is not null)
            return null;
        var phases = looksAhead ? plan.Phases.Union(plan.Later).ToHashSet() : plan.Phases.ToHashSet();
        if ((plan.IsInterim && !looksAhead) || !(phases.Contains(Phase.Cover) || phases.Contains(Phase.Stop)))
            return null;
        var now = clock.GetUtcNow();
        var notice = phases.Contains(Phase.Announce) ? now + environment.Policy.Notice : now;
        var announced = plan.StartsAt ?? ledger.AnnouncementFor(environment.Name, unit.Application)?.StartsAt ?? notice;
        return Gates.Window(environment.Policy.Windows, announced > now - Late ? announced : now, now);
    }

    /// <summary>The name under which a run waits for a server that it may not go without; no acknowledgement opens it.</summary>
    public const string ServersGate = "servers";

    /// <summary>
    /// Older code may not run on a newer schema: a plan with a migration, and one of which nobody can say whether it has any, misses no server that may run the
    /// application's code.
    /// </summary>
    private Deferral? MissingOf(ExpandedEnvironment environment, Unit unit, Plan plan)
    {
        var moves = plan.Phases.Union(plan.Later).Any(phase => phase is Phase.Code or Phase.Virtualenv or Phase.Migrate)
            && ledger.LastConverged(environment.Name, unit.Application)?.CodeCommit != unit.CodeCommit;
        var migration = plan.IsInterim ? null : plan.Steps.FirstOrDefault(step => step is { Phase: Phase.Migrate, Irreversible: true });
        var (server, why) = moves && unit.Missing.FirstOrDefault(missing => missing.Migrates) is { } migrates
                ? (migrates, "which migrations the new code needs only it can say")
            : migration is not null && unit.Missing.FirstOrDefault(missing => missing.RunsCode) is { } runs
                ? (runs, $"the new code has migrations ({migration.Summary}), and old code that may run there must not meet the new schema")
            : (null, null);
        return server is null ? null : new(ServersGate, $"{server.Why}; {why}: bring it back, or give it up by a commit: "
            + $"`gone: \"(why)\"` beside its address in {environment.Name}/servers.yaml", null);
    }

    private Deferral? PromotionOf(ExpandedEnvironment environment, Unit unit)
    {
        if (environment.Policy.PromotedFrom is not { } promotion || unit.CodeCommit is null || unit.Acknowledged.Contains("promotedFrom"))
            return null;
        if (ledger.LastConverged(environment.Name, unit.Application)?.CodeCommit == unit.CodeCommit)
            return null;
        var release = ledger.ReleaseOf(promotion.Environment, unit.Application, unit.CodeCommit, unit.BaseDigest);
        return Gates.Promotion(promotion.Environment, promotion.Soak, unit.CodeCommit,
            new(release?.HealthySince, release?.SetAsideAt) { Failure = FailureIn(promotion.Environment, unit) }, clock.GetUtcNow());
    }

    /// <summary>What keeps this commit back there, whatever base it came with: somebody has to look at that first.</summary>
    private string? FailureIn(string environment, Unit unit)
    {
        bool IsThis(Run? run) => run?.Application == unit.Application && run.CodeCommit == unit.CodeCommit;
        if (ledger.HeldRun(environment, unit.Application) is { } held && IsThis(held))
            return $"{environment} holds it: {FirstLine(held.Reason)}";
        var aside = ledger.AllSetAside(environment)
            .Where(each => each.Application == unit.Application && each.Run is { } run && IsThis(ledger.FindRun(run)))
            .MaxBy(each => each.At);
        return aside is null ? null : $"{environment} has set it aside: {FirstLine(aside.Reason)}";
    }

    private static string FirstLine(string? reason) => reason?.Split('\n')[0] ?? "no reason given";
}
