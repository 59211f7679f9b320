using Reconciler.Documents;
using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Reporting;
using Reconciler.Watching;

namespace Reconciler.Turns;

/// <summary>
/// What a request would do to one environment, against the live servers and changing nothing. It was not reviewed yet: only servers and repositories that are
/// in force are asked, since a request could name others.
/// </summary>
/// <param name="observer">Of its own: what was seen for what somebody proposes is nothing to remember for what is in force.</param>
internal sealed class ProposedPlans(
    DesiredState desired, UnitTurn turning, Flags flags, Observer observer, ServerAddresses addresses, UnitPlanning planning, RunGates gates, RequiredChecks checks)
{
    public async Task<ProposedEnvironment> OfAsync(ProposedState proposed, string environment, CancellationToken cancellation)
    {
        var documents = proposed.Environments[environment];
        var inForce = await desired.DocumentsOfAsync(environment, cancellation);
        if (NewRepository(documents, inForce) is { } why)
            return new(environment, [], why, []);
        var expanded = flags.Judge(await turning.WithRetiredAsync(await desired.ExpandAsync(proposed, environment, cancellation), cancellation), keeps: false);
        var now = await desired.InForceAsync(environment, cancellation);
        var (known, notes) = OnlyKnownServers(expanded, now);
        await checks.ReadAsync(environment, known.Units, cancellation);
        var observed = await observer.LookAsync(addresses.Of(known), known.Units.SelectMany(unit => unit.Resources), cancellation);
        var today = flags.Judge(await turning.WithRetiredAsync(now, cancellation), keeps: false).Units.SelectMany(unit => unit.Resources)
            .ToLookup(resource => resource.Id);
        var applications = known.Units.Zip(expanded.Units, (unit, whole) => PlanOf(known, unit, observed) with
        {
            NotAsked = whole.Resources.Count - unit.Resources.Count,
            Untouched = Untouched(unit, today),
        }).ToList();
        return new(environment, applications, null,
            [.. notes, .. expanded.Faults.Select(fault => $"{fault.Key} would be refused: {fault.Value}")]) { Faulty = expanded.Faults.Count > 0 };
    }

    private ProposedApplication PlanOf(ExpandedEnvironment environment, Unit unit, Observed observed)
    {
        var verdict = planning.Compared(environment, unit, observed, everything: true);
        var gate = verdict.Plan.IsEmpty ? null : gates.Of(environment, unit, verdict.Plan, goesOn: false, looksAhead: true);
        return new(unit.Application, unit.CodeCommit, verdict.Plan, gate?.Gate, gate?.Sentence);
    }

    /// <summary>Of which git says the same now, and of all that they read too.</summary>
    private static HashSet<ResourceId> Untouched(Unit unit, ILookup<ResourceId, Resource> today)
    {
        var proposed = unit.Resources.Concat(unit.Borrowed).ToLookup(resource => resource.Id);
        bool IsSame(ResourceId id) => Equals(proposed[id].FirstOrDefault()?.Spec, today[id].FirstOrDefault()?.Spec);
        return [.. unit.Resources.Where(resource => IsSame(resource.Id) && resource.Reads.Concat(resource.Loads).All(IsSame)).Select(resource => resource.Id)];
    }

    private static string? NewRepository(DesiredEnvironment proposed, DesiredEnvironment inForce)
    {
        var known = inForce.Applications.Values.Select(application => application.Application.Value.Code.Repository).ToHashSet();
        var added = proposed.Applications.Values.FirstOrDefault(application => !known.Contains(application.Application.Value.Code.Repository));
        return added is null ? null
            : $"{added.Name} comes from {added.Application.Value.Code.Repository}, which nothing in force comes from: it is fetched only once this is merged";
    }

    /// <summary>A request could name a server of its author's, with a host key of its author's.</summary>
    private static (ExpandedEnvironment, List<string>) OnlyKnownServers(ExpandedEnvironment proposed, ExpandedEnvironment inForce)
    {
        bool IsKnown(string name) => proposed.Servers.TryGetValue(name, out var server) && inForce.Servers.TryGetValue(name, out var known)
            && server.Address == known.Address && server.Port == known.Port && server.User == known.User && server.HostKeys.SequenceEqual(known.HostKeys);
        var others = proposed.Servers.Keys.Where(name => !IsKnown(name)).Order(StringComparer.Ordinal).ToList();
        if (others.Count == 0)
            return (proposed, []);
        IReadOnlyList<Resource> Known(IReadOnlyList<Resource> resources) => [.. resources.Where(resource => !others.Contains(resource.Id.Server))];
        return (
            proposed with
            {
                Servers = proposed.Servers.Where(server => !others.Contains(server.Key)).ToDictionary(),
                Units = [.. proposed.Units.Select(unit => unit with { Resources = Known(unit.Resources), Borrowed = Known(unit.Borrowed) })],
            },
            [$"not looked at, since the request adds them or changes how they are reached: {string.Join(", ", others)}"]);
    }
}
