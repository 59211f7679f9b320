using Reconciler.Model;

namespace Reconciler.Documents.Expansion;

/// <summary>Keyed digests of resolved secrets: all that expansion knows of them.</summary>
/// <param name="Files">Of each file's whole content.</param>
/// <param name="Keys">Of single values, for what is given a value and not a file (a database role).</param>
internal sealed record SecretDigests(IReadOnlyDictionary<SecretFileReference, string> Files, IReadOnlyDictionary<SecretReference, string> Keys)
{
    /// <summary>Stands for the digest of a file whose source is refused.</summary>
    public const string Unresolved = "unresolved";

    /// <summary>The same secrets from the same versions of their sources.</summary>
    public bool IsSameAs(SecretDigests other) => AreSame(Files, other.Files) && AreSame(Keys, other.Keys) && AreSame(Provenance, other.Provenance) && AreSame(Logins, other.Logins);

    private static bool AreSame<T>(IReadOnlyDictionary<T, string> some, IReadOnlyDictionary<T, string> others) where T : notnull =>
        some.Count == others.Count && some.All(one => others.TryGetValue(one.Key, out var value) && value == one.Value);

    /// <summary>Of everything; the key is empty for a file that is one value.</summary>
    public IReadOnlyDictionary<SecretReference, string> ByReference => Keys
        .Concat(Files.Where(file => Keys.Keys.All(key => key.File != file.Key)).Select(file =>
            KeyValuePair.Create(new SecretReference(file.Key, ""), file.Value)))
        .ToDictionary();

    /// <summary>
    /// Of the keys that say which role logs in to a database: that role. None for one whose value names no such role, which is a fault.
    /// </summary>
    public IReadOnlyDictionary<SecretReference, string> Logins { get; init; } = new Dictionary<SecretReference, string>();

    /// <summary>From which sources and versions files were made, for people; none for one whose sources have no versions.</summary>
    public IReadOnlyDictionary<SecretFileReference, string> Provenance { get; init; } = new Dictionary<SecretFileReference, string>();
}
