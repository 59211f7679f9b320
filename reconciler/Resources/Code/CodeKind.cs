using Reconciler.Model;

namespace Reconciler.Resources.Code;

/// <summary>
/// The checkout of an application (A6). Objects come from the controller's mirror as a pack; the server needs no key to the git host. The
/// commit is checked out twice: in Prepare as a worktree beside the live one, for checks and static files, and in Code in the live folder.
/// </summary>
internal sealed class CodeKind : ResourceKind<CodeSpec, CheckoutFacts>
{
    public override string Name => "Code";

    protected override string? WantedMarker(CodeSpec spec) => spec.Commit;

    protected override Probe Probe(Resource resource, CodeSpec spec, CheckoutFacts? last) => CheckoutProbe.Cheap(spec, last);

    protected override Traces? Traces(CodeSpec spec, CheckoutFacts? facts) => facts is null or { HasYoung: true } || facts.Head != spec.Commit ? null : new()
    {
        Paths = [$"{spec.Path}/.git", $"{spec.Path}/.git/HEAD", $"{spec.Path}/.git/index", $"{spec.Path}/.git/refs/heads", $"{spec.Path}/.git/refs/reconciler/deployed", $"{spec.Path}.d"],
        Trees = [spec.Path],
        Users = [spec.User],
    };

    protected override Reading Read(Resource resource, CodeSpec spec, CheckoutFacts? last, string output, bool dearer) =>
        dearer ? CheckoutProbe.ReadDear(last, output) : CheckoutProbe.ReadCheap(spec, last, output);

    protected override IEnumerable<Difference> Compare(Resource resource, CodeSpec spec, CheckoutFacts? facts, ReadMarkers reads)
    {
        facts = WithoutWanted(spec, facts);
        if (facts?.Head is null)
        {
            yield return new(resource.Id, DifferenceType.Add, $"{spec.Path} holds no code yet", Short(spec.Commit)) { Origin = resource.Origin };
            yield break;
        }
        if (facts.Head != spec.Commit)
            yield return new(resource.Id, DifferenceType.Change, $"{spec.Path} is at {Short(facts.Head)}, git says {Short(spec.Commit)}",
                Short(spec.Commit), Short(facts.Head))
            { Origin = resource.Origin };
        else if (!IsPrepared(spec, facts))
            yield return new(resource.Id, DifferenceType.Add, $"the worktree of {Short(spec.Commit)} beside {spec.Path}, in which new code is tried, is missing")
            { Origin = resource.Origin };
        if (facts.HasLocalChanges)
            yield return new(resource.Id, DifferenceType.Change, LocalChanges(spec, facts), "no local changes",
                facts.Edited.Count > 0 ? string.Join(' ', facts.Edited) : $"{facts.Unpushed} unpushed")
            {
                Origin = resource.Origin,
                Gate = "drift",
                Refusal = spec.DiscardLocalChanges
                    ? null
                    : "look at it with `git diff` there, then commit and push it, undo it, or set code.localChanges: discard (a patch is kept)",
            };
    }

    protected override IEnumerable<Unmanaged> Beside(Resource resource, CodeSpec spec, CheckoutFacts facts) =>
        UntrackedFiles.Say(resource.Id, spec, facts.Untracked);

    protected override IEnumerable<Step> Steps(Resource resource, CodeSpec spec, CheckoutFacts? facts, Change change)
    {
        if (change.Differences.Count == 0)
            yield break;
        facts = WithoutWanted(spec, facts);
        if (!IsPrepared(spec, facts))
            foreach (var step in CheckoutSteps.Prepare(resource, spec, facts))
                yield return step;
        if (facts?.Head != spec.Commit || facts.HasLocalChanges)
            yield return CheckoutSteps.Switch(resource, spec, facts);
        foreach (var old in (facts?.Worktrees ?? []).Where(name => name != spec.Commit))
            yield return CheckoutSteps.Tidy(resource, spec, old);
    }

    /// <summary>What git says is on a branch of the repository: with all that leads there it was pushed, whoever checked it out.</summary>
    private static CheckoutFacts? WithoutWanted(CodeSpec spec, CheckoutFacts? facts) =>
        facts?.Head == spec.Commit && facts is { Unpushed: > 0 } ? facts with { Unpushed = 0 } : facts;

    private static bool IsPrepared(CodeSpec spec, CheckoutFacts? facts) => facts is not null && facts.Worktrees.Contains(spec.Commit);

    private static string LocalChanges(CodeSpec spec, CheckoutFacts facts) => (facts.Edited.Count, facts.Unpushed) switch
    {
        (0, var commits) => $"{spec.Path} has {commits} commit(s) that were never pushed",
        (var files, 0) => $"{spec.Path} has {files} file(s) edited by hand: {Listed(facts.Edited)}",
        var (files, commits) => $"{spec.Path} has {files} file(s) edited by hand ({Listed(facts.Edited)}) and {commits} commit(s) that were never pushed",
    };

    private static string Listed(IReadOnlyList<string> files) =>
        string.Join(", ", files.Take(5)) + (files.Count > 5 ? $" and {files.Count - 5} more" : "");

    internal static string Short(string commit) => commit.Length > 12 ? commit[..12] : commit;
}
