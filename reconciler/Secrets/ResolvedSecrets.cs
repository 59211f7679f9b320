using System.Collections.Concurrent;
using Reconciler.Model;

namespace Reconciler.Secrets;

/// <summary>Secrets files as last resolved, in memory only: what a step that names one is given when it is sent.</summary>
internal sealed class ResolvedSecrets
{
    private readonly ConcurrentDictionary<SecretFileReference, ResolvedSecretFile> _files = new();

    public void Keep(ResolvedSecretFile file) => _files[file.Reference] = file;

    /// <exception cref="InvalidOperationException">It was not resolved in this turn: a fault of ours.</exception>
    public ResolvedSecretFile Of(SecretFileReference reference) =>
        _files.GetValueOrDefault(reference) ?? throw new InvalidOperationException($"The secrets file {reference} was not resolved.");
}
