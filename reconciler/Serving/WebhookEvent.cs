using System.Text.Json;
using Reconciler.Git;
using Reconciler.Hosting;

namespace Reconciler.Serving;

/// <summary>The few things of a webhook's payload that decide whether to look.</summary>
/// <param name="Repositories">As the payload names it; each address on its own, since none of them is certain to be the one that is fetched from.</param>
/// <param name="Reference">Of a push: <c>refs/heads/main</c>; null for other events.</param>
internal sealed record WebhookEvent(string Name, IReadOnlyList<ProjectAddress> Repositories, string? Reference)
{
    private const string Branches = "refs/heads/";
    private const int LongestText = 1000;
    // GitLab's requests and pipelines carry `project`, its pushes both.
    private static readonly string[] Holders = ["repository", "project"];
    private static readonly string[] AddressFields = ["clone_url", "ssh_url", "git_http_url", "git_ssh_url"];
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    /// <summary>"Webhook events and payloads" (docs.github.com), "Webhook events" (docs.gitlab.com): pushes, requests, and what gates ask for.</summary>
    private static readonly HashSet<string> Mattering =
    [
        "push", "pull_request", "check_run", "check_suite", "status", "workflow_run",
        "Push Hook", "Merge Request Hook", "Pipeline Hook", "Job Hook",
    ];

    /// <summary>Why it cannot be used; null when it can.</summary>
    public string? Fault { get; private init; }

    /// <summary>Sent once when a webhook is made.</summary>
    public bool IsPing => Name == "ping";

    /// <summary>A push to a branch that nobody follows changes nothing here.</summary>
    public bool MayMatter(IEnumerable<FollowedRepository> ours) => Mattering.Contains(Name)
        && (Reference is null || (Reference.StartsWith(Branches, StringComparison.Ordinal)
            && ours.Any(repository => repository.Branches.Any(pattern => BranchName.Matches(Reference[Branches.Length..], pattern)))));

    public static WebhookEvent Read(Func<string, string?> header, byte[] body)
    {
        if ((header("X-GitHub-Event") ?? header("X-Gitlab-Event")) is not { Length: > 0 and < 100 } name)
            return Faulty("", "X-GitHub-Event or X-Gitlab-Event is missing");
        try
        {
            using var json = JsonDocument.Parse(body, Strict);
            return Of(name, json.RootElement);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return Faulty(name, "the body is no JSON: set the webhook's content type to application/json");
        }
    }

    private static WebhookEvent Of(string name, JsonElement payload)
    {
        if (payload.ValueKind != JsonValueKind.Object)
            return Faulty(name, "the body is no JSON object");
        if (name == "ping")
            return new(name, [], null);
        List<ProjectAddress> named = [.. Holders.SelectMany(key => AddressesIn(payload, key)).Distinct()];
        if (named.Count == 0)
            return Faulty(name, "the payload names no repository (repository.clone_url, project.git_http_url)");
        if (name is not ("push" or "Push Hook"))
            return new(name, named, null);
        return TextAt(payload, "ref") is { } reference ? new(name, named, reference)
            : Faulty(name, payload.TryGetProperty("ref", out var given) && given.ValueKind == JsonValueKind.String
                ? $"a push whose `ref` is longer than {LongestText} characters" : "a push without `ref`");
    }

    private static IEnumerable<ProjectAddress> AddressesIn(JsonElement payload, string key)
    {
        if (!payload.TryGetProperty(key, out var repository) || repository.ValueKind != JsonValueKind.Object)
            yield break;
        foreach (var field in AddressFields)
            if (TextAt(repository, field) is { } address && ProjectAddress.Of(address) is { } project)
                yield return project;
    }

    private static string? TextAt(JsonElement element, string field) =>
        element.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: <= LongestText } text ? text : null;

    private static WebhookEvent Faulty(string name, string why) => new(name, [], null) { Fault = why };
}
