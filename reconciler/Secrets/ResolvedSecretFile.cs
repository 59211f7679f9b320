using Reconciler.Model;

namespace Reconciler.Secrets;

/// <summary>A secrets file whose every key was found.</summary>
/// <param name="Content">The file, byte for byte.</param>
/// <param name="KeyedDigest">As <see cref="Secrets.KeyedDigest"/> makes it; may be shown and kept.</param>
/// <param name="Values">By key; empty for <see cref="SecretFormat.Raw"/>.</param>
internal sealed record ResolvedSecretFile(
    SecretFileReference Reference, SecretValue Content, string KeyedDigest, IReadOnlyDictionary<string, SecretValue> Values)
{
    public SecretFormat Format { get; init; }

    /// <summary>Keyed digests of the single values, by key.</summary>
    public IReadOnlyDictionary<string, string> ValueDigests { get; init; } = new Dictionary<string, string>();

    /// <summary>The sources and versions that it was made from, for people: <c>aws:prod/site (version 4f3c2b1a)</c>; null where none has versions.</summary>
    public string? Provenance { get; init; }
}

internal abstract record SecretReading
{
    public sealed record Resolved(ResolvedSecretFile File) : SecretReading;

    /// <summary>All faults at once.</summary>
    public sealed record Refused(IReadOnlyList<SecretFault> Faults) : SecretReading;
}
