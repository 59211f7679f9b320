using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Reconciler.Tests.Hosting;

/// <summary>
/// GitHub's API as far as it is used, on loopback, with a memory. Its answers are its published examples with the values of the test; that the requests are
/// right is shown against the published description (GitHubContractTests).
/// </summary>
public sealed partial class FakeGitHub : IAsyncDisposable
{
    public const string Token = "ghp_CANARYcanaryCANARYcanary0123456789ab";
    public const long Me = 4711;

    private WebApplication _server = null!;
    private long _nextComment = 100;

    public string Url => _server.Urls.Single();

    public ConcurrentQueue<(string Method, string Path)> Asked { get; } = new();

    /// <summary>As set, by commit and context, in order.</summary>
    public ConcurrentQueue<(string Commit, string Context, string State, string Description, string? Link)> Statuses { get; } = new();

    public ConcurrentDictionary<long, (long Request, long Author, string Body)> Comments { get; } = new();

    /// <summary>Open requests: number, head, and the repository's id that they come from (1 is our own).</summary>
    public ConcurrentDictionary<long, (string Head, long From)> Pulls { get; } = new();

    public ConcurrentQueue<(string From, string To, string Title)> Opened { get; } = new();

    /// <summary>Check runs by commit: name, status, conclusion.</summary>
    public ConcurrentDictionary<string, List<(string Name, string Status, string? Conclusion)>> Checks { get; } = new();

    /// <summary>Answered instead, one after another: status, and headers as <c>name: value</c>.</summary>
    public ConcurrentQueue<(int Status, string[] Headers)> Faults { get; } = new();

    public static async Task<FakeGitHub> StartAsync()
    {
        var fake = new FakeGitHub();
        fake._server = await Loopback.StartAsync(fake.AnswerAsync);
        return fake;
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        Asked.Enqueue((context.Request.Method, path));
        var body = context.Request.ContentLength > 0 ? await JsonNode.ParseAsync(context.Request.Body) : null;
        var (status, answer) = Faults.TryDequeue(out var fault) ? (fault.Status, new JsonObject { ["message"] = "as asked" })
            : context.Request.Headers.Authorization != $"Bearer {Token}" ? (401, new JsonObject { ["message"] = "Bad credentials" })
            : Answer(context.Request.Method, path, context.Request.Query["head"], body);
        foreach (var header in fault.Headers ?? [])
            context.Response.Headers[header.Split(": ")[0]] = header.Split(": ")[1];
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(answer.ToJsonString());
    }

    private (int, JsonNode) Answer(string method, string path, string? head, JsonNode? body) => (method, Repository().Replace(path, "")) switch
    {
        ("GET", "/user") => (200, With(Published.Example("private-user-response-with-public-profile-information"), ("id", Me))),
        ("POST", var at) when at.StartsWith("/statuses/", StringComparison.Ordinal) => (201, SetStatus(at[10..], body!)),
        ("GET", var at) when at.EndsWith("/check-runs", StringComparison.Ordinal) => (200, CheckRuns(at.Split('/')[2])),
        ("GET", var at) when at.EndsWith("/status", StringComparison.Ordinal) => (200, new JsonObject { ["statuses"] = new JsonArray() }),
        ("GET", "/pulls") => (200, new JsonArray([.. head is null ? Pulls.Select(pull => Pull(pull.Key, pull.Value)) : []])),
        ("POST", "/pulls") => (201, Open(body!)),
        ("GET", var at) when Below().Match(at) is { Success: true } match => (200, new JsonArray(
            [.. Comments.Where(comment => comment.Value.Request == long.Parse(match.Groups[1].Value)).OrderBy(comment => comment.Key).Select(comment => Comment(comment.Key))])),
        ("POST", var at) when Below().Match(at) is { Success: true } match => (201, AddComment(long.Parse(match.Groups[1].Value), body!)),
        ("PATCH", var at) when at.StartsWith("/issues/comments/", StringComparison.Ordinal) => Change(long.Parse(at[17..]), body!),
        _ => (404, new JsonObject { ["message"] = "Not Found" }),
    };

    private JsonNode SetStatus(string commit, JsonNode body)
    {
        Statuses.Enqueue((commit, $"{body["context"]}", $"{body["state"]}", $"{body["description"]}", body["target_url"]?.ToString()));
        return With(Published.Example("status"), ("context", $"{body["context"]}"), ("state", $"{body["state"]}"));
    }

    private JsonObject CheckRuns(string commit)
    {
        var runs = Checks.GetValueOrDefault(commit) ?? [];
        var example = Published.Example("check-run-paginated")["check_runs"]![0]!;
        return new()
        {
            ["total_count"] = runs.Count,
            ["check_runs"] = new JsonArray([.. runs.Select(run =>
                With(example.DeepClone(), ("name", run.Name), ("status", run.Status), ("conclusion", run.Conclusion)))]),
        };
    }

    private static JsonNode Pull(long number, (string Head, long From) pull)
    {
        var example = Published.Example("pull-request-simple-items")[0]!.DeepClone();
        var (head, @base) = (example["head"]!, example["base"]!);
        (example["number"], head["sha"], head["repo"]!["id"], @base["repo"]!["id"], @base["ref"]) = (number, pull.Head, pull.From, 1, "main");
        return example;
    }

    private JsonNode Open(JsonNode body)
    {
        Opened.Enqueue(($"{body["head"]}", $"{body["base"]}", $"{body["title"]}"));
        return Pull(99, (new string('1', 40), 1));
    }

    private JsonNode AddComment(long request, JsonNode body)
    {
        var id = Interlocked.Increment(ref _nextComment);
        Comments[id] = (request, Me, $"{body["body"]}");
        return Comment(id);
    }

    private (int, JsonNode) Change(long id, JsonNode body)
    {
        if (!Comments.TryGetValue(id, out var comment))
            return (404, new JsonObject { ["message"] = "Not Found" });
        Comments[id] = comment with { Body = $"{body["body"]}" };
        return (200, Comment(id));
    }

    private JsonNode Comment(long id)
    {
        var comment = Published.Example("issue-comment");
        (comment["id"], comment["body"], comment["user"]!["id"]) = (id, Comments[id].Body, Comments[id].Author);
        return comment;
    }

    private static JsonNode With(JsonNode node, params ReadOnlySpan<(string Name, JsonNode? Value)> fields)
    {
        foreach (var (name, value) in fields)
            node[name] = value;
        return node;
    }

    [GeneratedRegex("^/repos/you/desired-state|^/repos/you/site")]
    private static partial Regex Repository();

    [GeneratedRegex("^/issues/([0-9]+)/comments$")]
    private static partial Regex Below();
}
