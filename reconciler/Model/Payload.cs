namespace Reconciler.Model;

/// <summary>
/// What a step sends along on stdin, as data: secrets and git objects are named here and fetched by the port only when the step is sent,
/// so a plan never holds a secret value.
/// </summary>
internal abstract record PayloadPart
{
    public sealed record Text(string Value) : PayloadPart
    {
        // A plan may be printed; content stays out of it.
        public override string ToString() => $"Text({Value.Length} characters)";
    }

    /// <summary>A whole secrets file, rendered in its format from its resolved keys.</summary>
    public sealed record SecretFile(SecretContent Content) : PayloadPart;

    /// <summary>One secret value turned into a PostgreSQL SCRAM-SHA-256 verifier (RFC 5803 form), so that no clear password reaches the server's logs.</summary>
    /// <param name="Digest">Keyed digest of the value that is meant.</param>
    public sealed record ScramVerifier(SecretReference Secret, string Digest) : PayloadPart;

    /// <summary>A git pack (as of <c>git pack-objects --stdout --revs</c>) with what <paramref name="Commit"/> needs and <paramref name="Has"/> do not reach.</summary>
    public sealed record GitPack(string Repository, string Commit, IReadOnlyList<string> Has) : PayloadPart;
}

/// <summary>Where a secret file's values come from: resolved by the secrets port.</summary>
/// <param name="Application">Whose document declares it.</param>
/// <param name="Name">The file's name in secrets.yaml.</param>
internal sealed record SecretFileReference(string Environment, string Application, string Name);

/// <summary>
/// What a secrets file holds in one desired state: the state of before, which is there to go back to, may have the same file from another source.
/// </summary>
/// <param name="Digest">Keyed digest of the content.</param>
internal sealed record SecretContent(SecretFileReference File, string Digest);

/// <summary>One key of a secrets file.</summary>
internal sealed record SecretReference(SecretFileReference File, string Key);
