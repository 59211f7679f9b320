using System.Collections.Concurrent;
using Reconciler.Documents;
using Reconciler.Documents.Expansion;
using Reconciler.Documents.Kinds;
using Reconciler.Documents.Reading;
using Reconciler.Documents.Rules;
using Reconciler.Git;
using Reconciler.Journaling;
using Reconciler.Model;

namespace Reconciler.Watching;

/// <summary>What a look at the desired-state repository came to.</summary>
/// <param name="Trouble">Why the tip of the branch is not in force: a sentence for a person; null when it is.</param>
/// <param name="Diagnostics">Faults of the tip; with any error it is refused whole.</param>
internal sealed record DesiredStateLook(string? Revision, string? Trouble, IReadOnlyList<Diagnostic> Diagnostics, IReadOnlyList<string> Environments)
{
    /// <summary>The tip of the branch, while it is refused; null when it is in force or could not be fetched.</summary>
    public string? Refused { get; init; }

    /// <summary>When the repository is looked at next, while what it says cannot be read or taken; null while it can.</summary>
    public DateTimeOffset? RetriesAt { get; init; }

    /// <summary>Environments that stay where they are because a commit is not signed, each with the sentence that says which.</summary>
    public IReadOnlyDictionary<string, string> Unsigned { get; init; } = new Dictionary<string, string>();

    /// <summary>What is in force was pushed to the controller itself, and the repository lacks it; null when it has it.</summary>
    public AheadLook? Ahead { get; init; }

    /// <summary>Why something that was pushed to the controller itself is not in force; null when nothing is left.</summary>
    public string? NotTaken { get; init; }
}

/// <summary>The desired state that a request would lead to.</summary>
/// <param name="Commit">With the request merged; in the mirror alone.</param>
/// <param name="Diagnostics">With any error it would be refused whole.</param>
internal sealed record ProposedState(string Commit, IReadOnlyList<Diagnostic> Diagnostics, IReadOnlyDictionary<string, DesiredEnvironment> Environments)
{
    public IReadOnlyList<Diagnostic> Faults => [.. Diagnostics.Where(diagnostic => diagnostic.Severity == Severity.Error)];
}

/// <summary>
/// The desired state in force: the newest accepted revision of each environment. A tip that cannot be read, does not descend from what is in
/// force, or has any fault, leaves everything as it was. Environments may ask from turns of their own while the next look is made.
/// </summary>
internal sealed partial class DesiredState(RepositoryWatcher watcher, EnvironmentSource source, ILedgerReader ledger, ILedger? writer,
    bool allowLocalRepositories, Func<SignatureKind, Signers?> signers, TimeProvider clock) : IPastUnits
{
    /// <summary>Without a ledger to write to, what would be accepted is remembered here.</summary>
    private readonly Dictionary<string, string> _accepted = [];

    /// <summary>Of those that were accepted before this look, the environments that no other controller works on.</summary>
    private HashSet<string> _ours = [];

    /// <summary>Of one command that is told, so that it can still be pasted.</summary>
    private const int MostVouched = 50;

    private readonly ConcurrentDictionary<string, ReadRevision> _read = new();

    /// <summary>Waits until a look is due, looks, and accepts what may be accepted.</summary>
    public async Task<DesiredStateLook> NextAsync(CancellationToken cancellation)
    {
        await watcher.WaitAsync(cancellation);
        return await LookAsync(cancellation);
    }

    /// <summary>Looks at once.</summary>
    public async Task<DesiredStateLook> LookAsync(CancellationToken cancellation)
    {
        // Before the fetch: what another controller has accepted before, the fetch brings.
        var accepted = ledger.AllAccepted().Select(each => each.Environment).ToList();
        writer?.Leases.Claim(accepted);
        _ours = [.. accepted.Where(IsOurs)];
        var notTaken = await TakeBreakGlassAsync(cancellation);
        if (await FetchedAsync(cancellation) is not { } watched)
        {
            notTaken = await TakeBreakGlassAsync(cancellation);
            watched = await watcher.UnansweredAsync(Accepted(), cancellation);
        }
        var look = await AheadAsync(watched, await JudgeAsync(watched, cancellation), cancellation);
        return look with { RetriesAt = watched.Trouble?.RetriesAt, NotTaken = notTaken ?? await ShowBreakGlassAsync(cancellation) };
    }

    public void LookNow() => watcher.LookNow();

    public void FetchNow() => watcher.FetchNow();

    /// <summary>The environment as it is in force, expanded with code and secrets as they are now.</summary>
    /// <exception cref="InvalidOperationException">No revision of it is in force.</exception>
    public Task<ExpandedEnvironment> InForceAsync(string environment, CancellationToken cancellation) =>
        AtAsync(environment, RevisionOf(environment), source.ReadAsync, cancellation);

    /// <summary>What git says about an environment as it is in force, without its code and its secrets.</summary>
    /// <exception cref="InvalidOperationException">No revision of it is in force, or this version of the program finds faults in it.</exception>
    public async Task<DesiredEnvironment> DocumentsOfAsync(string environment, CancellationToken cancellation) =>
        (await ReadAsync(RevisionOf(environment), cancellation)).Result.Environments.GetValueOrDefault(environment)
            ?? throw new InvalidOperationException($"The revision in force has no environment {environment} without fault.");

    /// <summary>What the followed branch would be with a request merged: judged as a merged one would be, and never in force.</summary>
    /// <returns>Null when it conflicts with the branch, or has moved meanwhile.</returns>
    /// <exception cref="GitException"/>
    public async Task<ProposedState?> ProposedAsync(string reference, string head, CancellationToken cancellation)
    {
        if (await watcher.MergedAsync(reference, head, cancellation) is not { } commit)
            return null;
        var (result, _, _) = await ReadAsync(commit, cancellation);
        return new(commit, [.. result.Diagnostics, .. await DeletedAsync(result, cancellation)], result.Environments);
    }

    /// <summary>One environment of it, expanded with code and secrets as they are now.</summary>
    /// <exception cref="InvalidOperationException">It has faults.</exception>
    public Task<ExpandedEnvironment> ExpandAsync(ProposedState proposed, string environment, CancellationToken cancellation) =>
        AtAsync(environment, proposed.Commit, source.ReadAsync, cancellation);

    /// <summary>Its request is closed, or has moved on.</summary>
    public void Forget(ProposedState proposed) => _read.TryRemove(proposed.Commit, out _);

    private string RevisionOf(string environment) => _accepted.GetValueOrDefault(environment)
        ?? ledger.AcceptedIn(environment)?.Revision ?? throw new InvalidOperationException($"No revision of {environment} is in force.");

    public async Task<Unit> UnitAtAsync(string environment, string application, string revision, CancellationToken cancellation) =>
        (await AtAsync(environment, revision, source.ReadPastAsync, cancellation)).Units.Single(unit => unit.Application == application);

    public async Task<string?> NewerThanAsync(string environment, string revision, CancellationToken cancellation)
    {
        var newest = RevisionOf(environment);
        return newest == revision || SaysTheSame(environment, await ReadAsync(revision, cancellation), await ReadAsync(newest, cancellation)) ? null : newest;
    }

    /// <summary>By its own files and those of its base: a commit to another environment is none of its business.</summary>
    private static bool SaysTheSame(string environment, ReadRevision one, ReadRevision other) =>
        one.Result.Environments.GetValueOrDefault(environment) is { } before && other.Result.Environments.GetValueOrDefault(environment) is { } after
        && DocumentTree.HoldTheSame(one.Tree, other.Tree, $"{environment}/")
        && DocumentTree.HoldTheSame(one.BaseOf(before), other.BaseOf(after), "base/");

    private List<string> Accepted() => [.. ledger.AllAccepted().Select(accepted => accepted.Revision).Distinct()];

    /// <summary>Compared with what is in force: a server or application that was never retired may not just vanish from git.</summary>
    private async Task<IReadOnlyList<Diagnostic>> DeletedAsync(ReadResult result, CancellationToken cancellation)
    {
        if (!result.Accepted)
            return [];
        var before = new Dictionary<string, DesiredEnvironment>();
        foreach (var accepted in ledger.AllAccepted().Where(each => IsOurs(each.Environment)))
            if ((await ReadAsync(accepted.Revision, cancellation)).Result.Environments.TryGetValue(accepted.Environment, out var environment))
                before[accepted.Environment] = environment;
        return Deletions.Compare(before, result.Environments);
    }

    private bool IsOurs(string environment) => writer is null || writer.Leases.Holds(environment);

    /// <summary>One that was accepted by another controller since this look began may be ahead of it.</summary>
    private bool MayAccept(string environment) =>
        IsOurs(environment) && (_ours.Contains(environment) || ledger.AcceptedIn(environment) is null || writer is null);

    private void Accept(string environment, string revision)
    {
        if (writer is null)
            _accepted[environment] = revision;
        else
            writer.Accept(environment, revision);
    }

    private async Task<DesiredStateLook> JudgeAsync(Watched watched, CancellationToken cancellation)
    {
        if (watched.Revision is not { } revision)
            return new(null, watched.Trouble?.Sentence ?? "nothing was read yet", [], []) { Refused = watched.Trouble?.Tip };
        var (result, _, _) = await ReadAsync(revision.Commit.Id, cancellation);
        result = result with { Diagnostics = [.. result.Diagnostics, .. await DeletedAsync(result, cancellation)] };
        if (result.Accepted)
            writer?.Leases.Claim([.. result.Environments.Keys.Union(ledger.AllAccepted().Select(accepted => accepted.Environment))]);
        var unsigned = new Dictionary<string, string>();
        if (watched.Trouble is null && result.Accepted)
            foreach (var environment in result.Environments.Keys.Where(name => MayAccept(name) && ledger.AcceptedIn(name)?.Revision != revision.Commit.Id))
                if (await UnsignedAsync(environment, revision.Commit.Id, result, cancellation) is { } why)
                    unsigned[environment] = why;
                else
                    Accept(environment, revision.Commit.Id);
        var trouble = watched.Trouble?.Sentence
            ?? (!result.Accepted ? $"revision {revision.Commit.Id[..12]} has faults and is refused whole; what was accepted before stays in force"
                : unsigned.Count > 0 ? string.Join("; ", unsigned.Values.Order(StringComparer.Ordinal)) : null);
        return new(revision.Commit.Id, trouble, result.Diagnostics, [.. ledger.AllAccepted().Select(accepted => accepted.Environment).Union(_accepted.Keys).Order(StringComparer.Ordinal)])
        {
            Refused = watched.Trouble?.Tip ?? (result.Accepted && unsigned.Count == 0 ? null : revision.Commit.Id),
            Unsigned = unsigned,
        };
    }

    /// <summary>A commit that takes `verify` away must be signed itself.</summary>
    /// <returns>Why an environment may not move to a revision; null when it may.</returns>
    private async Task<string?> UnsignedAsync(string environment, string revision, ReadResult result, CancellationToken cancellation)
    {
        var before = _accepted.GetValueOrDefault(environment) ?? ledger.AcceptedIn(environment)?.Revision;
        var inForce = before is null ? null : (await ReadAsync(before, cancellation)).Result.Environments.GetValueOrDefault(environment);
        if ((inForce?.Environment.Value.Verify ?? result.Environments[environment].Environment.Value.Verify) is not { } kind)
            return null;
        var stays = before is null ? $"{environment} is not taken into force" : $"{environment} stays at {before[..12]}";
        if (signers(kind) is not { } known)
            return $"{stays}: it asks for `verify: {Name(kind)}`, and controller.yaml names nobody who may sign: write `signers: {{{Name(kind)}: FILE}}` there";
        try
        {
            return await watcher.UnsignedAsync(before, revision, known, cancellation) is { Count: > 0 } commits
                ? $"{stays}: {Said(commits, Name(kind), known.Name)}" : null;
        }
        catch (GitException fault)
        {
            return $"{stays}: {fault.Message}";
        }
    }

    /// <summary>Others stand upon it already, so that it can only be vouched for and not be made anew.</summary>
    private static string Said(IReadOnlyList<string> commits, string kind, string list)
    {
        var now = commits.Take(MostVouched).ToList();
        var first = commits.Count > now.Count ? $" (the first {now.Count}; the others are told then)" : "";
        var some = string.Join(", ", now.Take(3).Select(commit => commit[..12])) + (commits.Count > 3 ? ", ..." : "");
        var (what, which, it) = commits is [var one]
            ? ($"commit {one[..12]} is", "", "it") : ($"{commits.Count} commits are", $" ({some})", "them");
        var trailers = string.Join(' ', now.Select(commit => $"--trailer \"{GitMirror.VouchesFor}: {commit}\""));
        return $"{what} not signed ({kind}) by anybody in {list}{which}; have somebody on that list look at {it} and push{first} "
            + $"`git commit --allow-empty --gpg-sign -m \"Vouch for {it}\" {trailers}`";
    }

    private static string Name(SignatureKind kind) => $"{kind}".ToLowerInvariant();

    private async Task<ExpandedEnvironment> AtAsync(
        string environment, string revision, Func<DesiredEnvironment, DocumentTree, CancellationToken, Task<ExpandedEnvironment>> expand, CancellationToken cancellation)
    {
        var read = await ReadAsync(revision, cancellation);
        var desired = read.Result.Environments.GetValueOrDefault(environment)
            ?? throw new InvalidOperationException($"Revision {revision} has no environment {environment} without fault.");
        return await expand(desired, read.BaseOf(desired), cancellation);
    }

    private async Task<ReadRevision> ReadAsync(string revision, CancellationToken cancellation)
    {
        if (_read.TryGetValue(revision, out var known))
            return known;
        var content = await watcher.ReadAsync(revision, cancellation);
        var tree = TreeOf(content);
        var bases = new Dictionary<string, DocumentTree>();
        foreach (var pin in DocumentReader.BasePins(tree).Values.Distinct())
            if (await BaseAsync(pin, revision, cancellation) is { } found)
                bases[pin] = found;
        var read = DocumentReader.Read(tree, new ReadOptions
        {
            AllowLocalRepositories = allowLocalRepositories,
            BaseTrees = bases,
            ResourceKinds = Resources.ResourceKinds.All.Keys.ToHashSet(),
        });
        var result = content.Faults.Count == 0 ? read : read with { Environments = new Dictionary<string, DesiredEnvironment>(), Diagnostics = [.. content.Faults, .. read.Diagnostics] };
        return _read[revision] = new(result, tree, bases);
    }

    /// <returns>Null when it is no ancestor of the revision, which the reader then reports.</returns>
    private async Task<DocumentTree?> BaseAsync(string pin, string revision, CancellationToken cancellation)
    {
        try
        {
            return await watcher.IsAncestorAsync(pin, revision, cancellation) ? TreeOf(await watcher.ReadAsync(pin, cancellation)) : null;
        }
        catch (GitException)
        {
            return null;
        }
    }

    private static DocumentTree TreeOf(DesiredStateRevision revision) =>
        new(revision.Commit.Id, revision.Files.ToDictionary(file => file.Key, file => new TreeFile(file.Value.Content, file.Value.Mode)));

    private sealed record ReadRevision(ReadResult Result, DocumentTree Tree, IReadOnlyDictionary<string, DocumentTree> Bases)
    {
        public DocumentTree BaseOf(DesiredEnvironment environment) => Bases.GetValueOrDefault(environment.BaseRevision) ?? Tree;
    }
}
