using Reconciler.Documents.Editing;
using Reconciler.Git;
using Reconciler.Model;
using Reconciler.Watching;

namespace Reconciler.Cli;

/// <summary>
/// What <c>bump</c> changes, once it is sure of it: as <c>follow</c> it moves only forward, to commits of the application's branches, and not over a
/// person's word.
/// </summary>
/// <param name="wanted">A whole commit id.</param>
internal sealed class Bump(ControllerSettings settings, string environment, string application, string wanted)
{
    private const string Nothing = "nothing was changed";

    /// <summary>The code's repository is not asked.</summary>
    public bool Unchecked { get; init; }

    /// <returns>The commit's message.</returns>
    /// <exception cref="EditException">It would not be forward, or not ours to do.</exception>
    /// <exception cref="GitException">The code's repository cannot be read.</exception>
    public async Task<string> ApplyAsync(DesiredStateEdit desired, CancellationToken cancellation)
    {
        desired.Require(environment, application);
        var file = ReleaseCommands.FileOf(environment, application);
        var now = ReleaseCommands.CommitOf(desired, environment, application);
        if (now != wanted)
        {
            await RequireUnstoppedAsync(desired, cancellation);
            if (!Unchecked)
                await RequireForwardAsync(desired, now, cancellation);
            desired.Rewrite(file, edit => ReleaseCommands.SetCommit(edit, wanted, file));
        }
        return FollowedLine.MessageOfBump($"{application} in {environment}: {now[..12]} to {wanted[..12]}", environment, application);
    }

    private async Task RequireUnstoppedAsync(DesiredStateEdit desired, CancellationToken cancellation)
    {
        bool Follows(string file, string what) => desired.Get(file, "spec", "code", "follow", what) is not null;
        if (!new[] { environment, "base" }.Select(folder => ReleaseCommands.FileOf(folder, application))
            .Any(file => Follows(file, "branch") || Follows(file, "environment")))
            return;
        var repository = new GitMirror(Path.Combine(desired.Clone.Folder, ".git"), settings.Repository, Git(), TimeProvider.System);
        var tip = await desired.Clone.OkAsync(["rev-parse", "HEAD"], cancellation);
        if (await new FollowedLine(repository, settings.Folder).PersonsAsync(environment, application, tip, cancellation) is { } person)
            throw new EditException($"{person.Author} stopped `follow` of {application} in {environment} by commit {person.Commit[..12]}, and bump does not go "
                + $"over that: `reconciler resume {environment} {application}` on the controller lets follow go on, a commit of your own moves it all the same; "
                + Nothing);
    }

    private async Task RequireForwardAsync(DesiredStateEdit desired, string now, CancellationToken cancellation)
    {
        var code = (await desired.DocumentsAsync(environment, cancellation)).Applications[application].Application.Value.Code;
        var kept = Path.Combine(settings.State, "mirrors");
        // Beside the controller, what it fetched is used; elsewhere a copy is made for as long as this takes.
        if (Directory.Exists(kept) && FileOwner.Of(kept) == FileOwner.Me)
        {
            await RequireForwardAsync(new MirrorFolder(kept, Git(), TimeProvider.System).Of(code.Repository), code.Branches, now, cancellation);
            return;
        }
        var folder = Directory.CreateTempSubdirectory("reconciler-bump-").FullName;
        try
        {
            await RequireForwardAsync(new MirrorFolder(folder, Git(), TimeProvider.System).Of(code.Repository), code.Branches, now, cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task RequireForwardAsync(GitMirror code, IReadOnlyList<string> branches, string now, CancellationToken cancellation)
    {
        try
        {
            await code.FetchAsync(branches, cancellation);
        }
        catch (GitException fault)
        {
            throw new EditException($"whether {wanted[..12]} may run there cannot be told, {Nothing}: {fault.Message} "
                + "Give this user the right to read it, or leave the judgement to the controller with --unchecked");
        }
        var its = string.Join(", ", branches);
        if ((await code.BranchesContainingAsync(wanted, branches, cancellation)).Count == 0)
            throw new EditException($"{wanted[..12]} is on no branch of {code.Remote} that may run ({its}): push it there first; {Nothing}");
        if (!await code.HasCommitAsync(now, cancellation))
            throw new EditException($"{now[..12]}, which {environment} asks for now, is on no branch of {code.Remote} ({its}) any more, so that nobody "
                + $"can tell whether {wanted[..12]} is newer: write that commit by hand; {Nothing}");
        if (await code.RelationAsync(now, wanted, cancellation) is var relation && relation != CommitRelation.Forward)
            throw new EditException($"{wanted[..12]} {(relation == CommitRelation.Back ? "is older than" : "does not descend from")} {now[..12]}, which {environment} "
                + $"asks for now, and bump moves only forward: `reconciler rollback {environment} {application} --to {wanted}` goes back; {Nothing}");
    }

    private GitProgram Git() => new(new GitSettings { LocalRepositories = settings.AllowLocalRepositories }, TimeProvider.System);
}
