using Reconciler.Model;

namespace Reconciler.Secrets;

/// <summary>
/// Secrets files as last resolved, in memory only: what a step that names one is given when it is sent. The state that is wanted and the one that is
/// there to go back to are resolved in one turn, and may have the same file from different sources: so contents are told apart by their digests.
/// </summary>
internal sealed class ResolvedSecrets
{
    /// <summary>The wanted one and the one of before, with room for what comes while a run is on.</summary>
    private const int MostOfAFile = 8;

    private readonly Dictionary<SecretFileReference, List<ResolvedSecretFile>> _files = [];
    private readonly Lock _gate = new();

    public void Keep(ResolvedSecretFile file)
    {
        lock (_gate)
        {
            if (!_files.TryGetValue(file.Reference, out var contents))
                _files[file.Reference] = contents = [];
            contents.RemoveAll(content => content.KeyedDigest == file.KeyedDigest);
            contents.Add(file);
            if (contents.Count > MostOfAFile)
                contents.RemoveAt(0);
        }
    }

    /// <exception cref="InvalidOperationException">It was not resolved in this turn: a fault of ours.</exception>
    public ResolvedSecretFile Of(SecretContent content) => Find(content.File, file => file.KeyedDigest == content.Digest);

    /// <param name="digest">Keyed digest of the value.</param>
    /// <exception cref="InvalidOperationException">As of <see cref="Of"/>.</exception>
    public SecretValue ValueOf(SecretReference secret, string digest) =>
        Find(secret.File, file => file.ValueDigests.GetValueOrDefault(secret.Key) == digest).Values[secret.Key];

    private ResolvedSecretFile Find(SecretFileReference reference, Predicate<ResolvedSecretFile> isMeant)
    {
        lock (_gate)
            return _files.GetValueOrDefault(reference)?.FindLast(isMeant)
                ?? throw new InvalidOperationException($"The secrets file {reference} was not resolved with the content that is meant.");
    }
}
