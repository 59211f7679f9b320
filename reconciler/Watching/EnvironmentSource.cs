using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Reconciler.Documents;
using Reconciler.Documents.Expansion;
using Reconciler.Model;

namespace Reconciler.Watching;

/// <summary>From merged documents to resources: asks the mirrors for code and the sources for secrets, and expands.</summary>
internal sealed class EnvironmentSource(CodeReader code, SecretReader secrets, string digestKey)
{
    // By the documents themselves: what a request proposes is another environment of the same name.
    private readonly ConditionalWeakTable<DesiredEnvironment, Expanded> _last = [];

    private sealed record Expanded(IReadOnlyDictionary<string, CodeFacts> Code, SecretDigests Secrets, ExpandedEnvironment Environment);

    /// <returns>The very environment of the last time, as long as documents, code and secrets are what they were.</returns>
    public async Task<ExpandedEnvironment> ReadAsync(DesiredEnvironment desired, DocumentTree baseTree, CancellationToken cancellation)
    {
        var faults = new Dictionary<string, string>();
        var known = await code.ReadAsync(desired, faults, cancellation);
        var digests = await secrets.ReadAsync(desired, faults, cancellation);
        if (faults.Count == 0 && _last.TryGetValue(desired, out var last) && AreSame(last.Code, known)
            && last.Secrets.IsSameAs(digests))
            return last.Environment;
        var bases = desired.Applications.Keys.ToDictionary(name => name, name => BaseDigest(baseTree, name));
        // Expanding adds faults of its own; without any, what comes of it hangs on nothing else.
        var expanded = Expander.Expand(new(desired, known, digests, digestKey, bases, faults));
        if (expanded.Faults.Count == 0)
            _last.AddOrUpdate(desired, new(known, digests, expanded));
        else
            _last.Remove(desired);
        return expanded;
    }

    private static bool AreSame(IReadOnlyDictionary<string, CodeFacts> some, IReadOnlyDictionary<string, CodeFacts> others) =>
        some.Count == others.Count && some.All(one => others.GetValueOrDefault(one.Key) is { } other && one.Value.Commit == other.Commit
            && ReferenceEquals(one.Value.Files, other.Files) && ReferenceEquals(one.Value.ReachableFrom, other.ReachableFrom));

    /// <summary>
    /// An environment as it was in force before. What its secrets were is seen on the servers, where they are kept; their sources may have moved on, or be gone.
    /// </summary>
    public async Task<ExpandedEnvironment> ReadPastAsync(DesiredEnvironment desired, DocumentTree baseTree, CancellationToken cancellation)
    {
        var known = await code.ReadPastAsync(desired, cancellation);
        var digests = await secrets.ReadAsync(desired, [], cancellation);
        var bases = desired.Applications.Keys.ToDictionary(name => name, name => BaseDigest(baseTree, name));
        return Expander.Expand(new(desired, known, digests, digestKey, bases, new Dictionary<string, string>()));
    }

    /// <summary>Of the base content beneath an application: promotion asks for code and base together.</summary>
    private static string BaseDigest(DocumentTree tree, string application)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, file) in tree.Files.Where(entry => entry.Key.StartsWith($"base/{application}/", StringComparison.Ordinal)).OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{path}\0{file.Content.Length}\0"));
            hash.AppendData(file.Content.Span);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
