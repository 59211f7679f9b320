using Reconciler.Model;

namespace Reconciler.Resources.Checks;

/// <summary>What the page answered, by where it was asked.</summary>
/// <param name="Faults">One sentence for each request that was not answered as wanted, in the order of <see cref="CheckRequests.All"/>.</param>
internal sealed record CheckFacts(ValueList<string> Faults) : ResourceFacts(Marker: null)
{
    public override string? Ailment => Faults.Count == 0 ? null : string.Join("; ", Faults);
}
