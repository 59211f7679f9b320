using Reconciler.Model;

namespace Reconciler.Watching;

/// <summary>One commit of the desired-state repository, whole, as data.</summary>
/// <param name="Files">By path from the desired-state folder.</param>
/// <param name="Faults">What a commit of desired state must not hold (links, submodules, names that are no text, too much); any of them refuses the whole commit.</param>
internal sealed record DesiredStateRevision(
    CommitInfo Commit, IReadOnlyDictionary<string, RevisionFile> Files, IReadOnlyList<Diagnostic> Faults);

/// <param name="Mode"><c>100644</c> or <c>100755</c>.</param>
internal sealed record RevisionFile(string Mode, ReadOnlyMemory<byte> Content);
