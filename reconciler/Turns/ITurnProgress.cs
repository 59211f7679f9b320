using Reconciler.Converging;
using Reconciler.Documents.Expansion;
using Reconciler.Planning;

namespace Reconciler.Turns;

/// <summary>Told what a turn does, for the commentary on the terminal and the log.</summary>
internal interface ITurnProgress : IConvergeProgress
{
    void Planned(ExpandedEnvironment environment, Unit unit, Plan plan);

    /// <param name="sentence">What went wrong and what is done about it now.</param>
    void Failed(ExpandedEnvironment environment, Unit unit, string sentence);

    void Converged(ExpandedEnvironment environment, Unit unit, TimeSpan took, TimeSpan? covered);
}
