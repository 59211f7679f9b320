using System.Security.Cryptography;
using System.Text;
using Reconciler.Model;

namespace Reconciler.Resources.Migrations;

/// <summary>The database schema of a Django application, on the one server from which it is migrated.</summary>
/// <param name="Commit">The code whose migrations are wanted.</param>
/// <param name="VirtualEnvironment">Digest of its packages: they bring migrations too.</param>
internal sealed record MigrationsSpec(ApplicationRuntime Runtime, string Commit, string VirtualEnvironment) : ResourceSpec
{
    /// <summary>Keyed digests of the secrets files that the runtime names, by path.</summary>
    public ValueList<KeyValuePair<string, string>> SecretDigests { get; init; } = [];

    /// <summary>Short digest of the variables with which the code runs: code that starts with others says nothing about these.</summary>
    public string Variables => Short(Runtime.Environment);

    /// <summary>Short digest of the secrets files.</summary>
    public string Secrets => Short(SecretDigests);

    /// <summary>Secrets files below the application's path that hold a database role's password; the role gets another one only in phase Secrets.</summary>
    public ValueList<string> PasswordFiles { get; init; } = [];

    /// <summary>Name under <c>results/</c> of the last answer of the inspection.</summary>
    public string ResultName => $"migrations-{Runtime.Application}";

    private static string Short(IEnumerable<KeyValuePair<string, string>> pairs) =>
        Short(string.Concat(pairs.Select(pair => $"{pair.Key.Length}:{pair.Key}={pair.Value.Length}:{pair.Value}\n")));

    internal static string Short(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
}

/// <summary>What the last inspection found, by the code that it names.</summary>
/// <param name="Commit">The code that was asked.</param>
/// <param name="Variables">Those it was asked with.</param>
/// <param name="Secrets">Likewise.</param>
/// <param name="Pending">Not applied yet, in order, as <c>app.0002_name</c>.</param>
/// <param name="Ahead">Applied, and not known to that code: the database is ahead.</param>
internal sealed record MigrationsFacts(
    string Commit, string VirtualEnvironment, string Variables, string Secrets, IReadOnlyList<string> Pending, IReadOnlyList<string> Ahead)
    : ResourceFacts((string?)null)
{
    /// <summary>
    /// Nothing is known of the database: it lets nobody in, neither with the password that is live nor with the one to be set, and is
    /// asked when that is set.
    /// </summary>
    public bool AskedLater { get; init; }

    /// <summary>The code that ran when this was asked, where that was another one.</summary>
    public string? LiveCommit { get; init; }

    /// <summary>Those of <see cref="Pending"/> that it has as well.</summary>
    public ValueList<string> Unapplied { get; init; } = [];

    /// <summary>Short digest of the stored answer that lay there when this was found.</summary>
    public string? Beside { get; init; }

    /// <summary>With <see cref="AskedLater"/>: the code that was tried is the one that is live.</summary>
    public bool IsLive { get; init; }
}
