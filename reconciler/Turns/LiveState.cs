using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Resources.Code;
using Reconciler.Resources.Maintenance;

namespace Reconciler.Turns;

/// <summary>What a look saw of an application besides its differences.</summary>
/// <param name="Commits">Those that its checkouts are at; one, when all is well.</param>
/// <param name="Covered">Users see the maintenance page, on one server at least; null when that could not be seen.</param>
internal sealed record LiveState(IReadOnlyList<string> Commits, bool? Covered)
{
    /// <summary>Servers of it that did not answer.</summary>
    public IReadOnlySet<string> Unreachable { get; init; } = new HashSet<string>();

    public static LiveState Of(Unit unit, Observed observed)
    {
        var seen = unit.Resources
            .Select(resource => observed.Resources.GetValueOrDefault(resource.Id)?.FactsOf<ResourceFacts>())
            .OfType<ResourceFacts>().ToList();
        var covers = seen.OfType<MaintenanceFacts>().ToList();
        return new(
            [.. seen.OfType<CheckoutFacts>().Select(facts => facts.Head).OfType<string>().Distinct().Order(StringComparer.Ordinal)],
            covers.Count == 0 ? null : covers.Exists(facts => facts.Flag))
        {
            Unreachable = unit.Resources.Select(resource => resource.Id.Server).Where(observed.Unreachable.ContainsKey).ToHashSet(),
        };
    }
}
