using System.Collections.Concurrent;
using Reconciler.Git;
using Reconciler.Hosting;
using Reconciler.Reporting;
using Reconciler.Reporting.Pages;
using Reconciler.Watching;

namespace Reconciler.Turns;

/// <summary>
/// The open requests to the followed branch: each is planned against the live servers once for each of its heads and each revision in force, and told in one
/// comment and one commit status. A fork's is only validated.
/// </summary>
/// <param name="host">The desired-state repository's, with the project's name there.</param>
/// <param name="pages">Where people reach the controller's pages; null for nowhere.</param>
internal sealed class Proposals(
    IGitHost host, ProjectAddress project, string branch, DesiredState desired, ProposedPlans planning, GitHostTeller teller, string tag, string? pages,
    TimeProvider clock)
{
    public const string Context = "reconciler/plan";

    private readonly ConcurrentDictionary<long, Open> _open = new();
    private readonly ConcurrentDictionary<long, string> _pages = new();

    /// <param name="Tip">Of the followed branch, when it was read.</param>
    private sealed record Open(ProposedChange Change, string Tip, ProposedState? State)
    {
        public ConcurrentDictionary<string, ProposedEnvironment> Plans { get; } = new();

        public required IReadOnlyList<string> Environments { get; init; }

        public bool IsPlanned => Environments.All(Plans.ContainsKey);
    }

    /// <summary>The plan of a request, not cut, as HTML; null when there is none.</summary>
    public string? PageOf(long number) => _pages.GetValueOrDefault(number);

    /// <summary>Asks the git host for open requests and reads those that are new or have moved.</summary>
    /// <param name="tip">Of the followed branch, as just accepted.</param>
    /// <returns>Whether one that was not known waits to be planned: at the end of a turn, which is worth making now.</returns>
    /// <exception cref="GitHostException"/>
    public async Task<bool> LookAsync(string tip, IReadOnlyList<string> environments, CancellationToken cancellation)
    {
        var changes = await host.ProposedAsync(project.Path, branch, cancellation);
        foreach (var (number, gone) in _open.Where(open => changes.All(change => change.Number != open.Key)))
            Forget(number, gone);
        var isNew = false;
        foreach (var change in changes)
            if (!_open.TryGetValue(change.Number, out var known) || known.Change.Head != change.Head || known.Tip != tip)
            {
                await ReadAsync(change, tip, environments, cancellation);
                isNew |= !_open[change.Number].IsPlanned;
            }
        return isNew;
    }

    /// <summary>Plans what waits for this environment; called when no turn of it goes on.</summary>
    public async Task PlanAsync(string environment, CancellationToken cancellation)
    {
        foreach (var open in _open.Values.Where(open => open.Environments.Contains(environment) && !open.Plans.ContainsKey(environment)))
        {
            try
            {
                open.Plans[environment] = await planning.OfAsync(open.State!, environment, cancellation);
            }
            // Whatever a request that nobody has reviewed leads to, the environment's own turns go on.
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                open.Plans[environment] = new(environment, [], fault.Message, []);
            }
            if (open.IsPlanned)
                Tell(open, [.. open.Environments.Select(name => open.Plans[name])], []);
        }
    }

    private async Task ReadAsync(ProposedChange change, string tip, IReadOnlyList<string> environments, CancellationToken cancellation)
    {
        if (_open.TryGetValue(change.Number, out var before))
            Forget(change.Number, before);
        try
        {
            var state = await desired.ProposedAsync(change.Reference, change.Head, cancellation);
            var isPlanned = state is { Faults.Count: 0 } && !change.FromFork;
            var open = new Open(change, tip, state) { Environments = isPlanned ? [.. state!.Environments.Keys.Intersect(environments).Order(StringComparer.Ordinal)] : [] };
            _open[change.Number] = open;
            if (open.Environments.Count > 0)
                Status(change, StatusState.Pending, "planning it against the live servers");
            else
                Tell(open, [], Notes(change, state));
        }
        catch (GitException fault)
        {
            _open[change.Number] = new(change, tip, null) { Environments = [] };
            Status(change, StatusState.Failure, $"cannot be read: {fault.Message}");
        }
    }

    private static List<string> Notes(ProposedChange change, ProposedState? state) => state switch
    {
        null => ["It conflicts with the followed branch, or has just moved: nothing is planned."],
        { Faults.Count: 0 } when change.FromFork => ["It comes from a fork: it is valid, and is not planned against the servers, for anybody may have written it."],
        { Faults.Count: 0 } => ["None of its environments is in force yet: it is valid, and is planned once it is merged."],
        _ => [],
    };

    private void Tell(Open open, IReadOnlyList<ProposedEnvironment> plans, List<string> notes)
    {
        var (change, faults) = (open.Change, open.State?.Faults ?? []);
        var added = open.State?.Environments.Keys.Except(open.Environments).Order(StringComparer.Ordinal).ToList() ?? [];
        if (plans.Count > 0 && added.Count > 0)
            notes.Add($"Not planned, since not in force yet: {string.Join(", ", added)}.");
        var link = pages is null
            ? $"The whole is `/plans/{change.Number}` at the controller's `listen` address." : $"[The whole]({pages}/plans/{change.Number})";
        _pages[change.Number] = new PlanPage(change.Number, change.Title, change.Head, faults, plans, notes).Text(clock.GetUtcNow());
        teller.Tell(host, project, change.Number, tag, PlanComment.Cut(PlanComment.Whole(tag, change.Head, faults, plans, notes), link));
        if (open.State is null)
            Status(change, StatusState.Failure, "conflicts with the followed branch");
        else if (faults.Count > 0)
            Status(change, StatusState.Failure, $"{faults.Count} fault{(faults.Count == 1 ? "" : "s")}: {faults[0]}");
        else
            Status(change, PlanComment.IsRefused(plans) ? StatusState.Failure : StatusState.Success, plans.Count == 0 ? "valid; not planned" : PlanComment.HeadlineOf(plans));
    }

    private void Status(ProposedChange change, StatusState state, string what) => teller.Tell(host, project, change.Head,
        new CommitStatus(Context, state, what, pages is null ? null : $"{pages}/plans/{change.Number}"));

    private void Forget(long number, Open open)
    {
        _open.TryRemove(number, out _);
        _pages.TryRemove(number, out _);
        if (open.State is { } state)
            desired.Forget(state);
    }
}
