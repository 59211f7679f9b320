using Reconciler.Model;

namespace Reconciler.Resources.SecretsFile;

/// <summary>What was seen of a secrets file; never any of its content.</summary>
/// <param name="Look">The cheap probe's answer: while it stays the same, so does the rest.</param>
/// <param name="Digest">Keyed digest of the content.</param>
/// <param name="Placed">The digest that it was placed with last, whether or not it is still that; null when reconciler never did.</param>
internal sealed record SecretsFileFacts(string Look, string Digest, string Mode, string Owner, string Group, string? Placed) : ResourceFacts(Digest)
{
    public override bool EditedByHand => Placed is not null && Placed != Digest;
}

/// <summary>
/// Secrets files (A9): written 0600 and atomically, known again by what the runner noted when it placed them. The content never leaves the server; where
/// the file is no longer the one that was placed, the server itself says by a keyed digest whether it holds the same.
/// </summary>
internal sealed class SecretsFileKind : ResourceKind<SecretsFileSpec, SecretsFileFacts>
{
    private const string PlacedFolder = "/var/lib/reconciler/server/placed";

    public override string Name => "SecretsFile";

    protected override string? WantedMarker(SecretsFileSpec spec) => spec.Digest;

    /// <summary>One stat, against the runner's record: inode, size and times tell whether it is still the file that was placed.</summary>
    protected override Probe Probe(Resource resource, SecretsFileSpec spec, SecretsFileFacts? last) => new($$"""
        stat -c 'found %04a %U %G %i %s %.9Y %.9Z' -- {{Shell.Quote(spec.Path)}} 2>&1
        read -r placed <{{Shell.Quote(PlacedFolder + spec.Path)}} && echo "placed $placed"
        echo end

        """);

    /// <summary>Of a file that the login cannot see nothing can be traced: the runner is asked each time.</summary>
    protected override Traces? Traces(SecretsFileSpec spec, SecretsFileFacts? facts) => facts?.Look.Contains(": Permission denied", StringComparison.Ordinal) == true ? null
        : Model.Traces.Of(spec.Path, PlacedFolder + spec.Path);

    protected override Reading Read(Resource resource, SecretsFileSpec spec, SecretsFileFacts? last, string output, bool dearer)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var end = Array.IndexOf(lines, "end");
        if (end < 1)
            return Reading.Unknown("the look at the file was cut off");
        if (lines[0].EndsWith(": No such file or directory", StringComparison.Ordinal) || lines[0].EndsWith(": Not a directory", StringComparison.Ordinal))
            return Reading.Absent;
        var (note, then) = lines[1..end].Select(line => line.Split(' ', 3)).FirstOrDefault(words => words is ["placed", _, _])
            is [_, var noted, var when] ? (noted, when) : (null, null);
        var look = string.Join('\n', lines[..end]);
        // The login may not enter the folder, as is right for secrets: then the runner looks, since the same complaint says nothing.
        var hidden = lines[0].EndsWith(": Permission denied", StringComparison.Ordinal);
        if (!hidden && last?.Look == look)
            return Reading.Found(last);
        var found = lines[0].Split(' ', 5) is ["found", _, _, _, _] words ? words : null;
        if (found is null && !hidden)
            return Reading.Unknown($"{spec.Path} cannot be looked at: {lines[0]}");
        if (found is not null && then == found[4])
            return Reading.Found(new SecretsFileFacts(look, note!, found[1], found[2], found[3], note));
        if (!dearer)
            return new Reading.NeedsMore(Probe(resource, spec, last) with { Request = RunnerRequest.Digest(spec.DigestKey.Value, spec.Path) });
        var answer = lines[(end + 1)..].Select(line => line.Split(' ')).FirstOrDefault(words => words is ["absent"] or [{ Length: 64 }, _, _, _]);
        return answer switch
        {
            ["absent"] when hidden => Reading.Absent,
            [var digest, _, _, _] when (found ?? answer) is [_, var mode, var owner, var group, ..] =>
                Reading.Found(new SecretsFileFacts(look, digest, mode, owner, group, note)),
            _ => Reading.Unknown($"the runner may not read {spec.Path}"),
        };
    }

    protected override IEnumerable<Difference> Compare(Resource resource, SecretsFileSpec spec, SecretsFileFacts? facts, ReadMarkers reads)
    {
        var source = resource.Provenance ?? "its source";
        Difference Of(DifferenceType type, string sentence) => new(resource.Id, type, sentence) { Origin = resource.Origin };
        if (facts is null)
            yield return Of(DifferenceType.Add, $"secrets file {spec.Path} is not there") with
            {
                Refusal = spec.OnlyCompared ? "its source cannot be read now: mend that, and the file is written" : null,
            };
        else if (facts.Digest != spec.Digest)
            yield return facts switch
            {
                { Placed: null } => Of(DifferenceType.Change, $"secrets file {spec.Path} was not written by reconciler, and is not what {source} makes: "
                    + "other values, or the same in another layout (`reconciler drift` names keys that differ)"),
                { EditedByHand: true } when spec.OnlyCompared => Of(DifferenceType.Change, $"secrets file {spec.Path} was edited by hand") with
                {
                    Refusal = "undo the edit; or leave it till what git says is no longer refused and does not wait: its source does not give now what "
                        + "was written last, and then the file is compared with it again",
                },
                { EditedByHand: true } => Of(DifferenceType.Change, $"secrets file {spec.Path} was edited by hand") with
                {
                    Gate = "drift",
                    Refusal = $"bring the edit into its source or undo it; {resource.Id.YesToDrift}, and it is replaced and a copy kept",
                },
                _ => Of(DifferenceType.Change, $"secrets file {spec.Path} holds other values than {source}"),
            };
        if (facts is not null && (facts.Mode != "0600" || facts.Owner != spec.User || facts.Group != spec.Group))
            yield return Of(DifferenceType.Change, $"secrets file {spec.Path} is {facts.Mode} {facts.Owner}:{facts.Group}, and should be 0600 {spec.User}:{spec.Group}");
        if (facts is not null && resource.LeftCopy)
            yield return Of(DifferenceType.Remove, $"a copy of what secrets file {spec.Path} was before is still kept on the server") with { Observed = KeptCopy };
    }

    protected override IEnumerable<Step> Steps(Resource resource, SecretsFileSpec spec, SecretsFileFacts? facts, Change change)
    {
        if (change.Differences.Count == 0 || spec.OnlyCompared)
            yield break;
        if (change.Differences.All(difference => difference.Observed == KeptCopy))
        {
            yield return Forget(resource, spec);
            yield break;
        }
        if (facts is null && spec.Within is { } within && Path.GetDirectoryName(spec.Path)! is var folder && folder != within)
            yield return new(Phase.Secrets, resource.Id, $"make {folder}, where it is not there",
                RunnerRequest.Run(spec.User, within, "-", new PayloadPart.Text($"umask 077\nmkdir -p -- {Shell.Quote(folder)}\n")))
            {
                Rank = -1,
                LeavesContent = true,
                Proof = $"[ -d {Shell.Quote(folder)} ]",
            };
        var request = spec.FromKeptCopy
            ? RunnerRequest.Restore(spec.Path, "0600", spec.User, spec.Group, spec.Digest)
            : RunnerRequest.Place(spec.Path, "0600", spec.User, spec.Group, spec.Digest, new PayloadPart.SecretFile(new(spec.File, spec.Digest)));
        yield return new(Phase.Secrets, resource.Id, spec.FromKeptCopy ? $"put back the kept copy of {spec.Path}" : $"{(facts is null ? "write" : "replace")} {spec.Path}", request)
        {
            // Mode and owner alone are nothing that a reader would have to read again.
            LeavesContent = facts?.Digest == spec.Digest,
            Attempts = 3,
            Proof = $$"""
                read -r note rest <{{Shell.Quote(PlacedFolder + spec.Path)}} || exit 1
                [ -x {{Shell.Quote(Path.GetDirectoryName(spec.Path)!)}} ] || { [ "$note" = {{spec.Digest}} ]; exit; }
                [ "$note $rest 0600 {{spec.User}}:{{spec.Group}}" = "{{spec.Digest}} $(stat -c '%i %s %.9Y %.9Z %04a %U:%G' -- {{Shell.Quote(spec.Path)}})" ]
                """,
        };
        // The copy is there for a way back; once the site is up it would only be one secret more to lose.
        if (facts is not null)
            yield return Forget(resource, spec);
    }

    private const string KeptCopy = "kept copy";

    private static Step Forget(Resource resource, SecretsFileSpec spec) =>
        new(Phase.Tidy, resource.Id, $"forget the replaced {spec.Path}", RunnerRequest.ForgetKept(spec.Path, 0));
}
