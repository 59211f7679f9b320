using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Reconciler.Tests.Hosting;

/// <summary>What GitHub publishes: the description of its API and examples of its webhooks, from npm.</summary>
internal static class Published
{
    private static readonly Lazy<string> Found = new(() => Fetch());
    private static readonly Lazy<JsonObject> Api = new(() => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "github.json")))!.AsObject());

    /// <summary>Where they lie; fetched once.</summary>
    public static string Folder => Found.Value;

    /// <summary>An example by its name among the description's components, as a copy.</summary>
    public static JsonNode Example(string name) => Api.Value["components"]!["examples"]![name]!["value"]!.DeepClone();

    /// <summary>Real payloads of a webhook event.</summary>
    public static IReadOnlyList<string> WebhooksOf(string name)
    {
        using var all = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "node_modules/@octokit/webhooks-examples/api.github.com/index.json")));
        return [.. all.RootElement.EnumerateArray().Single(each => each.GetProperty("name").GetString() == name)
            .GetProperty("examples").EnumerateArray().Select(example => example.GetRawText())];
    }

    private static string Fetch([CallerFilePath] string here = "")
    {
        var start = new ProcessStartInfo(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../GitHosts/published")))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, error.Result);
        return output;
    }
}
