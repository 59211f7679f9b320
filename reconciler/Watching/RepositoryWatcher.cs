using System.Threading.Channels;
using Reconciler.Git;

namespace Reconciler.Watching;

/// <summary>
/// Follows one branch of the desired-state repository. Whatever goes wrong leaves what is in force in force: nothing here ever means
/// "no desired state". One caller at a time; <see cref="LookNow"/> and <see cref="FetchNow"/> may be called by anybody.
/// </summary>
internal sealed class RepositoryWatcher(GitMirror mirror, WatchSettings settings, TimeProvider clock)
{
    private readonly RevisionReader _reader = new(mirror, settings.Folder);
    private readonly Channel<bool> _asked = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private DesiredStateRevision? _last;
    private WatchTrouble? _trouble;
    private int _failures;

    /// <summary>Whether the next look fetches without asking first: so do the first one, and those that mend what was in trouble.</summary>
    private volatile bool _fetch = true;

    private DateTimeOffset _due = DateTimeOffset.MinValue;

    /// <summary>Lets <see cref="NextAsync"/> look at once; asking twice is asking once.</summary>
    public void LookNow() => _asked.Writer.TryWrite(true);

    /// <summary>The same, when somebody says that the branch has moved.</summary>
    public void FetchNow()
    {
        _fetch = true;
        LookNow();
    }

    /// <summary>Waits until a look is due (interval, retry) or asked for, then looks. The first one is due at once.</summary>
    /// <inheritdoc cref="LookAsync"/>
    public async Task<Watched> NextAsync(IReadOnlyCollection<string> accepted, CancellationToken cancel)
    {
        await WaitAsync(cancel);
        return await LookAsync(accepted, cancel);
    }

    /// <summary>Waits until a look is due or asked for.</summary>
    public async Task WaitAsync(CancellationToken cancel)
    {
        var wait = _due - clock.GetUtcNow();
        if (wait > TimeSpan.Zero)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            await Task.WhenAny(Task.Delay(wait, clock, over.Token), _asked.Reader.WaitToReadAsync(over.Token).AsTask());
            await over.CancelAsync();
            cancel.ThrowIfCancellationRequested();
        }
        _asked.Reader.TryRead(out _);
    }

    /// <summary>Reads the branch as the repository has it, and fetches what is new of it.</summary>
    /// <param name="accepted">The revisions in force, one per environment, as the ledger has them: the tip must descend from each.</param>
    public async Task<Watched> LookAsync(IReadOnlyCollection<string> accepted, CancellationToken cancel)
    {
        try
        {
            var fetch = _fetch;
            _fetch = false;
            var tip = await mirror.FollowAsync(settings.Branch, fetch, cancel);
            if (await LeftBehindAsync(tip, accepted, cancel) is { } behind)
                return await TroubledAsync(WatchTroubleReason.Rewound, Rewound(tip, behind), tip, accepted, cancel);
            if (_last?.Commit.Id != tip)
                _last = await _reader.ReadAsync(tip, cancel);
            (_trouble, _failures, _due) = (null, 0, clock.GetUtcNow() + settings.Interval);
            return new Watched(_last, null, clock.GetUtcNow());
        }
        catch (GitException e)
        {
            return await TroubledAsync(ReasonOf(e.Failure), e.Message, null, accepted, cancel);
        }
    }

    /// <summary>A look that was given up before the repository answered.</summary>
    /// <inheritdoc cref="LookAsync"/>
    public Task<Watched> UnansweredAsync(IReadOnlyCollection<string> accepted, CancellationToken cancel) =>
        TroubledAsync(WatchTroubleReason.Unreachable, $"{mirror.Remote} had not answered yet. It is tried again", null, accepted, cancel);

    /// <summary>An earlier revision: the one in force in an environment, or the one that its <c>base:</c> names.</summary>
    /// <exception cref="GitException"><see cref="GitFailure.NoSuchCommit"/>.</exception>
    public async Task<DesiredStateRevision> ReadAsync(string commit, CancellationToken cancel) =>
        _last?.Commit.Id == commit ? _last : await _reader.ReadAsync(commit, cancel);

    /// <summary>What the branch would be with a request merged, which stays here.</summary>
    /// <param name="head">As the git host says; another one means that it has moved meanwhile.</param>
    /// <returns>Null when it conflicts with the branch, or has moved.</returns>
    /// <exception cref="GitException"/>
    public async Task<string?> MergedAsync(string reference, string head, CancellationToken cancel)
    {
        var fetched = await mirror.FetchProposedAsync(reference, cancel);
        return fetched == head ? await mirror.MergedAsync(await mirror.ResolveAsync(settings.Branch, cancel), fetched, cancel) : null;
    }

    /// <inheritdoc cref="GitMirror.UnsignedAsync"/>
    public Task<IReadOnlyList<string>> UnsignedAsync(string? from, string to, Signers signers, CancellationToken cancel) =>
        mirror.UnsignedAsync(from, to, signers, cancel);

    /// <inheritdoc cref="GitMirror.IsAncestorAsync"/>
    public Task<bool> IsAncestorAsync(string ancestor, string descendant, CancellationToken cancel) =>
        mirror.IsAncestorAsync(ancestor, descendant, cancel);

    /// <inheritdoc cref="GitMirror.HasCommitAsync"/>
    public Task<bool> HasCommitAsync(string commit, CancellationToken cancel) => mirror.HasCommitAsync(commit, cancel);

    /// <inheritdoc cref="GitMirror.SignerAsync"/>
    public Task<string?> SignerAsync(string commit, Signers signers, CancellationToken cancel) =>
        mirror.SignerAsync(commit, signers, cancel);

    /// <summary>What was pushed to the controller itself.</summary>
    /// <exception cref="GitException"/>
    public Task TakeAsync(string from, CancellationToken cancel) => mirror.TakeAsync(from, settings.Branch, cancel);

    /// <summary>What a person types to bring a commit to the repository.</summary>
    public string PushOf(string commit) => $"git push {mirror.Remote} {commit}:{settings.Branch}";

    /// <summary>The same where the repository has other commits too: with the commit checked out.</summary>
    public string MergeOf(string commit) => $"git checkout {commit} && git pull --no-rebase {mirror.Remote} {settings.Branch} "
        + $"&& git push {mirror.Remote} HEAD:{settings.Branch}";

    /// <summary>The address of the repository.</summary>
    public string Remote => mirror.Remote;

    private async Task<string?> LeftBehindAsync(string tip, IReadOnlyCollection<string> accepted, CancellationToken cancel)
    {
        foreach (var revision in accepted.Distinct().Where(revision => revision != tip))
        {
            // The branch was just fetched with its whole history: what is not in the mirror is not in the branch.
            if (!await mirror.HasCommitAsync(revision, cancel) || !await mirror.IsAncestorAsync(revision, tip, cancel))
                return revision;
        }
        return null;
    }

    private string Rewound(string tip, string behind) =>
        $"The branch {settings.Branch} of {mirror.Remote} now stands at {tip}, which does not descend from the accepted revision {behind}. "
        + $"Push a commit that does: put the branch back, or keep the new content with `git merge --strategy=ours {behind}`";

    private async Task<Watched> TroubledAsync(WatchTroubleReason reason, string what, string? tip, IReadOnlyCollection<string> accepted, CancellationToken cancel)
    {
        _fetch = true;
        var now = clock.GetUtcNow();
        var since = _trouble is { } known && known.Reason == reason && known.Tip == tip ? known.Since : now;
        _due = now + Backoff(_failures++);
        var inForce = await InForceAsync(accepted, cancel);
        var stays = inForce is null ? "No revision is in force." : $"Revision {inForce.Commit.Id} stays in force.";
        _trouble = new WatchTrouble(reason, $"{what.TrimEnd('.')}. {stays}", since, _due, tip);
        return new Watched(inForce, _trouble, now);
    }

    /// <summary>Never longer than between two looks that succeed: it may be back by then as well as anything may be new.</summary>
    private TimeSpan Backoff(int failures)
    {
        var longest = Math.Max(settings.FirstRetry.Ticks, Math.Min(settings.LongestRetry.Ticks, settings.Interval.Ticks));
        return TimeSpan.FromTicks(Math.Min(longest, settings.FirstRetry.Ticks << Math.Min(failures, 20)));
    }

    /// <summary>The newest accepted revision that can be read; before anything was accepted, the last one that was seen.</summary>
    private async Task<DesiredStateRevision?> InForceAsync(IReadOnlyCollection<string> accepted, CancellationToken cancel)
    {
        if (_last is not null && (accepted.Count == 0 || accepted.Contains(_last.Commit.Id)))
            return _last;
        DesiredStateRevision? newest = null;
        foreach (var revision in accepted.Distinct())
        {
            try
            {
                if (newest is null || await mirror.IsAncestorAsync(newest.Commit.Id, revision, cancel))
                    newest = await ReadAsync(revision, cancel);
            }
            catch (GitException)
            {
                // Not in the mirror: its trouble is being told already.
            }
        }
        return newest;
    }

    private static WatchTroubleReason ReasonOf(GitFailure failure) => failure switch
    {
        GitFailure.Unreachable or GitFailure.TimedOut => WatchTroubleReason.Unreachable,
        GitFailure.Refused or GitFailure.NotAllowed => WatchTroubleReason.Refused,
        GitFailure.NoSuchBranch => WatchTroubleReason.NoSuchBranch,
        _ => WatchTroubleReason.Unreadable,
    };
}
