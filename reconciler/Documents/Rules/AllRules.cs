using Reconciler.Documents.Reading;
using Reconciler.Model;

namespace Reconciler.Documents.Rules;

/// <summary>What must hold between documents, once each is well formed by itself.</summary>
internal static class AllRules
{
    /// <param name="diagnostics">Holds the faults found so far; where one stands already, no second is added: it would follow from the first.</param>
    public static void Check(IReadOnlyDictionary<string, DesiredEnvironment> environments, ReadOptions options, List<Diagnostic> diagnostics)
    {
    }
}
