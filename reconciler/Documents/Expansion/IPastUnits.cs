namespace Reconciler.Documents.Expansion;

/// <summary>Units of earlier revisions: what was in force before.</summary>
internal interface IPastUnits
{
    /// <summary>Expands one unit as it stood at an earlier accepted revision.</summary>
    Task<Unit> UnitAtAsync(string environment, string application, string revision, CancellationToken cancellation);

    /// <summary>The revision that is in force by now, where it says something else about an environment than an earlier one did; null where it does not.</summary>
    Task<string?> NewerThanAsync(string environment, string revision, CancellationToken cancellation);
}
