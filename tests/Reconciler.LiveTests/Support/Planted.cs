using System.Collections.Concurrent;
using System.Text.Json;
using Reconciler.Tests.Canaries;

namespace Reconciler.LiveTests.Support;

/// <summary>
/// All secrets that the live tests plant, and what was found of them where none may be. Values begin as a word that no file holds by chance; two of them go on
/// with what programs like to escape, or to forget to.
/// </summary>
internal static class Planted
{
    public const string SecretKey = "canary-key-7d1f 'q\"$(id)\\/é%&";

    public const string Password = "canary-base-52c8 'q\"$(id)\\/~%&";

    /// <summary>The same as they stand between the quotes of a JSON file.</summary>
    public const string SecretKeyInJson = "canary-key-7d1f 'q\\\"$(id)\\\\/é%&", PasswordInJson = "canary-base-52c8 'q\\\"$(id)\\\\/~%&";

    private static readonly string[] OnServers =
    [
        SecretKey, Password, "canary-key-7d1f", "canary-base-52c8", "canary-base-second", "canary-base-third", "canary-maps-90ab", "canary-maps-new-4e",
        "canary-maps-first", "canary-maps-second", "canary-maps-third", "canary-hand-11ee", "canary-license-1", "canary-license-2",
    ];

    /// <summary>Where nothing but the controller's files and what it prints is concerned, also what tests gave to programs on servers by hand.</summary>
    private static readonly string[] ByHand = ["canary-word-77aa"];

    /// <summary>What is declared to hold a secret or to read it, and the copies beside it that safety.md excepts.</summary>
    private static readonly string[] Declared =
    [
        "/project/config/secrets.json", "/project/config/.secrets.json.reconciler-",
        "/etc/newrelic/nrsysmond.cfg", "/newrelic.ini", "/run/nrsysmond.read", "/var/lib/reconciler/server/kept/",
    ];

    private static readonly CanaryHunt Servers = new(Named(OnServers)), Controllers = new(Named([.. OnServers, .. ByHand]));
    private static readonly ConcurrentQueue<CanaryFinding> Found = [];

    public static CanaryHunt Everything => Controllers;

    /// <summary>Searches what a controller wrote and printed, but for the files that secrets are taken from.</summary>
    public static void SearchController(string folder, string? newerThan = null) =>
        Report(Controllers.InFolder(folder, file => file.Contains("/secrets/", StringComparison.Ordinal) && file.EndsWith(".json", StringComparison.Ordinal), newerThan));

    /// <summary>Searches what changed on a server since it was last searched.</summary>
    public static async Task SearchAsync(TestHost host) => Report(await host.FindAsync(Servers, MayHold));

    /// <summary>What was found is told once: xunit counts it for each test of the collection that asks.</summary>
    /// <exception cref="InvalidOperationException">Something was found since this was last asked; the message says what.</exception>
    public static void ShouldBeNowhere()
    {
        var found = new List<CanaryFinding>();
        while (Found.TryDequeue(out var finding))
            found.Add(finding);
        if (found.Count > 0)
            throw new InvalidOperationException($"Secrets lie about:\n{string.Join('\n', found.Distinct())}");
    }

    private static bool MayHold(string file) => Declared.Any(declared => file.Contains(declared, StringComparison.Ordinal));

    private static IEnumerable<Canary> Named(string[] values) => values.Select(value => new Canary(JsonEncodedText.Encode(value).ToString(), value));

    private static void Report(IEnumerable<CanaryFinding> findings)
    {
        foreach (var finding in findings)
            Found.Enqueue(finding);
    }
}
