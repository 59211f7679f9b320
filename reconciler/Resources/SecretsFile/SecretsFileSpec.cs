using Reconciler.Model;

namespace Reconciler.Resources.SecretsFile;

/// <summary>A file with secrets in it, 0600 (or 0640 for a group), whose content is named and never held.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Digest">Keyed digest of the wanted content: the runner's note, and the marker that services compare with.</param>
internal sealed record SecretsFileSpec(string Path, string User, string Group, string Digest, SecretFileReference File) : ResourceSpec
{
    /// <summary>The ledger's key of keyed digests, for the runner's stdin only: with it a server tells whether a file still holds what it should.</summary>
    public PayloadPart.Text DigestKey { get; init; } = new("");

    /// <summary>The application's folder, below which missing folders on the way are made; null for a file of the server itself.</summary>
    public string? Within { get; init; }

    /// <summary>The content is no longer to be had from its source, but a copy was kept on the server when it was replaced: the way back.</summary>
    public bool FromKeptCopy { get; init; }

    /// <summary>
    /// Neither its source nor a kept copy gives the content: it is compared with what was written last, and never written. (Internal, so that it is no
    /// part of a digest.)
    /// </summary>
    internal bool OnlyCompared { get; init; }
}
