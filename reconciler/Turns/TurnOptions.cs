namespace Reconciler.Turns;

/// <summary>How a turn came about and how far it may go.</summary>
/// <param name="DryRun">Observe, compare and plan only.</param>
/// <param name="ByPerson"><c>converge</c>: admits an environment at first contact.</param>
/// <param name="HealAll"><c>--heal</c>: drift of every kind is mended, for once.</param>
internal sealed record TurnOptions(bool DryRun, bool ByPerson, bool HealAll)
{
    public static TurnOptions Watch { get; } = new(false, false, false);

    public static TurnOptions Plan { get; } = new(true, false, false);
}
