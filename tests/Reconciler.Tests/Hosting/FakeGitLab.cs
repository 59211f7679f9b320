using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Reconciler.Tests.Hosting;

/// <summary>GitLab's API as far as it is used, on loopback, with a memory; checked with Debian's python3-gitlab (GitLabHostTests).</summary>
internal sealed partial class FakeGitLab : IAsyncDisposable
{
    public const string Token = "glpat-CANARYcanaryCANARY";
    public const long Me = 4711;
    private const string Project = "/api/v4/projects/you%2Fdesired-state";

    private WebApplication _server = null!;
    private long _nextNote = 100;

    public string Url => _server.Urls.Single();

    /// <summary>Method, path as it was sent, and the names of the fields in the body, in order of their names.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public ConcurrentDictionary<long, (long Author, string Body)> Notes { get; } = new();

    public List<JsonObject> Requests { get; } = [];

    public List<JsonObject> Statuses { get; } = [];

    public List<JsonObject> Pipelines { get; } = [];

    public static async Task<FakeGitLab> StartAsync()
    {
        var fake = new FakeGitLab();
        fake._server = await Loopback.StartAsync(fake.AnswerAsync);
        return fake;
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    public static JsonObject Request(long iid, string sha, long from = 1) => new()
    {
        ["id"] = 1000 + iid, ["iid"] = iid, ["title"] = "More", ["sha"] = sha, ["source_project_id"] = from, ["target_project_id"] = 1,
        ["web_url"] = $"https://gitlab.example/you/desired-state/-/merge_requests/{iid}",
    };

    private async Task AnswerAsync(HttpContext context)
    {
        // The path as it was sent: a project's name is one segment, with its slash escaped.
        var raw = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget.Split('?')[0];
        var body = context.Request.ContentLength > 0 ? (await JsonNode.ParseAsync(context.Request.Body))!.AsObject() : [];
        Asked.Enqueue($"{context.Request.Method} {raw} {string.Join(',', body.Select(field => field.Key).Order(StringComparer.Ordinal))}".TrimEnd());
        var (status, answer) = context.Request.Headers["PRIVATE-TOKEN"] != Token ? (401, new JsonObject { ["message"] = "401 Unauthorized" })
            : Answer(context.Request.Method, raw.StartsWith(Project, StringComparison.Ordinal) ? raw[Project.Length..] : raw, context.Request.Query, body);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer.ToJsonString());
    }

    private (int, JsonNode) Answer(string method, string path, IQueryCollection query, JsonObject body) => (method, path) switch
    {
        ("GET", "/api/v4/user") => (200, new JsonObject { ["id"] = Me, ["username"] = "reconciler" }),
        ("GET", _) when path.EndsWith("/statuses", StringComparison.Ordinal) => (200, Copies(Statuses)),
        ("POST", _) when path.StartsWith("/statuses/", StringComparison.Ordinal) => SetStatus(body),
        ("GET", "/pipelines") => (200, Copies(Pipelines.Where(pipeline => query["sha"] == $"{pipeline["sha"]}"))),
        ("GET", "/merge_requests") => (200, Copies(query["source_branch"].Count > 0 ? [] : Requests)),
        ("POST", "/merge_requests") => (201, Request(99, new string('1', 40))),
        ("GET", _) when NotesPath().IsMatch(path) => (200, new JsonArray([.. Notes.OrderBy(note => note.Key).Select(note => Note(note.Key))])),
        ("POST", _) when NotesPath().IsMatch(path) => (201, Note(Keep(Interlocked.Increment(ref _nextNote), $"{body["body"]}"))),
        ("PUT", _) when NotePath().Match(path) is { Success: true } match => Notes.ContainsKey(long.Parse(match.Groups[1].Value))
            ? (200, Note(Keep(long.Parse(match.Groups[1].Value), $"{body["body"]}"))) : (404, new JsonObject { ["message"] = "404 Not found" }),
        _ => (404, new JsonObject { ["message"] = "404 Not found" }),
    };

    // "Set commit pipeline status": a state that it has already is an error to GitLab.
    private (int, JsonNode) SetStatus(JsonObject body)
    {
        var status = new JsonObject { ["id"] = 1, ["name"] = $"{body["name"]}", ["status"] = $"{body["state"]}", ["allow_failure"] = false };
        if (Statuses.Exists(known => $"{known["name"]}" == $"{status["name"]}" && $"{known["status"]}" == $"{status["status"]}"))
            return (400, new JsonObject { ["message"] = "Cannot transition status via :enqueue from :pending" });
        Statuses.RemoveAll(known => $"{known["name"]}" == $"{status["name"]}");
        Statuses.Add(status);
        return (201, status.DeepClone());
    }

    private long Keep(long id, string body)
    {
        Notes[id] = (Notes.TryGetValue(id, out var known) ? known.Author : Me, body);
        return id;
    }

    private JsonObject Note(long id) => new() { ["id"] = id, ["body"] = Notes[id].Body, ["author"] = new JsonObject { ["id"] = Notes[id].Author } };

    private static JsonArray Copies(IEnumerable<JsonObject> nodes) => new([.. nodes.Select(node => node.DeepClone())]);

    [GeneratedRegex("^/merge_requests/[0-9]+/notes$")]
    private static partial Regex NotesPath();

    [GeneratedRegex("^/merge_requests/[0-9]+/notes/([0-9]+)$")]
    private static partial Regex NotePath();
}
