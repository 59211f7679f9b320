using Reconciler.Model;

namespace Reconciler.Planning;

/// <summary>
/// Makes plans: asks each kind for the steps that remove its differences, adds what the safe order asks around them (cover, stop, backup,
/// start, check, uncover), and sorts. Pure; the same input gives the same plan.
/// </summary>
internal sealed class Planner(IReadOnlyDictionary<string, IResourceKind> kinds)
{
    // What changes under a running site: a plan that touches these is one that users would notice (seeds/000: 13).
    private static readonly Phase[] Disruptive = [Phase.System, Phase.Code, Phase.Virtualenv, Phase.Migrate];

    private static bool Disrupts(Step step) => !step.IsQuiet && Disruptive.Contains(step.Phase);

    public Plan Make(PlanInput input)
    {
        var differences = input.Diff.ByResource
            .Select(entry => KeyValuePair.Create<ResourceId, IReadOnlyList<Difference>>(entry.Key,
                [.. entry.Value.Where(difference => input.HealKinds?.Contains(difference.HealedAs) ?? true)]))
            .Where(entry => entry.Value.Count > 0)
            .ToDictionary();
        var refusals = differences.Values.SelectMany(list => list)
            .Where(difference => difference.Refusal is not null && !IsOpen(difference, input))
            .ToList();
        // Mending does what it may: an edit that a person must decide about keeps nothing else broken.
        if (input.OnlyMends && Without(refusals, differences) is { Count: > 0 } others)
            (differences, refusals) = (others, []);
        var withheld = Withheld(input, differences);
        differences = differences.Where(entry => !withheld.ContainsKey(entry.Key)).ToDictionary();
        var (whole, covered) = StepsFor(input, differences);
        var steps = Reloads.Spared(input.Rivals, whole);
        var reloads = Reloads.Refused(input.Rivals, steps, refusals);
        List<Difference> left = [];
        if (input.OnlyMends
            && differences.Where(entry => !reloads.Exists(reload => reload.Resource == entry.Key)).ToDictionary() is var spared
            && spared.Count > 0 && spared.Count < differences.Count)
        {
            (left, differences) = (reloads, spared);
            (whole, covered) = StepsFor(input, differences);
            steps = Reloads.Spared(input.Rivals, whole);
            reloads = Reloads.Refused(input.Rivals, steps, refusals);
        }
        refusals.AddRange(reloads);
        if (covered?.Step is { } migration && input.Rolling is { CoversMigrations: false } && !input.Acknowledged.Contains(Rolling.Gate))
            refusals.Add(RefusalOf(input, migration, covered.Value.Why));
        var curtailed = Reloads.CurtailedIn(whole, steps);
        var idle = curtailed.Where(resource => differences.ContainsKey(resource) && !steps.Exists(step => step.Resource == resource)).ToHashSet();
        left.AddRange(idle.Select(resource => Reloads.Refusal(resource, input.Rivals)));
        var alone = Alone(input, steps);
        var kept = Endings.Together(Sorted(alone ?? steps.Where(step => !input.Skip.ContainsKey(step.Phase))));
        return new(input.Environment, input.Application, kept,
            alone is not null ? Later(steps, input, kept[0].Phase) : [],
            Skipped(steps, input),
            [.. input.Diff.All],
            refusals,
            input.Diff.Unknown)
        {
            IsInterim = alone is not null,
            Withheld = withheld,
            Left = left,
            Curtailed = curtailed,
            WhyCovered = covered?.Why,
            Removes = differences.Keys.Except(idle).ToHashSet(),
            HealKinds = input.HealKinds,
            HealAll = input.HealAll,
            StartsAt = kept.Exists(Disrupts)
                && (input.WaitsForFlag || kept.Exists(step => step.Phase == Phase.Announce))
                ? input.StartsAt
                : null,
        };
    }

    private static Dictionary<ResourceId, IReadOnlyList<Difference>> Without(
        List<Difference> refusals, Dictionary<ResourceId, IReadOnlyList<Difference>> differences)
    {
        var whole = refusals.Where(refusal => !refusal.StandsAlone).Select(refusal => refusal.Resource).ToHashSet();
        return differences.Where(entry => !whole.Contains(entry.Key))
            .Select(entry => KeyValuePair.Create<ResourceId, IReadOnlyList<Difference>>(entry.Key, [.. entry.Value.Except(refusals)]))
            .Where(entry => entry.Value.Count > 0)
            .ToDictionary();
    }

    /// <summary>What has a turn of its own, because the rest follows from what it leaves: Prepare; at first contact System before it.</summary>
    private static List<Step>? Alone(PlanInput input, List<Step> steps)
    {
        var system = input.FirstContact ? steps.FindAll(step => step.Phase == Phase.System) : [];
        // Whether anything that cannot be undone is to come is known once all else is prepared.
        var prepare = steps.FindAll(step => step is { Phase: Phase.Prepare, Secures: false });
        if (prepare.Count == 0)
            prepare = steps.FindAll(step => step.Phase == Phase.Prepare);
        return system.Count > 0 ? system : prepare.Count > 0 ? prepare : null;
    }

    /// <summary>A person said yes to exactly this, or policy mends edits of this kind.</summary>
    private static bool IsOpen(Difference difference, PlanInput input) =>
        difference.Gate is { } gate && (input.Acknowledged.Contains(gate) || (gate == "drift" && input.MendEdits.Contains(difference.Resource.Kind)));

    /// <summary>
    /// Mending starts nothing on what is not as git says: older code on a newer schema, other packages, other secrets. What still runs
    /// is left alone.
    /// </summary>
    private Dictionary<ResourceId, string> Withheld(PlanInput input, Dictionary<ResourceId, IReadOnlyList<Difference>> differences)
    {
        if (input.HealKinds is null && !input.OnlyMends)
            return [];
        bool IsOther(Resource read) =>
            input.Diff.ByResource.ContainsKey(read.Id) && !differences.ContainsKey(read.Id)
            && input.Observed.GetValueOrDefault(read.Id)?.FactsOf<ResourceFacts>()?.Marker != kinds[read.Id.Kind].WantedMarker(read);
        var others = input.Resources.Where(IsOther).Select(resource => resource.Id).ToHashSet();
        return input.Resources
            .Where(resource => differences.ContainsKey(resource.Id) && resource.Reads.Any(others.Contains))
            .ToDictionary(resource => resource.Id, resource => "it is not started while "
                + string.Join(" and ", resource.Reads.Where(others.Contains).Select(read => $"{read.Kind} {read.Name}").Distinct())
                + " is not as git says: mend that first");
    }

    /// <summary>A person may split it off, or cover for this one.</summary>
    private static Difference RefusalOf(PlanInput input, Step migration, string why) => new(migration.Resource, DifferenceType.Change, why)
    {
        Origin = input.Resources.FirstOrDefault(resource => resource.Id == migration.Resource)?.Origin,
        Gate = Rolling.Gate,
        Refusal = $"`onMigration: refuse` of {input.Environment}/environment.yaml: acknowledge `{Rolling.Gate}` for this commit, and it goes behind the maintenance page",
    };

    /// <returns>The steps, and why they go behind the maintenance page where git asks for batches.</returns>
    private (List<Step> Steps, (Step? Step, string Why)? Covered) StepsFor(PlanInput input, Dictionary<ResourceId, IReadOnlyList<Difference>> differences)
    {
        var context = new Context(input, differences);
        var own = Ask(context, input.Resources.Where(resource => differences.ContainsKey(resource.Id)), new Around());
        var setsPassword = own.Exists(step => step is { Phase: Phase.Secrets, Resource.Kind: "Database" });
        if (setsPassword)
            own = Ask(context, input.Resources.Where(resource => differences.ContainsKey(resource.Id)), new Around { SetsPassword = true });
        var changing = own.Where(ChangesWhatOthersRead).Select(step => step.Resource).ToHashSet();
        var readers = ReadersOf(input.Resources, changing);
        var withReaders = own.Concat(Ask(context, input.Resources.Where(resource => readers.ContainsKey(resource.Id)), new Around { Restart = readers })).ToList();
        if (withReaders.All(step => step.Phase is Phase.Prepare or Phase.Tidy))
            return (own, null);
        var disrupts = withReaders.Exists(Disrupts);
        var interrupts = !input.Skip.ContainsKey(Phase.Cover) && (disrupts || withReaders.Any(step => step.TakesSiteDown));
        var rolling = input.Rolling is { } policy ? new RollingOrder(input, policy, kinds) : null;
        if (!interrupts && rolling?.IsLeftDrained != true)
            rolling = null;
        var covered = rolling?.WhyNot(withReaders, input.Diff.ByResource.Keys.Except(differences.Keys).ToHashSet());
        if (covered is not null)
            rolling = null;
        var around = new Around
        {
            Restart = withReaders.Exists(step => step is { Phase: Phase.Migrate, IsQuiet: false }) ? EveryReader(input.Resources, readers) : readers,
            Cover = interrupts && rolling is null,
            Rolls = rolling is not null,
            StayCovered = input.Flag,
            SetsPassword = setsPassword,
            Backup = withReaders.Any(step => step.Irreversible),
            StartsAt = disrupts && rolling is null ? input.StartsAt : null,
        };
        var all = Ask(context, input.Resources, around);
        if (rolling is not null)
            return (rolling.Of(WithoutIdleProofs(all)), null);
        var stops = all.Exists(step => step is { Phase: Phase.Stop, TakesSiteDown: true });
        var uncovers = all.Exists(step => step is { Phase: Phase.Uncover, Request: not null });
        if (stops || uncovers)
            all = Ask(context, input.Resources, around with
            {
                StopsWeb = stops,
                Uncovers = uncovers,
                AskedServers = all.Where(step => uncovers && step is { Phase: Phase.Check, Request: null }).Select(step => step.Resource.Server).ToHashSet(),
            });
        all.AddRange(Ask(context, input.Borrowed, around)
            .Where(step => step.Secures || step.Phase is Phase.Announce or Phase.Backup or Phase.Tidy or Phase.Cover or Phase.Uncover));
        return (CoverFirst(input, WithoutIdleProofs(all)), covered);
    }

    /// <summary>
    /// A site that people set up by hand runs, and nginx serves it without our cover: it gets that first, else users would see a 502 from Stop on.
    /// </summary>
    private static List<Step> CoverFirst(PlanInput input, List<Step> steps)
    {
        if (!input.TakesOver || !steps.Exists(step => step.Phase == Phase.Cover) || !steps.Exists(step => step.BringsCover))
            return steps;
        return [.. steps.Select(step => step.Phase == Phase.Nginx ? step with { Phase = Phase.Cover, Rank = step.Rank + Ranks.BeforeCover } : step)];
    }

    /// <summary>Page checks are asked for with every plan; they belong to those that change what answers, or that uncover.</summary>
    private static List<Step> WithoutIdleProofs(List<Step> steps)
    {
        var works = steps.Where(step => step.Request is not null).Select(step => step.Phase).ToHashSet();
        var touches = works.Any(phase => phase is > Phase.Cover and < Phase.Check);
        return [.. steps.Where(step => step.Request is not null || (step.Phase == Phase.Uncover ? works.Contains(Phase.Uncover) : touches || works.Contains(Phase.Uncover)))];
    }

    private static bool ChangesWhatOthersRead(Step step) => !step.LeavesContent && step.Phase is not (Phase.Prepare or Phase.Tidy or Phase.Check or Phase.Start or Phase.Stop);

    /// <summary>Resources that read something that changes, with a reason for the plan.</summary>
    private static Dictionary<ResourceId, string> ReadersOf(IReadOnlyList<Resource> resources, HashSet<ResourceId> changing) => resources
        .Where(resource => resource.Reads.Concat(resource.Loads).Any(changing.Contains))
        .ToDictionary(
            resource => resource.Id,
            resource => string.Join(", ", resource.Reads.Concat(resource.Loads).Where(changing.Contains).Select(read => $"{read.Kind} {read.Name}").Distinct()) + " changes");

    private static Dictionary<ResourceId, string> EveryReader(IReadOnlyList<Resource> resources, Dictionary<ResourceId, string> readers) => resources
        .Where(resource => resource.Reads.Count > 0)
        .ToDictionary(resource => resource.Id, resource => readers.GetValueOrDefault(resource.Id) ?? "the database schema changes");

    private List<Step> Ask(Context context, IEnumerable<Resource> resources, Around around) =>
        [.. resources.SelectMany(resource => kinds[resource.Id.Kind].Steps(
            resource,
            context.Input.Observed.GetValueOrDefault(resource.Id) ?? new Observation.Unknown("it was not looked at"),
            context.ChangeOf(resource, around, kinds)))];

    private static List<Step> Sorted(IEnumerable<Step> steps) =>
    [
        .. steps
            .OrderBy(step => step.Batch)
            .ThenBy(step => step.Part)
            .ThenBy(step => step.Phase)
            .ThenBy(step => step.Rank)
            .ThenBy(step => step.Resource.Server, StringComparer.Ordinal)
            .ThenBy(step => step.Resource.ToString(), StringComparer.Ordinal),
    ];

    private static List<Phase> Later(List<Step> steps, PlanInput input, Phase first) =>
        [.. steps.Select(step => step.Phase).Distinct().Where(phase => phase != first && !input.Skip.ContainsKey(phase)).Order()];

    private static List<SkippedPhase> Skipped(List<Step> steps, PlanInput input)
    {
        if (steps.Exists(step => step.Batch > 0))
            return [];
        var disruptive = steps.Exists(Disrupts);
        var lacking = input.Lacks.Where(entry => !input.Skip.ContainsKey(entry.Key) && !steps.Exists(step => step.Phase == entry.Key)
            && (entry.Key == Phase.Backup
                ? steps.Exists(step => step.Irreversible)
                : disruptive && input is { StartsAt: not null, WaitsForFlag: false }));
        return [.. input.Skip.Where(_ => disruptive).Concat(lacking).OrderBy(entry => entry.Key).Select(entry => new SkippedPhase(entry.Key, entry.Value))];
    }

    /// <summary>What surrounds the differences in this plan.</summary>
    private sealed record Around
    {
        public IReadOnlyDictionary<ResourceId, string> Restart { get; init; } = new Dictionary<ResourceId, string>();

        public bool Cover { get; init; }

        public bool Rolls { get; init; }

        public bool StayCovered { get; init; }

        public bool StopsWeb { get; init; }

        public bool SetsPassword { get; init; }

        public bool Backup { get; init; }

        public bool Uncovers { get; init; }

        public IReadOnlySet<string> AskedServers { get; init; } = new HashSet<string>();

        public DateTimeOffset? StartsAt { get; init; }
    }

    private sealed record Context(PlanInput Input, Dictionary<ResourceId, IReadOnlyList<Difference>> Differences)
    {
        private readonly Dictionary<ResourceId, Resource> _byId = Input.Resources.Concat(Input.Borrowed).ToDictionary(resource => resource.Id);

        public Change ChangeOf(Resource resource, Around around, IReadOnlyDictionary<string, IResourceKind> kinds) =>
            new(Differences.GetValueOrDefault(resource.Id) ?? [], around.Restart.ContainsKey(resource.Id), MarkersAtStart(resource, kinds))
            {
                Cover = around.Cover,
                Rolls = around.Rolls,
                StayCovered = around.StayCovered,
                StopsWeb = around.StopsWeb,
                SetsPassword = around.SetsPassword,
                Backup = around.Backup,
                Uncovers = around.Uncovers,
                PagesAreAsked = around.AskedServers.Contains(resource.Id.Server),
                StartsAt = around.StartsAt,
                FirstContact = Input.FirstContact,
                RestartBecause = around.Restart.GetValueOrDefault(resource.Id),
            };

        /// <summary>What the things that it reads will be when it starts: as git says where they are (or are about to be) so, else as seen.</summary>
        private List<KeyValuePair<string, string>> MarkersAtStart(Resource resource, IReadOnlyDictionary<string, IResourceKind> kinds) =>
            [.. resource.Reads
                .Select(read => KeyValuePair.Create(read.MarkerKey, MarkerAtStart(read, kinds)))
                .Where(entry => entry.Value is not null)
                .Select(entry => KeyValuePair.Create(entry.Key, entry.Value!))];

        private string? MarkerAtStart(ResourceId read, IReadOnlyDictionary<string, IResourceKind> kinds)
        {
            var observed = Input.Observed.GetValueOrDefault(read)?.FactsOf<ResourceFacts>()?.Marker;
            return _byId.TryGetValue(read, out var resource) && (Differences.ContainsKey(read) || observed is null)
                ? kinds[read.Kind].WantedMarker(resource)
                : observed;
        }
    }
}
