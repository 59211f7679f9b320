using Reconciler.Diffing;
using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Planning;
using Reconciler.Resources.Maintenance;
using Reconciler.Resources.Migrations;
using Reconciler.Resources.Packages;
using Reconciler.Resources.SecretsFile;
using Reconciler.Resources.Service;
using Reconciler.Resources.Tasks;

namespace Reconciler.Turns;

/// <summary>Diff and plan of one unit from one observation: the two pure stages, one after the other.</summary>
internal sealed class UnitPlanning(Differ differ, Planner planner, ILedgerReader ledger, TimeProvider clock)
{
    // Since a run was held; one of them that comes through ends the hold.
    private const int MostRunsSince = 100;

    /// <param name="healAll"><c>--heal</c>: a person asks for it, once.</param>
    /// <param name="healKinds">Null: everything; otherwise only drift of these kinds is planned.</param>
    public (Diff Diff, Plan Plan) Make(
        ExpandedEnvironment environment, Unit unit, Observed observed, IReadOnlySet<string>? healKinds, bool healAll = false)
    {
        var last = ledger.LastConverged(environment.Name, unit.Application);
        var known = last is not null;
        unit = Marked(environment.Name, unit);
        if ((IsTold(environment.Name, unit.Application) && !HasBegun(environment.Name, unit.Application)) || IsTold(environment.Name, ResourceId.Host))
            unit = unit with { Resources = [.. unit.Resources.Select(KeepingNotice)] };
        var covered = unit.Resources.Any(resource => IsCovered(resource, observed));
        var diff = DiffOf(environment, unit, observed);
        var borrowed = unit.Borrowed.Where(resource => !IsCovered(resource, observed)).Select(resource => LeavingItsNotice(environment.Name, resource)).ToList();
        var input = new PlanInput(environment.Name, unit.Application, unit.Resources, borrowed, observed.Resources, diff)
        {
            Skip = unit.Alone is null ? environment.Policy.Skip : Untold(environment.Policy.Skip),
            Lacks = unit.Lacks,
            Flag = unit.Flag,
            Rolling = known && unit is { Alone: null, Flag: false, Begins: null } && !covered ? environment.Policy.Rolling : null,
            Down = DownOf(environment.Name, unit),
            Acknowledged = unit.Acknowledged,
            HealKinds = healKinds,
            HealAll = healAll,
            Rivals = RivalSites.Of(environment, unit, observed, differ),
            OnlyMends = last?.Digest == unit.Digest && ledger.HeldRun(environment.Name, unit.Application) is null,
            MendEdits = healAll ? EditsThatHealReplaces : environment.Policy.HealKinds.Intersect(EditsThatHealReplaces).ToHashSet(),
            StartsAt = known && unit.Alone is null ? StartOf(environment, unit) : null,
            WaitsForFlag = unit.Begins is not null && !covered,
            FirstContact = !known && !AnyServiceRuns(unit, observed),
            TakesOver = !known && AnyServiceRuns(unit, observed),
        };
        var plan = planner.Make(input);
        return (RivalSites.Marked(diff, plan), plan);
    }

    /// <summary>A verdict that all is well, with the diff and plan that may say otherwise.</summary>
    /// <param name="everything">Git moved, or a person asked; else only drift that policy mends is planned.</param>
    public Verdict Compared(ExpandedEnvironment environment, Unit unit, Observed observed, bool everything, bool healAll = false)
    {
        var (diff, plan) = Make(environment, unit, observed, everything ? null : environment.Policy.HealKinds, healAll);
        return new(Standing.Synced, "the servers are as git says", plan, diff, AilmentsOf(unit, observed))
        {
            Live = LiveState.Of(unit, observed),
        };
    }

    /// <summary>With upstreams that leave out whom nobody is to pass requests on to: that is no drift, and no word of git's.</summary>
    public Unit Marked(string environment, Unit unit) => unit with { Resources = UpstreamMarks.Of(unit.Resources, DownOf(environment, unit)) };

    private HashSet<string> DownOf(string environment, Unit unit) =>
        [.. ledger.LeftOut(environment, unit.Application).Select(server => server.Server).Except(unit.TakenIn), .. unit.Down];

    /// <summary>
    /// What is as git says but for whom it leaves out is mended as the flag is followed, always: until then it may pass requests on to a server that comes back
    /// with old code, or to none where there could be one.
    /// </summary>
    private Diff MarkingAlways(Unit unit, IReadOnlyDictionary<ResourceId, Observation> seen, Diff diff)
    {
        bool IsMarkedOtherwise(Resource resource) => diff.ByResource.ContainsKey(resource.Id) && resource.Spec.PassesOnTo().Count > 0
            && seen.GetValueOrDefault(resource.Id)?.FactsOf<ResourceFacts>()?.LeavesOut is { } left
            && resource with { Spec = resource.Spec.LeavingOut(left.ToHashSet()) } is var other && other.Spec != resource.Spec && differ.Compare([other], seen).IsEmpty;
        var marked = unit.Resources.Where(IsMarkedOtherwise).Select(resource => resource.Id).ToHashSet();
        return marked.Count == 0 ? diff : diff with
        {
            ByResource = diff.ByResource.ToDictionary(entry => entry.Key, entry => !marked.Contains(entry.Key) ? entry.Value
                : [.. entry.Value.Select(difference => difference with { HealedAs = "Maintenance" })]),
        };
    }

    /// <summary>Servers by themselves are in no upstream: no user notices what is done on them.</summary>
    private static Dictionary<Phase, string> Untold(IReadOnlyDictionary<Phase, string> skip) => new(skip)
    {
        [Phase.Announce] = "nobody is served by it until it is as git says",
        [Phase.Wait] = "nobody is served by it until it is as git says",
    };

    /// <summary>Nothing ever mends a database that is ahead: once a person has said yes to it, it is as it should be.</summary>
    public Diff DiffOf(ExpandedEnvironment environment, Unit unit, Observed observed)
    {
        unit = AsRemembered(environment, Marked(environment.Name, unit));
        var resources = BlamingReboots(environment.Name, unit, observed.Resources);
        var diff = WithHalfApplied(environment, unit, observed,
            differ.Compare(unit.Resources, resources, environment.Units.SelectMany(each => each.Resources).Concat(unit.Resources)))
            .Without(difference => difference.Gate == "databaseAhead" && unit.Acknowledged.Contains(difference.Gate))
            .Without(difference => difference.Gate == MigrationsKind.UnappliedGate && !RunsWhatWasConverged(environment.Name, unit, observed));
        diff = MarkingAlways(unit, resources, RefusingWhatWasThere(environment.Name, unit, diff));
        return RivalSites.Refuse(diff with { Beside = UnmanagedThings.Of(diff.Beside, environment, unit, observed) });
    }

    /// <summary>
    /// What no server says: a task is run once, not once on each server that may come to be the one for it (static files are each server's own); and a run that
    /// broke off has left copies of secrets, which the run that goes on would not see.
    /// </summary>
    private Unit AsRemembered(ExpandedEnvironment inForce, Unit unit)
    {
        var environment = inForce.Name;
        if (unit.Application == ResourceId.Host && !inForce.Units.All(each => each.Application == ResourceId.Host || IsConverged(environment, each)))
            unit = unit with { Resources = [.. unit.Resources.Select(PruningNoPackage)] };
        if (unit.Resources.Any(resource => resource.Spec is TaskSpec) && ledger.TasksDone(environment, unit.Application) is { Count: > 0 } done)
            unit = unit with
            {
                Resources = [.. unit.Resources.Select(resource => resource.Spec is TaskSpec { Collects: null } && done.Contains(resource.Id.Name)
                    ? resource with { DoneBecause = "a run saw it done" } : resource)],
            };
        if (unit.Resources.Any(resource => resource.Spec is SecretsFileSpec) && ledger.LastConverged(environment, unit.Application)?.Digest != unit.Digest
            && ledger.CopiesLeft(environment, unit.Application) is { Count: > 0 } left)
            unit = unit with { Resources = [.. unit.Resources.Select(resource => resource with { LeftCopy = left.Contains($"{resource.Id}") })] };
        return unit;
    }

    private bool IsConverged(string environment, Unit unit) => unit.Refusal is null && ledger.LastConverged(environment, unit.Application)?.Digest == unit.Digest;

    /// <summary>Servers come first, and code that still runs may need what git has dropped together with it.</summary>
    private static Resource PruningNoPackage(Resource resource) =>
        resource.Spec is PackagesSpec { PruneAtMost: not null } spec ? resource with { Spec = spec with { PruneAtMost = null } } : resource;

    /// <summary>What was as git says once is not made anew and empty unasked, whoever made it then.</summary>
    private Diff RefusingWhatWasThere(string environment, Unit unit, Diff diff)
    {
        if (!diff.All.Any(difference => difference.RefusalOnceThere is not null))
            return diff;
        var there = ledger.Seen(environment, unit.Application).Where(seen => seen.SyncedAt is not null)
            .Select(seen => seen.Resource).ToHashSet();
        return diff with
        {
            ByResource = diff.ByResource.ToDictionary(entry => entry.Key, entry => !there.Contains(entry.Key) ? entry.Value
                : [.. entry.Value.Select(difference => difference with { Refusal = difference.RefusalOnceThere ?? difference.Refusal })]),
        };
    }

    /// <summary>What a run that broke off has put there never had its migrations: the next commit brings them along.</summary>
    private bool RunsWhatWasConverged(string environment, Unit unit, Observed observed) =>
        ledger.LastConverged(environment, unit.Application)?.CodeCommit is { } converged && unit.Resources.Any(resource => resource.Spec is MigrationsSpec
            && observed.Resources.GetValueOrDefault(resource.Id)?.FactsOf<MigrationsFacts>()?.LiveCommit == converged);

    /// <summary>A run of this application or of its servers has come as far as Stop, and has not ended: held, or at work.</summary>
    private bool StoppedByUs(string environment, string application) =>
        new[] { application, ResourceId.Host }
            .SelectMany(each => new[] { ledger.HeldRun(environment, each), ledger.OpenRun(environment, each) })
            .Any(run => run?.Phase >= Phase.Stop);

    /// <summary>What came back after a reboot and was stopped since, by a run or by a hand, is not down because of the reboot.</summary>
    private IReadOnlyDictionary<ResourceId, Observation> BlamingReboots(string environment, Unit unit, IReadOnlyDictionary<ResourceId, Observation> seen)
    {
        static ServiceFacts? DownSince(Observation observation) =>
            observation is Observation.Found { Facts: ServiceFacts { Rebooted: true, Runs: false } facts } ? facts : null;
        if (!seen.Values.Any(observation => DownSince(observation) is not null))
            return seen;
        var stopped = StoppedByUs(environment, unit.Application);
        var ran = ledger.Seen(environment, unit.Application).ToDictionary(each => each.Resource, each => each.SyncedAt);
        bool CameBack(ResourceId id, ServiceFacts facts) => stopped || ran.GetValueOrDefault(id) > clock.GetUtcNow() - facts.Up;
        return seen.ToDictionary(entry => entry.Key, entry => DownSince(entry.Value) is { } facts && CameBack(entry.Key, facts)
            ? new Observation.Found(facts with { Rebooted = false }) : entry.Value);
    }

    /// <summary>
    /// What a held run began to migrate and did not come through with is in no record of the database's. Code that does not have that migration would be
    /// started on it unasked.
    /// </summary>
    private Diff WithHalfApplied(ExpandedEnvironment environment, Unit unit, Observed observed, Diff diff)
    {
        // The code that began it has it: what is not pending there any more came through since, by a run or by a hand.
        if (ledger.HeldRun(environment.Name, unit.Application) is not { } held || held.CodeCommit == unit.CodeCommit)
            return diff;
        var since = ledger.Runs(environment.Name, unit.Application, MostRunsSince).TakeWhile(run => run.Id != held.Id);
        var half = RunFindings.HalfApplied([.. ledger.Steps(held.Id), .. since.SelectMany(run => ledger.Steps(run.Id))]);
        var added = unit.Resources
            .Where(resource => resource.Spec is MigrationsSpec spec && observed.Resources.GetValueOrDefault(resource.Id)?.FactsOf<MigrationsFacts>() is { } facts
                && facts.Commit == spec.Commit && half.Except(facts.Pending).Any())
            .ToDictionary(resource => resource.Id, resource => (IReadOnlyList<Difference>)
            [
                .. diff.ByResource.GetValueOrDefault(resource.Id) ?? [],
                new(resource.Id, DifferenceType.Change, $"the database is ahead of this code, in part: run {held.Id} began {string.Join(", ", half)} and did not come through")
                {
                    Origin = resource.Origin,
                    Gate = "databaseAhead",
                    Refusal = "go forward to a commit that has it, mended; or undo its part in the database and acknowledge `databaseAhead` for this commit",
                },
            ]);
        return diff with { ByResource = diff.ByResource.Where(entry => !added.ContainsKey(entry.Key)).Concat(added).ToDictionary() };
    }

    /// <summary>When maintenance would begin: as announced, else after the usual notice. Null where nobody is told.</summary>
    private DateTimeOffset? StartOf(ExpandedEnvironment environment, Unit unit) =>
        environment.Policy.Skip.ContainsKey(Phase.Announce) || environment.Policy.Skip.ContainsKey(Phase.Wait) || unit.Acknowledged.Contains("notice")
            ? null
            : unit.Begins
                ?? ledger.AnnouncementFor(environment.Name, unit.Application)?.StartsAt
                ?? clock.GetUtcNow() + environment.Policy.Notice;

    /// <summary>What users were told of: its controller may have ended when the page was away, and the notice was still up.</summary>
    private bool HasBegun(string environment, string application) =>
        ledger.AnnouncementFor(environment, application)?.StartsAt <= clock.GetUtcNow()
        && ledger.OpenRun(environment, application) is { State: RunState.Running, Phase: >= Phase.Cover };

    private bool IsTold(string environment, string application) => ledger.AnnouncementFor(environment, application) is not null;

    /// <summary>
    /// Users hear of work on the servers as of a deploy. But what they were told for an application's own sake stays as it is; and one that was never converged
    /// has neither users nor a command that would tell them.
    /// </summary>
    private Resource LeavingItsNotice(string environment, Resource resource) => resource.Spec is MaintenanceSpec spec
        && (spec.Begins is not null || IsTold(environment, spec.Application) || ledger.LastConverged(environment, spec.Application) is null)
        ? resource with { Spec = spec with { Notice = null, Banner = null } } : resource;

    private static Resource KeepingNotice(Resource resource) =>
        resource.Spec is MaintenanceSpec spec ? resource with { Spec = spec with { KeepsNotice = true } } : resource;

    /// <summary>A run uncovers only what it covered: an application that is held, or under its flag, is left alone.</summary>
    private static bool IsCovered(Resource resource, Observed observed) =>
        observed.Resources.GetValueOrDefault(resource.Id)?.FactsOf<ResourceFacts>() is MaintenanceFacts { Flag: true };

    /// <summary>Of code and databases a copy is not enough: those ask for a person's word about exactly this commit.</summary>
    internal static readonly HashSet<string> EditsThatHealReplaces = [.. Resources.ResourceKinds.All.Keys.Except(["Code", "Database"])];

    /// <summary>Somebody's edit that nothing but a person's word about this commit takes away.</summary>
    public static bool OutlastsHealing(Difference difference) => difference.Gate == "drift" && !EditsThatHealReplaces.Contains(difference.Resource.Kind);

    private static bool AnyServiceRuns(Unit unit, Observed observed) => unit.Resources
        .Where(resource => resource.Id.Kind == "Service")
        .Any(resource => observed.Resources.GetValueOrDefault(resource.Id)?.FactsOf<ResourceFacts>() is { Ailment: null });

    /// <summary>A database first: what else fails then is hardly more than its consequence.</summary>
    public static IReadOnlyList<KeyValuePair<ResourceId, string>> AilmentsOf(Unit unit, Observed observed) =>
    [
        .. unit.Resources
            .Select(resource => KeyValuePair.Create(resource.Id, observed.Resources.GetValueOrDefault(resource.Id)?.FactsOf<ResourceFacts>()?.Ailment))
            .Where(entry => entry.Value is not null)
            .Select(entry => KeyValuePair.Create(entry.Key, entry.Value!))
            .OrderBy(entry => entry.Key.Kind != "Database"),
    ];
}
