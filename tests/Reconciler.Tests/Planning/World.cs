using Reconciler.Diffing;
using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Planning;
using Reconciler.Resources;
using Reconciler.Resources.Code;
using Reconciler.Resources.Directory;
using Reconciler.Resources.File;
using Reconciler.Resources.Migrations;
using Reconciler.Resources.NginxSite;
using Reconciler.Resources.StaticFiles;
using Reconciler.Resources.VirtualEnvironment;
using Reconciler.Tests.Documents.Expansion;

namespace Reconciler.Tests.Planning;

/// <summary>Servers as one desired state left them, and the plan that leads to another: the real expansion, differ, kinds and planner.</summary>
internal sealed record World
{
    public static readonly Planner Planner = new(ResourceKinds.All);
    public static readonly Differ Differ = new(ResourceKinds.All);

    /// <param name="before">What the servers were converged to; null: bare servers, seen and found empty.</param>
    /// <param name="wanted">What git says now.</param>
    public World(Expanded? before, Expanded wanted)
    {
        Environment = wanted.Expand();
        var there = before is null ? [] : AsGitSays.Of(before.Expand().Units.SelectMany(unit => unit.Resources));
        foreach (var resource in Environment.Units.SelectMany(unit => unit.Resources))
            Seen[resource.Id] = there.GetValueOrDefault(resource.Id) ?? new Observation.Absent();
    }

    public World(Expanded converged) : this(converged, converged)
    {
    }

    public ExpandedEnvironment Environment { get; }

    public Dictionary<ResourceId, Observation> Seen { get; } = [];

    public bool FirstContact { get; init; }

    public bool TakesOver { get; init; }

    public IReadOnlySet<string>? HealKinds { get; init; }

    public DateTimeOffset? StartsAt { get; init; }

    public bool OnlyMends { get; init; }

    /// <inheritdoc cref="PlanInput.Rivals"/>
    public IReadOnlyDictionary<string, string> Rivals { get; init; } = new Dictionary<string, string>();

    public Unit UnitOf(string application) => Environment.Units.Single(unit => unit.Application == application);

    public Resource Find(string kind, string server, string? name = null) =>
        Environment.Units.Where(unit => unit.Application != "atlas").SelectMany(unit => unit.Resources).First(resource => resource.Id.Kind == kind && resource.Id.Server == server && (name is null || resource.Id.Name == name));

    /// <summary>Something is seen otherwise than git says.</summary>
    public World Where<TFacts>(string kind, string server, Func<TFacts, TFacts> changed, string? name = null) where TFacts : ResourceFacts
    {
        var id = Find(kind, server, name).Id;
        Seen[id] = new Observation.Found(changed(Seen[id].FactsOf<TFacts>()!));
        return this;
    }

    /// <summary>As after a turn of Prepare: everything new lies beside the old, and the new code has said what it needs.</summary>
    public World Prepared(params IReadOnlyList<string> pending)
    {
        foreach (var resource in Environment.Units.SelectMany(unit => unit.Resources))
            Seen[resource.Id] = Prepared(resource, Seen[resource.Id], pending);
        return this;
    }

    public Plan PlanFor(string application, IEnumerable<Resource>? order = null)
    {
        var unit = UnitOf(application);
        var resources = order?.ToList() ?? unit.Resources;
        return Planner.Make(new PlanInput(Environment.Name, application, resources, unit.Borrowed, Seen, Differ.Compare(resources, Seen))
        {
            Skip = Environment.Policy.Skip,
            Lacks = unit.Lacks,
            Flag = unit.Flag,
            Acknowledged = unit.Acknowledged,
            FirstContact = FirstContact,
            TakesOver = TakesOver,
            HealKinds = HealKinds,
            StartsAt = StartsAt,
            OnlyMends = OnlyMends,
            Rivals = Rivals,
        });
    }

    /// <summary>The plan as lines "Phase server: summary", which the tests compare with.</summary>
    public static string[] Lines(Plan plan) => [.. plan.Steps.Select(step => $"{step.Phase} {step.Resource.Server}: {step.Summary}")];

    private static Observation Prepared(Resource resource, Observation seen, IReadOnlyList<string> pending) => (resource.Spec, seen.FactsOf<ResourceFacts>()) switch
    {
        (CodeSpec spec, CheckoutFacts facts) => Found(facts with { Deployed = [.. facts.Deployed.Union([spec.Commit])], Worktrees = [.. facts.Worktrees.Union([spec.Commit])] }),
        (VirtualEnvironmentSpec spec, VirtualEnvironmentFacts facts) => Found(facts with { Ready = [.. facts.Ready.Union([spec.Digest])], InterpreterWorks = true }),
        (StaticFilesSpec spec, StaticFilesFacts facts) => Found(facts with { Ready = [.. facts.Ready.Union([spec.Digest])] }),
        (MigrationsSpec spec, _) => Found(new MigrationsFacts(spec.Commit, spec.VirtualEnvironment, spec.Variables, spec.Secrets, pending, [])),
        (NginxSiteSpec spec, NginxSiteFacts facts) => Found(facts with { Tried = spec.Digest }),
        (FileSpec spec, null) => Found(new FileFacts("look", "regular file", spec.Digest, spec.Mode, spec.Owner, spec.Group, spec.Digest)),
        (DirectorySpec spec, null) => Found(new DirectoryFacts("directory", spec.Mode, spec.Owner, spec.Group)),
        _ => seen,
    };

    private static Observation.Found Found(ResourceFacts facts) => new(facts);
}
