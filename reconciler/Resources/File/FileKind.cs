using Reconciler.Model;

namespace Reconciler.Resources.File;

/// <summary>
/// A file with its content, mode and owner. An absent one is placed in Prepare unless something watches its folder; one that is there is
/// replaced in the phase that git asks for, and a copy of it kept.
/// </summary>
internal sealed class FileKind : ResourceKind<FileSpec, FileFacts>
{
    public override string Name => "File";

    protected override Probe Probe(Resource resource, FileSpec spec, FileFacts? last) => new(FileProbe.Cheap(spec));

    /// <summary>Of a file that the login cannot see nothing can be traced: the runner is asked each time.</summary>
    protected override Traces? Traces(FileSpec spec, FileFacts? facts) => facts?.Look.Contains(": Permission denied", StringComparison.Ordinal) == true ? null
        : Model.Traces.Of(spec.Path, PlacedFile.Folder + spec.Path, RunnerRoots.Configuration);

    protected override Reading Read(Resource resource, FileSpec spec, FileFacts? last, string output, bool dearer) =>
        FileProbe.Read(spec, last, output) is var reading && dearer && reading is Reading.NeedsMore
            ? Reading.Unknown($"the runner does not answer for {spec.Path}")
            : reading;

    protected override string? WantedMarker(FileSpec spec) => spec.Digest;

    protected override IEnumerable<Difference> Compare(Resource resource, FileSpec spec, FileFacts? facts, ReadMarkers reads) =>
        facts?.Outside is { } real ? AllowedFolders.Refuse(Differences(resource, spec, facts), real) : Differences(resource, spec, facts);

    private static IEnumerable<Difference> Differences(Resource resource, FileSpec spec, FileFacts? facts)
    {
        if (facts is null or { IsAbsent: true })
            yield return Of(DifferenceType.Add, $"there is no file {spec.Path}", spec.Digest[..12], "absent");
        else if (!facts.IsFile)
            yield return Of(DifferenceType.Change, $"{spec.Path} is a {facts.Type}, git wants a file", "file", facts.Type) with
            {
                Refusal = $"move {spec.Path} out of the way, or name another path in git",
            };
        else
        {
            if (facts.Digest != spec.Digest)
                yield return Content(spec, facts);
            if (facts.Mode != spec.Mode)
                yield return Of(DifferenceType.Change, $"mode of {spec.Path} is {facts.Mode}, git says {spec.Mode}", spec.Mode, facts.Mode);
            if (facts.Owner != spec.Owner)
                yield return Of(DifferenceType.Change, $"owner of {spec.Path} is {facts.Owner}, git says {spec.Owner}", spec.Owner, facts.Owner);
            if (facts.Group != spec.Group)
                yield return Of(DifferenceType.Change, $"group of {spec.Path} is {facts.Group}, git says {spec.Group}", spec.Group, facts.Group);
        }

        Difference Content(FileSpec spec, FileFacts facts) => facts switch
        {
            { Digest: FileProbe.Unread } => Of(DifferenceType.Change, $"{spec.Path} cannot be compared with git", spec.Digest[..12], "not read"),
            { EditedByHand: true } => Of(DifferenceType.Change, $"{spec.Path} was edited by hand", spec.Digest[..12], facts.Digest[..12]) with
            {
                Gate = "drift",
                Refusal = $"bring the edit into git or undo it; {resource.Id.YesToDrift}, and it is replaced and a copy kept",
            },
            { Placed: null } => Of(DifferenceType.Change, $"{spec.Path} is not what git says, and was never placed by reconciler",
                spec.Digest[..12], facts.Digest[..12]),
            _ => Of(DifferenceType.Change, $"{spec.Path} is an older one than git says", spec.Digest[..12], facts.Digest[..12]),
        };

        Difference Of(DifferenceType type, string sentence, string wanted, string observed) =>
            new(resource.Id, type, sentence, wanted, observed) { Origin = resource.Origin };
    }

    protected override IEnumerable<Step> Steps(Resource resource, FileSpec spec, FileFacts? facts, Change change)
    {
        if (change.Differences.Count == 0 || facts is { IsFile: false } or { Outside: not null })
            yield break;
        var early = facts is null && spec.EarlyWhenAbsent;
        yield return new Step(early ? Phase.Prepare : spec.Phase, resource.Id, $"place {spec.Path}",
            RunnerRequest.Place(spec.Path, spec.Mode, spec.Owner, spec.Group, spec.Digest, new PayloadPart.Text(spec.Content)))
        {
            LeavesContent = facts?.Digest == spec.Digest,
            Proof = Proof(spec),
            // Where the login cannot see the file, the proof knows only that it was placed once; placing it again changes nothing.
            SkipWhenProven = false,
            Attempts = 3,
            // After the directories: one of them may be its folder.
            Rank = early ? Ranks.Directories + 1 : 0,
        };
    }

    /// <summary>It is the file that was placed under this note, untouched since, with this mode and owner, as far as the login can see.</summary>
    private static string Proof(FileSpec spec) => $$"""
        read -r note rest <{{Shell.Quote(PlacedFile.Folder + spec.Path)}} && [ "$note" = {{spec.Digest}} ] || exit 1
        case $(LC_ALL=C stat -c '%i %s %.9Y %.9Z %04a %U:%G' -- {{Shell.Quote(spec.Path)}} 2>&1) in
        "$rest {{spec.Mode}} {{spec.Owner}}:{{spec.Group}}" | *': Permission denied') ;;
        *) exit 1;;
        esac
        """;
}
