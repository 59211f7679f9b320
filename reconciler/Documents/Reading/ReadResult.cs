using Reconciler.Model;

namespace Reconciler.Documents.Reading;

/// <summary>A commit is accepted whole or not at all.</summary>
/// <param name="Environments">By name; empty when there is any error.</param>
/// <param name="Diagnostics">All faults of the commit, sorted by place.</param>
internal sealed record ReadResult(IReadOnlyDictionary<string, DesiredEnvironment> Environments, IReadOnlyList<Diagnostic> Diagnostics)
{
    public bool Accepted => Diagnostics.All(diagnostic => diagnostic.Severity != Severity.Error);
}
