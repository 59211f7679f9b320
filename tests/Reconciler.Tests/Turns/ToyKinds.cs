using Reconciler.Model;
using Reconciler.Resources.Maintenance;
using Reconciler.Resources.Service;

namespace Reconciler.Tests.Turns;

/// <summary>What is wanted of a toy: a word.</summary>
internal sealed record ToySpec(string Wanted) : ResourceSpec
{
    /// <summary>Of a site: the servers that its upstream names.</summary>
    public ValueList<string> Upstream { get; init; } = [];

    public override IReadOnlySet<string> PassesOnTo() => Upstream.ToHashSet();

    public override ResourceSpec LeavingOut(IReadOnlySet<string> servers) => Upstream.Count == 0 ? this
        : this with { Wanted = string.Join('-', [Wanted.Split('-')[0], .. Upstream.Where(servers.Contains)]) };
}

/// <summary>What was seen of a toy: the word that it is at, the one that lies ready, and what was wanted when it was looked at.</summary>
internal sealed record ToyFacts(string Live, string Ready, ResourceSpec? LookedFor) : ResourceFacts(Live)
{
    public override IReadOnlyList<string> LeavesOut => LookedFor is ToySpec { Upstream.Count: > 0 } ? Live.Split('-')[1..] : [];

    public override string? Ailment => Live is "down" or "none" ? $"it is {Live}" : null;
}

/// <summary>
/// The smallest application that a run can be about, under the names of the real kinds, for the stages between are real: code that is prepared first, a
/// schema that cannot be taken back, a service that reads the code, a page that covers it, a check.
/// </summary>
internal sealed class ToyKind(string name) : IResourceKind
{
    public static IReadOnlyDictionary<string, IResourceKind> All { get; } =
        new[] { "Code", "Migrations", "Packages", "Service", "Maintenance", "Checks", "NginxSite" }.ToDictionary(name => name, name => (IResourceKind)new ToyKind(name));

    public string Name => name;

    public Probe Probe(Resource resource, ResourceFacts? last) => new($": {resource.Id}");

    public Reading Read(Resource resource, ResourceFacts? last, string output, bool dearer) => output.Trim().Split(' ') switch
    {
        ["unseen"] => Reading.Unknown("it cannot be seen"),
        [var live, .. var told] when name == "Maintenance" =>
            Reading.Found(MaintenanceFacts.Nothing with { Flag = live == "on", Notice = told.FirstOrDefault(),
                NoticeWords = told.ElementAtOrDefault(1) }),
        [var live, var ready] => Reading.Found(new ToyFacts(live, ready, resource.Spec)),
        [var live] => Reading.Found(new ToyFacts(live, live, resource.Spec)),
        _ => Reading.Absent,
    };

    public string? WantedMarker(Resource resource) => WantedOf(resource);

    public IEnumerable<Difference> Compare(Resource resource, Observation observation, ReadMarkers reads)
    {
        if (resource.Spec is MaintenanceSpec spec)
        {
            foreach (var sentence in Compare(spec, observation.FactsOf<MaintenanceFacts>() ?? MaintenanceFacts.Nothing))
                yield return new(resource.Id, DifferenceType.Change, sentence);
            yield break;
        }
        var live = observation.FactsOf<ToyFacts>()?.Live;
        if (observation.FactsOf<ToyFacts>() is { } seen && !Unmarked(resource.Spec).Equals(seen.LookedFor is { } other ? Unmarked(other) : null))
            yield return new(resource.Id, DifferenceType.Change, $"{resource.Id.Name} was looked at for {seen.LookedFor}, and is compared with {resource.Spec}");
        if (live != WantedOf(resource))
            yield return new(resource.Id, DifferenceType.Change, $"{resource.Id.Name} is {live}, git says {WantedOf(resource)}")
            {
                Refusal = WantedOf(resource) == "impossible" ? "decide" : null,
                Gate = live == "edited" ? "drift" : null,
            };
    }

    /// <summary>Whom a site leaves out is decided after the look.</summary>
    private static ResourceSpec Unmarked(ResourceSpec spec) => spec.LeavingOut(new HashSet<string>());

    /// <summary>The word "rival" lies beside a site where somebody's file claims its name.</summary>
    public IEnumerable<Unmanaged> Beside(Resource resource, Observation observation) =>
        name == "NginxSite" && observation.FactsOf<ToyFacts>() is { Ready: "rival" }
            ? [new(resource.Id, "/etc/nginx/sites-enabled/aaa", "nginx reads aaa") { Loud = true, Advice = "remove it" }]
            : [];

    private static IEnumerable<string> Compare(MaintenanceSpec spec, MaintenanceFacts facts)
    {
        if (facts.Flag != spec.Enabled)
            yield return $"it is {(facts.Flag ? "" : "not ")}covered";
        if (spec.Notice is null || facts.Flag)
            yield break;
        if (spec.Begins is not null && facts.Notice != $"{spec.Begins:HH:mm}")
            yield return $"nobody is told of {spec.Begins:HH:mm}";
        else if (spec.Begins is not null && facts.NoticeWords != WordsOf(spec))
            yield return $"they are told {facts.NoticeWords}, git says {WordsOf(spec)}";
        if (facts.Notice is not null && spec.Begins is null && !spec.KeepsNotice)
            yield return $"they are told of {facts.Notice}";
    }

    private static string? WordsOf(MaintenanceSpec spec) => spec.Notice!.On.Split(' ').ElementAtOrDefault(1);

    private static IEnumerable<(Phase Phase, string Verb, string To)> Steps(MaintenanceSpec spec, MaintenanceFacts facts, Change change)
    {
        var differs = change.Differences.Count > 0;
        var told = spec.Begins is { } begins ? $"off,{begins:HH:mm}" : "off";
        if (spec.Notice is not null && !facts.Flag && (change.StartsAt ?? (differs ? spec.Begins : null)) is { } start)
            yield return (Phase.Announce, "announce", $"off,{start:HH:mm}{(WordsOf(spec) is { } words ? $",{words}" : "")}");
        if (change.Cover || spec.Enabled)
            yield return (Phase.Cover, "cover", "on");
        if (!spec.Enabled && (change.Cover || facts.Flag) && (change.Cover || differs))
            yield return (Phase.Uncover, "uncover", told);
        else if (differs && spec.Begins is null && !spec.Enabled)
            yield return (Phase.Uncover, "withdraw", "off");
    }

    public IEnumerable<Step> Steps(Resource resource, Observation observation, Change change)
    {
        var facts = (name == "Maintenance" ? null : observation.FactsOf<ToyFacts>()) ?? new("none", "none", null);
        var (wanted, differs) = (WantedOf(resource), change.Differences.Count > 0);
        Step Step(Phase phase, string verb, string to) => new(phase, resource.Id,
            verb is "cover" or "uncover" ? $"{verb} coralnet" : verb, new RunnerRequest(verb, [$"{resource.Id}", to]));
        switch (name)
        {
            case "Code" when differs:
                if (facts.Ready != wanted)
                    yield return Step(Phase.Prepare, "prepare", $"{facts.Live},{wanted}");
                yield return Step(Phase.Code, "code", wanted);
                break;
            case "NginxSite" when change.Passing is { } passing:
                yield return Step(Phase.Nginx, passing.Out.Count > 0 ? "drain" : "return", wanted);
                break;
            case "NginxSite" when differs:
                if (facts.Ready != wanted)
                    yield return Step(Phase.Prepare, "try", $"{facts.Live},{wanted}");
                yield return Step(Phase.Nginx, "place", wanted);
                break;
            case "Migrations" when differs:
                yield return Step(Phase.Migrate, "migrate", wanted) with { Irreversible = true };
                break;
            case "Packages" when differs:
                yield return Step(Phase.System, "upgrade", wanted);
                break;
            case "Service" when differs || change.Restart:
                if (facts.Live == "up")
                    yield return Step(Phase.Stop, "stop", "down") with { TakesSiteDown = true };
                if (wanted == "up")
                    yield return Step(Phase.Start, "start", "up");
                break;
            case "Maintenance":
                foreach (var (phase, verb, to) in Steps((MaintenanceSpec)resource.Spec, observation.FactsOf<MaintenanceFacts>()
                    ?? MaintenanceFacts.Nothing, change))
                {
                    yield return Step(phase, verb, to);
                    if (((MaintenanceSpec)resource.Spec).Banner is not null && phase == Phase.Announce)
                        yield return new(phase, resource.Id, "reload nginx", RunnerRequest.Nginx("reload")) { Rank = 1 };
                }
                break;
            case "Checks":
                yield return Step(Phase.Check, "check", facts.Ready == "open" ? "fine,open" : "fine");
                if (facts.Ready == "open")
                    yield return Step(Phase.Uncover, "see", "fine,open") with { Rank = 10 };
                break;
        }
    }

    private static string WantedOf(Resource resource) => resource.Spec switch
    {
        ServiceSpec service => service.Retired ? "down" : "up",
        ToySpec toy => toy.Wanted,
        MaintenanceSpec flag => flag.Enabled ? "on" : "off",
        var other => throw new InvalidOperationException($"{other}"),
    };
}
