using Reconciler.Diffing;
using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Planning;

namespace Reconciler.Turns;

/// <summary>Diff and plan of one unit from one observation: the two pure stages, one after the other.</summary>
internal sealed class UnitPlanning(Differ differ, Planner planner)
{
    /// <param name="healKinds">Null: everything; otherwise only drift of these kinds is planned.</param>
    /// <param name="known">This ledger has converged the unit before.</param>
    public (Diff Diff, Plan Plan) Make(ExpandedEnvironment environment, Unit unit, Observed observed, IReadOnlySet<string>? healKinds, bool known)
    {
        var diff = differ.Compare(unit.Resources, observed.Resources);
        return (diff, planner.Make(new PlanInput(environment.Name, unit.Application, unit.Resources, unit.Borrowed, observed.Resources, diff)
        {
            Skip = environment.Policy.Skip,
            Flag = unit.Flag,
            Acknowledged = unit.Acknowledged,
            HealKinds = healKinds,
            FirstContact = !known && !AnyServiceRuns(unit, observed),
        }));
    }

    private static bool AnyServiceRuns(Unit unit, Observed observed) => unit.Resources
        .Where(resource => resource.Id.Kind == "Service")
        .Any(resource => observed.Resources.GetValueOrDefault(resource.Id)?.FactsOf<ResourceFacts>() is { Ailment: null });

    public static IReadOnlyList<KeyValuePair<ResourceId, string>> AilmentsOf(Unit unit, Observed observed) =>
    [
        .. unit.Resources
            .Select(resource => KeyValuePair.Create(resource.Id, observed.Resources.GetValueOrDefault(resource.Id)?.FactsOf<ResourceFacts>()?.Ailment))
            .Where(entry => entry.Value is not null)
            .Select(entry => KeyValuePair.Create(entry.Key, entry.Value!)),
    ];
}
