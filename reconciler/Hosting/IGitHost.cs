namespace Reconciler.Hosting;

/// <summary>How one check of a commit stands, as its git host says.</summary>
internal enum CheckState
{
    /// <summary>Nobody reported it yet.</summary>
    Missing,
    Pending,
    Green,
    Red,
}

/// <summary>State of a commit status, as both hosts know it.</summary>
internal enum StatusState
{
    Pending,
    Success,
    Failure,

    /// <summary>It is over without an end.</summary>
    Canceled,
}

/// <param name="Context">Which of a commit's statuses: <c>reconciler/production</c>.</param>
/// <param name="Description">One line; cut by whoever sends it to what the host takes.</param>
/// <param name="Link">Null for none.</param>
internal sealed record CommitStatus(string Context, StatusState State, string Description, string? Link);

/// <summary>An open pull or merge request to the followed branch.</summary>
/// <param name="Number">As people call it.</param>
/// <param name="Head">Newest commit of its branch.</param>
/// <param name="FromFork">Its commits come from another repository: written by anybody.</param>
/// <param name="Reference">Where git finds the head: <c>refs/pull/7/head</c>.</param>
internal sealed record ProposedChange(long Number, string Title, string Head, bool FromFork, string Reference);

/// <summary>What is asked of a git host. Every member may throw <see cref="GitHostException"/>.</summary>
internal interface IGitHost
{
    /// <summary>How the named checks of a commit stand; names that it does not know are <see cref="CheckState.Missing"/>.</summary>
    Task<IReadOnlyDictionary<string, CheckState>> ChecksAsync(
        string project, string commit, IReadOnlyCollection<string> names, CancellationToken cancellation);

    Task SetStatusAsync(string project, string commit, CommitStatus status, CancellationToken cancellation);

    /// <summary>Those that are open to this branch, newest first; at most 100.</summary>
    Task<IReadOnlyList<ProposedChange>> ProposedAsync(string project, string branch, CancellationToken cancellation);

    /// <summary>Puts a comment below a request, or in place of the one that we put there before.</summary>
    /// <param name="tag">A hidden line by which it is found again.</param>
    /// <param name="known">Its id, as given back before; null when it must be looked for.</param>
    /// <returns>Its id.</returns>
    Task<long> CommentAsync(string project, long number, string tag, string body, long? known, CancellationToken cancellation);

    /// <summary>Opens a request from one branch of the repository to another, unless one is open.</summary>
    /// <returns>Where people see it.</returns>
    Task<string> ProposeAsync(string project, string from, string to, string title, string body, CancellationToken cancellation);
}
