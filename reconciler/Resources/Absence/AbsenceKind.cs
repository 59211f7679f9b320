using Reconciler.Model;

namespace Reconciler.Resources.Absence;

/// <summary>
/// No file and no link at a path, such as Debian's <c>sites-enabled/default</c>. What is found is removed by the runner, which keeps a copy (of a link,
/// what it says). Observed as absent it is as git says.
/// </summary>
internal sealed class AbsenceKind : ResourceKind<AbsenceSpec, AbsenceFacts>
{
    public override string Name => "Absence";

    protected override Probe Probe(Resource resource, AbsenceSpec spec, AbsenceFacts? last) =>
        new($"LC_ALL=C stat -c 'found %F' -- {Shell.Quote(spec.Path)} 2>&1\n{AllowedFolders.Look(spec.Path, link: true)}{LookWhose(spec)}");

    private static string LookWhose(AbsenceSpec spec) => spec.Pruned switch
    {
        null => "",
        { Target: { } target } => $"\n[ \"$(readlink -- {Shell.Quote(spec.Path)})\" = {Shell.Quote(target)} ] && echo ours",
        _ => $"\ncase $({PlacedFile.Look(spec.Path)}) in same' '*) echo ours;; esac",
    };

    protected override Traces Traces(AbsenceSpec spec, AbsenceFacts? facts) =>
        Model.Traces.Of(spec.Path, PlacedFile.Folder + spec.Path, RunnerRoots.Configuration);

    protected override Reading Read(Resource resource, AbsenceSpec spec, AbsenceFacts? last, string output, bool dearer)
    {
        var lines = output.TrimEnd('\n').Split('\n');
        return lines[0] switch
        {
            var line when line.StartsWith("found ", StringComparison.Ordinal) =>
                Reading.Found(new AbsenceFacts(line["found ".Length..]) { Outside = AllowedFolders.Read(lines), IsOurs = lines.Contains("ours") }),
            var line when line.EndsWith(": No such file or directory", StringComparison.Ordinal) => Reading.Absent,
            var line when line.EndsWith(": Permission denied", StringComparison.Ordinal) => Reading.Unknown($"the login may not enter the folder of {spec.Path}"),
            var line when line.EndsWith(": Not a directory", StringComparison.Ordinal) => Reading.Absent,
            _ => Reading.Unknown($"stat does not answer for {spec.Path}"),
        };
    }

    protected override IEnumerable<Difference> Compare(Resource resource, AbsenceSpec spec, AbsenceFacts? facts, ReadMarkers reads)
    {
        if (facts is null || (spec.Pruned is not null && !facts.IsOurs))
            return [];
        var found = new Difference(resource.Id, DifferenceType.Remove, $"a {facts.Type} stands at {spec.Path}, {(spec.Pruned is null ? "git wants nothing there" : "which git no longer declares")}", "absent", facts.Type)
        {
            Origin = resource.Origin,
            Refusal = facts.MayGo ? spec.Pruned?.Refusal : $"only files and links are removed: remove {spec.Path} by hand, or take the entry out of git",
        };
        return facts.Outside is { } real ? AllowedFolders.Refuse([found], real) : [found];
    }

    protected override IEnumerable<Step> Steps(Resource resource, AbsenceSpec spec, AbsenceFacts? facts, Change change)
    {
        if (change.Differences.Count == 0 || facts is not { MayGo: true, Outside: null })
            yield break;
        yield return new(spec.IsOfNginx ? Phase.Nginx : Phase.Secrets, resource.Id, $"remove {spec.Path}, and keep a copy", RunnerRequest.Remove(spec.Path))
        {
            // A link that leads to nothing is a fault to nginx, a file that nobody links is none.
            Rank = spec.Pruned is { Target: null } ? 1 : 0,
            Proof = $"[ ! -e {Shell.Quote(spec.Path)} ] && [ ! -L {Shell.Quote(spec.Path)} ]",
        };
        if (spec.Pruned?.IsSecret == true)
            yield return new(Phase.Tidy, resource.Id, $"remove the kept copies of {spec.Path}", RunnerRequest.ForgetKept(spec.Path, 0));
        if (spec.IsOfNginx && !(spec.Pruned is not null && spec.Path.StartsWith("/etc/nginx/sites-available/", StringComparison.Ordinal)))
            // After the sites of this plan are placed and enabled: the configuration is whole by then.
            yield return new(Phase.Nginx, resource.Id, $"reload nginx, without {spec.Path}", RunnerRequest.Nginx("reload")) { Rank = 3 };
    }
}
