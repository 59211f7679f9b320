using System.Security.Cryptography;
using System.Text;
using Reconciler.Model;

namespace Reconciler.Resources.Maintenance;

/// <summary>
/// The maintenance page and its flag (A5), and the application's own notice (A2, A16). The page is up before anything stops and goes away only
/// after the pages were checked, so that users see the old page, this one, or the new page, and never a 502.
/// </summary>
internal sealed class MaintenanceKind : ResourceKind<MaintenanceSpec, MaintenanceFacts>
{
    public override string Name => "Maintenance";

    protected override Probe Probe(Resource resource, MaintenanceSpec spec, MaintenanceFacts? last) => new(MaintenanceProbe.Script(spec));

    /// <summary>What the sites answer hangs on the flag, and on what nginx has loaded: with a reload it gets other workers.</summary>
    protected override Traces Traces(MaintenanceSpec spec, MaintenanceFacts? facts) => new()
    {
        Paths = [Cover.Folder(spec.Application), Cover.Flag(spec.Application), Cover.Page(spec.Application), .. Cover.RetryAfterSteps.Select(step => Cover.RetryAfterFile(spec.Application, step)),
            Cover.NoticeFile(spec.Application), MaintenanceProbe.NoticePath(spec.Application)],
        PidFiles = spec.Sites.Count > 0 ? [Cover.NginxPid] : [],
    };

    protected override Reading Read(Resource resource, MaintenanceSpec spec, MaintenanceFacts? last, string output, bool dearer) =>
        MaintenanceProbe.Read(spec, output) is { } facts
            ? Reading.Found(facts)
            : Reading.Unknown($"whether {spec.Application} is covered could not be read");

    protected override IEnumerable<Difference> Compare(Resource resource, MaintenanceSpec spec, MaintenanceFacts? facts, ReadMarkers reads)
    {
        facts ??= MaintenanceFacts.Nothing;
        if (facts.Page is null)
            yield return Of(DifferenceType.Add, $"the maintenance page of {spec.Application} is not there yet", "page", "none");
        else if (facts.Page != Digest(spec.Page))
            yield return Of(DifferenceType.Change, $"the maintenance page of {spec.Application} is not the one that git describes",
                Cut(Digest(spec.Page)), Cut(facts.Page));
        if (!facts.RetryAfter.SequenceEqual(RetryAfterOf(spec)))
            yield return Of(DifferenceType.Change, "the maintenance page asks to come back after another time than git says",
                Seconds(RetryAfterOf(spec)), Seconds(facts.RetryAfter));
        var open = facts.Sites.Contains(SiteState.Open);
        if (spec.Enabled && !facts.Flag)
            yield return Of(DifferenceType.Add, $"git puts {spec.Application} under maintenance, and it is not covered", "covered", "not covered");
        else if (spec.Enabled && open)
            yield return Of(DifferenceType.Change,
                $"{spec.Application} is marked as covered, but nginx answers without the page: can its workers read {Cover.Folder(spec.Application)}?",
                "covered", "not covered");
        else if (!spec.Enabled && facts.Flag)
            yield return Of(DifferenceType.Remove, $"{spec.Application} is covered although the maintenance flag is off", "not covered", "covered");

        // Nobody who sees the page needs a notice.
        if ((spec.Notice is null && spec.Banner is null) || facts.Flag)
            yield break;
        if (spec.Begins is { } begins && facts.Notice != NoticeSteps.TimeOf(begins))
            yield return Of(DifferenceType.Add,
                $"users of {spec.Application} are not told yet that maintenance begins at {NoticeSteps.TimeOf(begins)}",
                NoticeSteps.TimeOf(begins), facts.Notice ?? "no notice");
        else if (spec.Begins is not null && facts.NoticeWords is { } words && words != WordsOf(spec, spec.Begins.Value))
            yield return Of(DifferenceType.Change,
                $"users of {spec.Application} were told of maintenance at {facts.Notice} in other words than git has now: "
                    + (spec.Banner is null ? "its message, its end or the command" : $"its message, its end, its text, or {Cover.NoticeFile(spec.Application)} was edited"),
                Cut(WordsOf(spec, spec.Begins.Value)), Cut(words));
        else if (spec.Banner is { } banner && spec.Begins is { } soon
            && facts.Shown.FirstOrDefault(shown => shown is not null && $"data-notice=\"{shown}\"" != banner.Mark(spec.Application, soon)) is { } other)
            yield return Of(DifferenceType.Change,
                $"nginx has not taken the notice of {spec.Application} that lies there, of maintenance at {facts.Notice}", facts.Notice!, other.Length > 0 ? other : "no notice");
        else if (facts.Notice is not null && !Announces(spec))
            yield return Of(DifferenceType.Remove,
                $"users of {spec.Application} are told of maintenance at {facts.Notice}, and none is to come", "no notice", facts.Notice);
        else if (facts.Notice is null && !Announces(spec) && facts.Shown.FirstOrDefault(shown => shown is { Length: > 0 }) is { } still)
            yield return Of(DifferenceType.Remove,
                $"nginx still tells users of {spec.Application} of maintenance, though the notice is gone and none is to come", "no notice", still);

        Difference Of(DifferenceType type, string sentence, string wanted, string observed) =>
            new(resource.Id, type, sentence, wanted, observed) { Origin = resource.Origin };
    }

    protected override IEnumerable<Step> Steps(Resource resource, MaintenanceSpec spec, MaintenanceFacts? facts, Change change)
    {
        facts ??= MaintenanceFacts.Nothing;
        var works = change.Cover || change.Differences.Count > 0;
        var uncovers = works && !spec.Enabled && !change.StayCovered && (change.Cover || facts.Flag);
        // Users see the page already, so what they were promised has begun: a deploy that a controller begins anew also ends it.
        var promised = Announces(spec) && !(uncovers && facts.Flag && spec.Begins is null);
        var quiet = !spec.Enabled && !change.StayCovered && change.StartsAt is null && !promised;
        var withdraws = (uncovers && change.StartsAt is not null && spec.Begins is null)
            || (quiet && (facts.Notice is not null || facts.Shown.Any(shown => shown is { Length: > 0 })));
        var start = change.StartsAt ?? (works ? spec.Begins : null);
        return
        [
            // Nobody who sees the page needs a notice.
            .. spec.Notice is not null && start is { } time && !facts.Flag ? [NoticeSteps.On(resource, spec, spec.Notice, time)]
                : Array.Empty<Step>(),
            .. spec.Banner is not null && start is { } seen && !facts.Flag ? BannerSteps.On(resource, spec, spec.Banner, facts, seen) : [],
            .. works ? CoverSteps.Page(resource, spec, facts) : [],
            .. change.Cover || (works && spec.Enabled) ? [CoverSteps.Raise(resource, spec, facts)] : Array.Empty<Step>(),
            // A withdrawn announcement has no Cover: the notice goes away all the same.
            .. withdraws && spec.Notice is not null ? [NoticeSteps.Off(resource, spec, spec.Notice)] : Array.Empty<Step>(),
            .. withdraws && spec.Banner is not null ? BannerSteps.Off(resource, spec, spec.Banner) : [],
            .. uncovers ? [CoverSteps.Lift(resource, spec, facts)] : Array.Empty<Step>(),
        ];
    }

    /// <summary>What tells whether users are told in git's words: the command's digest, or that of the banner's whole file.</summary>
    private static string WordsOf(MaintenanceSpec spec, DateTimeOffset start) =>
        spec.Banner is { } banner ? Digest(banner.Content(spec.Application, start)) : NoticeSteps.WordsOf(spec.Notice!);

    private static bool Announces(MaintenanceSpec spec) => spec.Begins is not null || spec.KeepsNotice;

    /// <summary>SHA-256 hex of a text as UTF-8.</summary>
    public static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The step of Retry-After that is set: the greatest that is not too long, or none.</summary>
    public static IReadOnlyList<int> RetryAfterOf(MaintenanceSpec spec) =>
        [.. Cover.RetryAfterSteps.Where(step => step <= spec.RetryAfter).TakeLast(1)];

    private static string Seconds(IReadOnlyList<int> steps) => $"{steps.DefaultIfEmpty(Cover.DefaultRetryAfter).Max()} s";

    private static string Cut(string digest) => digest.Length > 12 ? digest[..12] : digest;
}
