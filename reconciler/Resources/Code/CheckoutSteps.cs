using Reconciler.Model;

namespace Reconciler.Resources.Code;

/// <summary>The steps of a checkout: objects and a worktree in Prepare, the switch in Code, old worktrees in Tidy.</summary>
internal static class CheckoutSteps
{
    // No hook of the repository and no background gc may run in the middle of a step.
    private const string Git = "git -c core.hooksPath=/dev/null -c gc.auto=0 -c advice.detachedHead=false";

    public static IEnumerable<Step> Prepare(Resource resource, CodeSpec spec, CheckoutFacts? facts)
    {
        foreach (var folder in new[] { spec.Path, spec.Path + ".d", spec.Path + ".d/.live" })
            yield return new(Phase.Prepare, resource.Id, $"make {folder}", RunnerRequest.Directory(folder, "0755", spec.User, spec.User))
            {
                Rank = Ranks.Directories,
                Proof = $"[ -d {Shell.Quote(folder)} ]",
            };
        var marker = Shell.Quote($"{spec.Path}.d/.{spec.Commit}.ready");
        var script = $$"""
            set -e
            c={{spec.Commit}} w={{Shell.Quote(spec.Worktree)}}
            [ -d .git ] || {{Git}} init -q .
            {{Git}} index-pack --stdin --fix-thin >/dev/null
            {{Git}} cat-file -e "$c^{{"{tree}"}}"
            {{Git}} update-ref "refs/reconciler/deployed/$c" "$c"
            [ -e {{marker}} ] || rm -rf "$w"
            {{Git}} worktree prune
            [ -d "$w" ] || {{Git}} worktree add -f --detach --quiet "$w" "$c"
            {{LinkUntracked(spec)}}
            : >{{marker}}
            """;
        yield return new(Phase.Prepare, resource.Id, $"send the objects of {CodeKind.Short(spec.Commit)} and lay them out beside {spec.Path}",
            RunnerRequest.RunWithInput(spec.User, spec.Path, "-", new PayloadPart.Text(script),
                new PayloadPart.GitPack(spec.Repository, spec.Commit, facts?.Deployed ?? [])))
        {
            Rank = Ranks.Code,
            Deadline = TimeSpan.FromMinutes(10),
            Attempts = 3,
            Proof = $"[ -e {marker} ]",
        };
    }

    public static Step Switch(Resource resource, CodeSpec spec, CheckoutFacts? facts)
    {
        // The plan was made for this HEAD; if somebody moved it since, the run stops rather than guess. Edits that it knew of somebody
        // has said yes to, by discard or by an acknowledgement: without that there would be no run.
        var expected = facts?.Head is { } head ? $"[ \"$(git rev-parse HEAD)\" = {head} ]" : "! git rev-parse -q --verify HEAD >/dev/null";
        var script = $$"""
            set -e
            export GIT_OPTIONAL_LOCKS=0
            {{expected}} || { echo 'HEAD has moved since the plan was made' >&2; exit 1; }
            {{(facts is { HasLocalChanges: true } ? SaveAndDiscard(spec) : RefuseEdits)}}
            {{Git}} checkout --quiet --detach {{spec.Commit}}
            """;
        return new(Phase.Code, resource.Id,
            facts?.Head is null ? $"check out {CodeKind.Short(spec.Commit)}" : $"check out {CodeKind.Short(spec.Commit)} (was {CodeKind.Short(facts.Head)})",
            RunnerRequest.Run(spec.User, spec.Path, "-", new PayloadPart.Text(script)))
        {
            Proof = $"read -r h <{Shell.Quote(spec.Path)}/.git/HEAD && [ \"$h\" = {spec.Commit} ]",
            SkipWhenProven = facts is not { HasLocalChanges: true },
        };
    }

    public static Step Tidy(Resource resource, CodeSpec spec, string old)
    {
        var marker = Shell.Quote($"{spec.Path}.d/.{old}.ready");
        return new(Phase.Tidy, resource.Id, $"remove the prepared worktree of {CodeKind.Short(old)}",
            RunnerRequest.Run(spec.User, spec.Path, "-", new PayloadPart.Text(
                $"rm -f {marker}\n{Git} worktree remove --force {Shell.Quote($"{spec.Path}.d/{old}")}\n{Git} worktree prune\n")))
        { Proof = $"[ ! -e {marker} ]" };
    }

    /// <summary>
    /// What git does not track in the live checkout belongs to it all the same: a database file, uploads, a settings file of somebody's own. While new code is
    /// tried over the live path, the live one is bound at <c>.live</c> (<see cref="ApplicationRuntime.LiveBeside"/>), and these links lead there.
    /// </summary>
    private static string LinkUntracked(CodeSpec spec) => $$"""
        git ls-files --others --directory | while IFS= read -r f; do
        f=${f%/}
        case $f in '"'*|*__pycache__|*.pyc) continue;; esac
        if [ -e "$w/$f" ] || [ -h "$w/$f" ]; then continue; fi
        mkdir -p "$(dirname "$w/$f")" && ln -s {{Shell.Quote(spec.Path + ".d/.live")}}/"$f" "$w/$f"
        done
        """;

    private const string RefuseEdits =
        "[ -z \"$(git status --porcelain --untracked-files=no)\" ] || { echo 'tracked files were edited since the plan was made' >&2; exit 1; }";

    /// <summary>Edits become a patch and unpushed commits a ref; both stay in the application's own folders, readable by its user only.</summary>
    private static string SaveAndDiscard(CodeSpec spec) => $$"""
        k={{Shell.Quote(spec.Path)}}.d/.kept-$(date +%Y%m%dT%H%M%SZ -u)
        (umask 077; git diff --binary HEAD >"$k.patch")
        [ "$(git rev-list --count HEAD --not --glob=refs/reconciler --remotes)" = 0 ] || (umask 077; git bundle create -q "$k.bundle" HEAD --not --glob=refs/reconciler --remotes)
        git update-ref "refs/reconciler-kept/${k##*.kept-}" HEAD
        git reset -q --hard
        """;
}
