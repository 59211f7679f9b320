using Reconciler.Documents.Editing;
using Reconciler.Git;
using Reconciler.Model;

namespace Reconciler.Cli;

/// <summary>Whether an environment may ask for a commit of an application's code, as the code's repository says.</summary>
/// <param name="wanted">A whole commit id.</param>
internal sealed class CodeQuestion(ControllerSettings settings, string environment, string application, string wanted)
{
    /// <summary>How all of its sentences end.</summary>
    public const string Nothing = "nothing was changed";

    /// <summary>For <c>--unchecked</c>.</summary>
    public const string UncheckedHelp = "where the code's repository cannot be read from here: the controller alone judges the commit";

    /// <summary>For <c>bump</c>: on a branch that may run, and newer than what is asked for.</summary>
    /// <exception cref="EditException">It is not, or that cannot be told.</exception>
    /// <exception cref="GitException">The code's repository cannot be read.</exception>
    public Task RequireForwardAsync(DesiredStateEdit desired, string now, CancellationToken cancellation) =>
        AskAsync(desired, async (code, its) =>
        {
            if (!await code.HasCommitAsync(now, cancellation))
                throw new EditException($"{now[..12]}, which {environment} asks for now, is on no branch of {code.Remote} ({its}) any "
                    + $"more, so that nobody can tell whether {wanted[..12]} is newer: write that commit by hand; {Nothing}");
            var relation = await code.RelationAsync(now, wanted, cancellation);
            if (relation != CommitRelation.Forward)
                throw new EditException($"{wanted[..12]} {(relation == CommitRelation.Back ? "is older than" : "does not descend from")} "
                    + $"{now[..12]}, which {environment} asks for now, and bump moves only forward: "
                    + $"`reconciler rollback {environment} {application} --to {wanted}` goes back; {Nothing}");
        }, cancellation);

    /// <summary>For <c>rollback</c>: on a branch that may run, and not newer than what is asked for.</summary>
    /// <inheritdoc cref="RequireForwardAsync"/>
    public Task RequireNotForwardAsync(DesiredStateEdit desired, string now, CancellationToken cancellation) =>
        AskAsync(desired, async (code, _) =>
        {
            // What is not here is no ancestor of what was fetched: from a commit that is gone there is a way back.
            if (await code.HasCommitAsync(now, cancellation)
                && await code.RelationAsync(now, wanted, cancellation) == CommitRelation.Forward)
                throw new EditException($"{wanted[..12]} is newer than {now[..12]}, which {environment} asks for now, and rollback does "
                    + $"not move forward: `reconciler bump {environment} {application} --to {wanted}` does, or `reconciler promote` where "
                    + $"another environment runs it; {Nothing}");
        }, cancellation);

    private async Task AskAsync(DesiredStateEdit desired, Func<GitMirror, string, Task> ask, CancellationToken cancellation)
    {
        var code = (await desired.DocumentsAsync(environment, cancellation)).Applications[application].Application.Value.Code;
        var git = new GitProgram(new GitSettings { LocalRepositories = settings.AllowLocalRepositories }, TimeProvider.System);
        var kept = Path.Combine(settings.State, "mirrors");
        // Beside the controller, what it fetched is used; elsewhere a copy is made for as long as this takes.
        if (Directory.Exists(kept) && FileOwner.Of(kept) == FileOwner.Me)
        {
            await AskAsync(new MirrorFolder(kept, git, TimeProvider.System).Of(code.Repository), code.Branches, ask, cancellation);
            return;
        }
        var folder = Directory.CreateTempSubdirectory("reconciler-code-").FullName;
        try
        {
            await AskAsync(new MirrorFolder(folder, git, TimeProvider.System).Of(code.Repository), code.Branches, ask, cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task AskAsync(
        GitMirror code, IReadOnlyList<string> branches, Func<GitMirror, string, Task> ask, CancellationToken cancellation)
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
            throw new EditException($"{wanted[..12]} is on no branch of {code.Remote} that may run ({its}): push it there first; "
                + Nothing);
        await ask(code, its);
    }
}
