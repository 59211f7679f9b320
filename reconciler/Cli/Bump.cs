using Reconciler.Documents.Editing;
using Reconciler.Git;
using Reconciler.Watching;

namespace Reconciler.Cli;

/// <summary>
/// What <c>bump</c> changes, once it is sure of it: as <c>follow</c> it moves only forward, to commits of the application's branches, and not over a
/// person's word.
/// </summary>
/// <param name="wanted">A whole commit id.</param>
internal sealed class Bump(ControllerSettings settings, string environment, string application, string wanted)
{
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
                await new CodeQuestion(settings, environment, application, wanted).RequireForwardAsync(desired, now, cancellation);
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
        var git = new GitProgram(new GitSettings { LocalRepositories = settings.AllowLocalRepositories }, TimeProvider.System);
        var repository = new GitMirror(Path.Combine(desired.Clone.Folder, ".git"), settings.Repository, git, TimeProvider.System);
        var tip = await desired.Clone.OkAsync(["rev-parse", "HEAD"], cancellation);
        if (await new FollowedLine(repository, settings.Folder).PersonsAsync(environment, application, tip, cancellation) is { } person)
            throw new EditException($"{person.Author} stopped `follow` of {application} in {environment} by commit {person.Commit[..12]}, and bump does not go "
                + $"over that: `reconciler resume {environment} {application}` on the controller lets follow go on, a commit of your own moves it all the same; "
                + CodeQuestion.Nothing);
    }
}
