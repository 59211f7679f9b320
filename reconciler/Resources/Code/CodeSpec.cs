using Reconciler.Model;

namespace Reconciler.Resources.Code;

/// <summary>A checkout at exactly one commit.</summary>
/// <param name="Path">The live checkout, absolute. Worktrees of prepared commits stand beside it in <c>PATH.d/</c>.</param>
/// <param name="User">Whom the checkout belongs to and who runs git.</param>
/// <param name="Repository">Key of the controller's mirror from which objects are sent.</param>
/// <param name="Commit">40 hex digits.</param>
/// <param name="DiscardLocalChanges">Edits and unpushed commits are saved as a patch and discarded, rather than stopping the run.</param>
internal sealed record CodeSpec(string Path, string User, string Repository, string Commit, bool DiscardLocalChanges) : ResourceSpec
{
    public string Worktree => $"{Path}.d/{Commit}";
}

/// <summary>What was seen of a checkout.</summary>
/// <param name="Head">Commit that HEAD stands for; null in a repository without commits.</param>
/// <param name="Deployed">Commits whose objects the server is known to have whole.</param>
/// <param name="Worktrees">Names of the folders in <c>PATH.d/</c>, ready ones only.</param>
/// <param name="Edited">Tracked files that differ from HEAD.</param>
/// <param name="Unpushed">How many commits at HEAD neither came from the controller nor stand on a remote branch.</param>
/// <param name="CleanAt">Server's clock (seconds since 1970) before the look that found <paramref name="Edited"/>; what changed later has a newer ctime.</param>
internal sealed record CheckoutFacts(
    string? Head,
    IReadOnlyList<string> Deployed,
    IReadOnlyList<string> Worktrees,
    IReadOnlyList<string> Edited,
    int Unpushed,
    long CleanAt) : ResourceFacts(Head)
{
    /// <summary>What git neither has nor ignores, as of the same look as <see cref="Edited"/>.</summary>
    public IReadOnlyList<UntrackedFile> Untracked { get; init; } = [];

    /// <summary>
    /// Of the application's user, and not known to be a service's: whose they are is for those to say who know the services.
    /// </summary>
    public IReadOnlyList<UserProcess> Processes { get; init; } = [];

    /// <summary>One more may be among them soon, though nothing changes but its age.</summary>
    public bool HasYoung { get; init; }

    public bool HasLocalChanges => Edited.Count > 0 || Unpushed > 0;
}
