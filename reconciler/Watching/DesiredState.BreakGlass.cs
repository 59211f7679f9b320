using Reconciler.Documents;
using Reconciler.Documents.Kinds;
using Reconciler.Git;
using Reconciler.Journaling;
using Reconciler.Model;

namespace Reconciler.Watching;

/// <summary>Where people push while the git host is down, and whose signatures count there.</summary>
internal sealed record BreakGlass(BreakGlassRepository Repository, IReadOnlyList<Signers> Signers);

/// <summary>A commit in force that the repository lacks.</summary>
/// <param name="Push">What a person types, in a clone that has the commit.</param>
/// <param name="Sentence">All of it, for a person.</param>
internal sealed record AheadLook(string Commit, string By, DateTimeOffset Since, string Push, string Sentence);

internal sealed partial class DesiredState
{
    /// <summary>Null: the controller takes no pushes.</summary>
    public BreakGlass? BreakGlass { get; init; }

    private volatile CancellationTokenSource? _fetching;

    /// <summary>Somebody has pushed to the controller itself: a git host that hangs is not waited for any longer.</summary>
    public void LookAtPush()
    {
        watcher.LookNow();
        try
        {
            _fetching?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has answered in this very moment.
        }
    }

    /// <returns>Null when somebody pushed here before the repository had answered.</returns>
    private async Task<Watched?> FetchedAsync(CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _fetching = over;
        try
        {
            return await watcher.LookAsync(Accepted(), over.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            _fetching = null;
        }
    }

    /// <summary>
    /// What keeps a commit that is pushed to the controller itself from being in force; the same rules where it is pushed and where it is
    /// taken.
    /// </summary>
    /// <returns>A sentence, with the faults of its documents below it; null when it may be in force.</returns>
    /// <exception cref="GitException"/>
    public async Task<string?> BreakGlassRefusalAsync(string tip, IReadOnlyList<Signers> known, CancellationToken cancellation)
    {
        if (await NewestAsync(cancellation) is not { } newest)
            return "nothing is in force yet, and the first revision comes from the git host";
        foreach (var revision in Accepted())
            if (!await watcher.IsAncestorAsync(revision, tip, cancellation))
                return $"{tip[..12]} does not descend from {revision}, which is in force: rebase it onto that one, and push again";
        if (await UnsignedAsync(newest, tip, known, cancellation) is { } unsigned)
            return unsigned;
        var (result, _, _) = await ReadAsync(tip, cancellation);
        var faults = result.Diagnostics.Concat(await DeletedAsync(result, cancellation))
            .Where(fault => fault.Severity == Severity.Error).ToList();
        if (faults.Count > 0)
            return $"{tip[..12]} has faults; mend them, and push again:\n{string.Join('\n', faults)}";
        foreach (var environment in result.Environments.Keys.Order(StringComparer.Ordinal))
            if (await UnsignedAsync(environment, tip, result, cancellation) is { } why)
                return why;
        return null;
    }

    /// <summary>What a revision says about each environment; nothing where it has faults.</summary>
    /// <exception cref="GitException"/>
    public async Task<IEnumerable<DesiredEnvironment>> DocumentsAtAsync(string revision, CancellationToken cancellation) =>
        (await ReadAsync(revision, cancellation)).Result.Environments.Values;

    /// <summary>All from what is in force by one sort of signature; the tip itself even where it only merges.</summary>
    private async Task<string?> UnsignedAsync(string from, string tip, IReadOnlyList<Signers> known, CancellationToken cancellation)
    {
        string? first = null;
        foreach (var signers in known)
        {
            if ((await watcher.UnsignedAsync(from, tip, signers, cancellation))
                .Concat(await watcher.UnsignedAsync(null, tip, signers, cancellation)).FirstOrDefault() is not { } unsigned)
                return null;
            var sort = Name(signers is Signers.Ssh ? SignatureKind.Ssh : SignatureKind.Gpg);
            first ??= $"commit {unsigned[..12]} is not signed ({sort}) by anybody in {signers.Name}: sign it "
                + "(git commit --amend --no-edit -S, git rebase --gpg-sign), or have somebody push who stands there";
        }
        return first ?? "controller.yaml names nobody who may: write `breakGlass: {ssh: FILE}` there";
    }

    /// <summary>
    /// Puts into force what was pushed here: the push was taken because the git host did not answer then, and all else is asked once more.
    /// </summary>
    /// <returns>Why something that was pushed is not in force; null otherwise.</returns>
    private async Task<string?> TakeBreakGlassAsync(CancellationToken cancellation)
    {
        if (BreakGlass is not { } glass || writer is null)
            return null;
        try
        {
            if (await glass.Repository.TipAsync(cancellation) is not { } tip || await NewestAsync(cancellation) is not { } newest)
                return null;
            var ahead = AheadOfOrigin.In(ledger);
            var isHere = await watcher.HasCommitAsync(tip, cancellation);
            if (isHere && ahead?.Commit != tip && await watcher.IsAncestorAsync(tip, newest, cancellation))
                return null;
            if (!isHere || ahead?.Commit != tip)
            {
                await watcher.TakeAsync(glass.Repository.Folder, cancellation);
                if (await BreakGlassRefusalAsync(tip, glass.Signers, cancellation) is { } why)
                {
                    await glass.Repository.MoveAsync(tip, newest, cancellation);
                    return $"{tip}, which was pushed to {glass.Repository.Folder}, is not in force, "
                        + $"and its branch is back at {newest}: {why}";
                }
                var by = await SignerAsync(tip, glass.Signers, cancellation);
                new AheadOfOrigin(tip, ahead?.From ?? newest, ahead?.Since ?? clock.GetUtcNow(), by).Keep(writer);
            }
            foreach (var environment in (await ReadAsync(tip, cancellation)).Result.Environments.Keys)
                if (MayAccept(environment) && ledger.AcceptedIn(environment)?.Revision != tip)
                    Accept(environment, tip);
            return null;
        }
        catch (GitException fault)
        {
            return $"what was pushed to {glass.Repository.Folder} cannot be read: {fault.Message}";
        }
    }

    private async Task<string> SignerAsync(string tip, IReadOnlyList<Signers> known, CancellationToken cancellation)
    {
        foreach (var signers in known)
            if (await watcher.SignerAsync(tip, signers, cancellation) is { Length: > 0 } name)
                return name;
        return "somebody on the list";
    }

    /// <summary>Its branch stands where people have to begin from: at what is in force.</summary>
    private async Task<string?> ShowBreakGlassAsync(CancellationToken cancellation)
    {
        if (BreakGlass is not { Repository: var repository } || writer is null)
            return null;
        try
        {
            if (await NewestAsync(cancellation) is not { } newest || !await watcher.HasCommitAsync(newest, cancellation))
                return null;
            await repository.MakeAsync(cancellation);
            var tip = await repository.TipAsync(cancellation);
            if (tip is null || (tip != newest && await IsAncestorAsync(tip, newest, cancellation)))
                await repository.MoveAsync(tip, newest, cancellation);
            return null;
        }
        catch (GitException fault)
        {
            return $"{repository.Folder} takes no push as things are: {fault.Message}";
        }
    }

    /// <summary>The newest revision in force; those of all environments lie on one line.</summary>
    private async Task<string?> NewestAsync(CancellationToken cancellation)
    {
        string? newest = null;
        foreach (var revision in Accepted())
            if (newest is null || await watcher.IsAncestorAsync(newest, revision, cancellation))
                newest = revision;
        return newest;
    }

    /// <summary>How the repository stands to what was pushed here.</summary>
    private async Task<DesiredStateLook> AheadAsync(Watched watched, DesiredStateLook look, CancellationToken cancellation)
    {
        if (AheadOfOrigin.In(ledger) is not { } ahead)
            return look;
        if (watched.Trouble is null)
        {
            // The tip descends from all that is in force.
            if (writer is not null)
                AheadOfOrigin.Forget(writer);
            return look;
        }
        if (writer is not null)
            ahead.Keep(writer);
        var what = $"{ahead.Commit}, signed by {ahead.By}, was pushed to this controller while {watcher.Remote} could not be fetched, "
            + "and is in force; ";
        AheadLook Ahead(string push, string rest) => new(ahead.Commit, ahead.By, ahead.Since, push, $"{what}{rest}: `{push}`");
        if (watched.Trouble is not { Reason: WatchTroubleReason.Rewound, Tip: { } tip }
            || !await IsAncestorAsync(ahead.From, tip, cancellation))
            return look with { Ahead = Ahead(watcher.PushOf(ahead.Commit), "push it there when it is back") };
        const string Until = "lacks that commit, so nothing from there comes into force:";
        if (await IsAncestorAsync(tip, ahead.Commit, cancellation))
        {
            var behind = Ahead(watcher.PushOf(ahead.Commit), $"it answers again and {Until} push it there");
            return look with { Ahead = behind, Trouble = behind.Sentence, Refused = null };
        }
        var apart = Ahead(watcher.MergeOf(ahead.Commit), $"it answers again with {tip[..12]}, which {Until} merge the two, and push that");
        return look with { Ahead = apart, Trouble = apart.Sentence };
    }

    private async Task<bool> IsAncestorAsync(string ancestor, string descendant, CancellationToken cancellation) =>
        await watcher.HasCommitAsync(ancestor, cancellation) && await watcher.HasCommitAsync(descendant, cancellation)
        && await watcher.IsAncestorAsync(ancestor, descendant, cancellation);
}
