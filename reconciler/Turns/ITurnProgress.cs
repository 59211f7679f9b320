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

    /// <summary>The page is away.</summary>
    /// <param name="covered">How long users have seen it, with the runs before that had left it there.</param>
    void Uncovered(ExpandedEnvironment environment, Unit unit, TimeSpan covered);

    /// <param name="covered">As of <see cref="Uncovered"/>; null when there was none.</param>
    void Converged(ExpandedEnvironment environment, Unit unit, TimeSpan took, TimeSpan? covered);
}
