using Reconciler.Model;

namespace Reconciler.Resources.SecretsFile;

/// <summary>What was seen of a secrets file; never any of its content.</summary>
/// <param name="Note">The keyed digest that it was placed with, if it is still that file; null when somebody else wrote it.</param>
internal sealed record SecretsFileFacts(string? Note, string Mode, string Owner, string Group) : ResourceFacts(Note ?? "edited by hand");

/// <summary>
/// Secrets files (A9): written 0600 and atomically, known again by what the runner noted when it placed them. The content is never read here.
/// </summary>
internal sealed class SecretsFileKind : ResourceKind<SecretsFileSpec, SecretsFileFacts>
{
    public override string Name => "SecretsFile";

    protected override string? WantedMarker(SecretsFileSpec spec) => spec.Digest;

    /// <summary>One stat, against the runner's record: inode, size and times tell whether it is still the file that was placed.</summary>
    protected override Probe Probe(Resource resource, SecretsFileSpec spec, SecretsFileFacts? last) => new($$"""
        stat -c 'found %04a %U %G %i %s %.9Y %.9Z' -- {{Shell.Quote(spec.Path)}} 2>&1
        read -r placed <{{Shell.Quote("/var/lib/reconciler/server/placed" + spec.Path)}} && echo "placed $placed"
        echo end
        """);

    protected override Reading Read(Resource resource, SecretsFileSpec spec, SecretsFileFacts? last, string output, bool dearer)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (!lines.Contains("end"))
            return Reading.Unknown("the look at the file was cut off");
        if (lines[0].EndsWith(": No such file or directory", StringComparison.Ordinal) || lines[0].EndsWith(": Not a directory", StringComparison.Ordinal))
            return Reading.Absent;
        if (lines[0].Split(' ', 5) is not ["found", var mode, var owner, var group, var stat])
            return Reading.Unknown($"{spec.Path} cannot be looked at: {lines[0]}");
        var placed = lines.FirstOrDefault(line => line.StartsWith("placed ", StringComparison.Ordinal))?.Split(' ', 3);
        return Reading.Found(new SecretsFileFacts(placed is [_, var note, var then] && then == stat ? note : null, mode, owner, group));
    }

    protected override IEnumerable<Difference> Compare(Resource resource, SecretsFileSpec spec, SecretsFileFacts? facts, ReadMarkers reads)
    {
        Difference Of(DifferenceType type, string sentence) => new(resource.Id, type, sentence) { Origin = resource.Origin };
        if (facts is null)
            yield return Of(DifferenceType.Add, $"secrets file {spec.Path} is not there");
        else if (facts.Note is null)
            yield return Of(DifferenceType.Change, $"secrets file {spec.Path} was not written by reconciler, or edited by hand since");
        else if (facts.Note != spec.Digest)
            yield return Of(DifferenceType.Change, $"secrets file {spec.Path} holds other values than its source");
        if (facts is not null && (facts.Mode != "0600" || facts.Owner != spec.User || facts.Group != spec.Group))
            yield return Of(DifferenceType.Change, $"secrets file {spec.Path} is {facts.Mode} {facts.Owner}:{facts.Group}, and should be 0600 {spec.User}:{spec.Group}");
    }

    protected override IEnumerable<Step> Steps(Resource resource, SecretsFileSpec spec, SecretsFileFacts? facts, Change change)
    {
        if (change.Differences.Count == 0)
            yield break;
        var request = spec.FromKeptCopy
            ? RunnerRequest.Restore(spec.Path, "0600", spec.User, spec.Group, spec.Digest)
            : RunnerRequest.Place(spec.Path, "0600", spec.User, spec.Group, spec.Digest, new PayloadPart.SecretFile(spec.File));
        yield return new(Phase.Secrets, resource.Id, spec.FromKeptCopy ? $"put back the kept copy of {spec.Path}" : $"write {spec.Path}", request)
        {
            Proof = $$"""
                read -r note rest <{{Shell.Quote("/var/lib/reconciler/server/placed" + spec.Path)}} || exit 1
                [ "$note $rest 0600 {{spec.User}}:{{spec.Group}}" = "{{spec.Digest}} $(stat -c '%i %s %.9Y %.9Z %04a %U:%G' -- {{Shell.Quote(spec.Path)}})" ]
                """,
        };
        // The copy is there for a way back; once the site is up it would only be one secret more to lose.
        if (facts is not null)
            yield return new(Phase.Tidy, resource.Id, $"forget the replaced {spec.Path}", RunnerRequest.ForgetKept(spec.Path, 0));
    }
}
