namespace Reconciler.Documents.Expansion;

/// <summary>Units of earlier revisions: what was in force before.</summary>
internal interface IPastUnits
{
    /// <summary>Expands one unit as it stood at an earlier accepted revision.</summary>
    Task<Unit> UnitAtAsync(string environment, string application, string revision, CancellationToken cancellation);
}
