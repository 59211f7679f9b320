using System.Text.Json;

namespace Reconciler.Benchmarks.Recording;

/// <summary>What real servers answered, by what they were asked.</summary>
/// <param name="Environment">Of the servers that were recorded.</param>
/// <param name="World">The folder in which code and secrets lay: their places stand in documents and questions.</param>
/// <param name="DigestKey">Of the ledger: keyed digests of secrets stand in what the servers keep.</param>
/// <param name="Site">Digest of the site, which names the addresses of all servers that have it: another environment's is another.</param>
/// <param name="Servers">By name.</param>
internal sealed record Recorded(string Environment, string World, string DigestKey, string Site, IReadOnlyDictionary<string, RecordedServer> Servers)
{
    private const string Name = "recorded.json";

    public static Recorded Read(string folder) => JsonSerializer.Deserialize<Recorded>(File.ReadAllText(Path.Combine(folder, Name)))!;

    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, Name));

    public void Write(string folder) => File.WriteAllText(Path.Combine(folder, Name), JsonSerializer.Serialize(this));
}

/// <param name="Answers">By fragment; the last one counts.</param>
/// <param name="SteadyMs">A short call took so long, on the same machine.</param>
/// <param name="ThoroughMs">A thorough look.</param>
internal sealed record RecordedServer(Dictionary<string, Answer> Answers, double SteadyMs, double ThoroughMs);
