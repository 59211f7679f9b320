using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Secrets.Aws;

/// <summary>
/// AWS Secrets Manager as far as it is needed, on loopback. It refuses what the published service model does not know and what is not rightly
/// signed, and is itself checked with the real <c>aws</c> command (FakeSecretsManagerTests).
/// </summary>
internal sealed class FakeSecretsManager : IAsyncDisposable
{
    public const string AccessKey = "AKIDEXAMPLE";
    public const string SecretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    public const string Region = "eu-central-1";

    private readonly ServiceModel _model = new("secretsmanager", "2017-10-17");
    private readonly ConcurrentDictionary<string, Secret> _secrets = new();
    private WebApplication _server = null!;

    /// <summary>What was asked, by operation, in order.</summary>
    public ConcurrentQueue<(string Operation, JsonElement Request)> Asked { get; } = new();

    /// <summary>Answers to be given instead of the real ones, one after another: HTTP status and error code.</summary>
    public ConcurrentQueue<(int Status, string Code)> Faults { get; } = new();

    public string Url => _server.Urls.Single();

    public static async Task<FakeSecretsManager> StartAsync()
    {
        var fake = new FakeSecretsManager();
        fake._server = await Loopback.StartAsync(fake.AnswerAsync);
        return fake;
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    /// <summary>A new version, at which <c>AWSCURRENT</c> stands from now on.</summary>
    /// <returns>Its id.</returns>
    public string Put(string name, string value, byte[]? bytes = null, string? id = null)
    {
        var secret = _secrets.GetOrAdd(name, _ => new());
        id ??= $"{Guid.NewGuid()}";
        lock (secret)
        {
            secret.Versions[id] = (value, bytes);
            secret.Stand("AWSCURRENT", id);
        }
        return id;
    }

    private static string ArnOf(string name) => $"arn:aws:secretsmanager:{Region}:123456789012:secret:{name}-AbCdEf";

    private async Task AnswerAsync(HttpContext context)
    {
        using var memory = new MemoryStream();
        await context.Request.Body.CopyToAsync(memory);
        var target = $"{context.Request.Headers["X-Amz-Target"]}".Split('.');
        if (SigV4.FaultOf(context.Request, memory.ToArray(), AccessKey, SecretKey, Region, "secretsmanager") is { } unsigned)
            await RefuseAsync(context, 403, "InvalidSignatureException", unsigned);
        else if (context.Request.ContentType != _model.ContentType || target is not [var prefix, var operation] || prefix != _model.TargetPrefix
            || !_model.Knows(operation))
            await RefuseAsync(context, 400, "UnknownOperationException", $"{context.Request.ContentType} {string.Join('.', target)}");
        else
            await AnswerAsync(context, operation, JsonDocument.Parse(memory.ToArray()).RootElement);
    }

    private async Task AnswerAsync(HttpContext context, string operation, JsonElement request)
    {
        Asked.Enqueue((operation, request));
        if (Faults.TryDequeue(out var fault))
        {
            await RefuseAsync(context, fault.Status, fault.Code, "as the test asked for");
            return;
        }
        if (_model.FaultsOfRequest(operation, request) is { Count: > 0 } faults)
        {
            await RefuseAsync(context, 400, "ValidationException", string.Join("; ", faults));
            return;
        }
        var answer = operation switch
        {
            "CreateSecret" => Create(request),
            "GetSecretValue" => Get(request),
            "PutSecretValue" => PutValue(request),
            "UpdateSecretVersionStage" => Move(request),
            _ => null,
        };
        if (answer is null)
        {
            await RefuseAsync(context, 400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
            return;
        }
        var wrong = _model.FaultsOfAnswer(operation, JsonSerializer.SerializeToElement(answer));
        wrong.ShouldBeEmpty();
        context.Response.ContentType = _model.ContentType;
        context.Response.Headers["x-amzn-RequestId"] = $"{Guid.NewGuid()}";
        await context.Response.WriteAsync(answer.ToJsonString());
    }

    private static async Task RefuseAsync(HttpContext context, int status, string code, string message)
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, "application/x-amz-json-1.1");
        await context.Response.WriteAsync(new JsonObject { ["__type"] = code, ["message"] = message }.ToJsonString());
    }

    private static string? Text(JsonElement request, string name) => request.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string NameOf(JsonElement request)
    {
        var id = Text(request, "SecretId") ?? Text(request, "Name")!;
        return id.StartsWith("arn:", StringComparison.Ordinal) ? id.Split(':')[6][..^7] : id;
    }

    private JsonObject Create(JsonElement request)
    {
        var name = NameOf(request);
        var id = Put(name, Text(request, "SecretString")!, id: Text(request, "ClientRequestToken"));
        return new() { ["ARN"] = ArnOf(name), ["Name"] = name, ["VersionId"] = id };
    }

    private JsonObject? Get(JsonElement request)
    {
        var name = NameOf(request);
        if (!_secrets.TryGetValue(name, out var secret))
            return null;
        lock (secret)
        {
            var id = Text(request, "VersionId") ?? secret.Stages.GetValueOrDefault(Text(request, "VersionStage") ?? "AWSCURRENT");
            if (id is null || !secret.Versions.TryGetValue(id, out var value))
                return null;
            var answer = new JsonObject
            {
                ["ARN"] = ArnOf(name),
                ["Name"] = name,
                ["VersionId"] = id,
                ["CreatedDate"] = 1766332800.5,
            };
            if (secret.Stages.Where(stage => stage.Value == id).Select(stage => stage.Key).ToList() is { Count: > 0 } stages)
                answer["VersionStages"] = new JsonArray([.. stages.Select(stage => JsonValue.Create(stage))]);
            answer[value.Bytes is null ? "SecretString" : "SecretBinary"] = value.Bytes is null ? value.Text : Convert.ToBase64String(value.Bytes);
            return answer;
        }
    }

    private JsonObject? PutValue(JsonElement request)
    {
        var name = NameOf(request);
        if (!_secrets.TryGetValue(name, out var secret))
            return null;
        var id = Text(request, "ClientRequestToken") ?? $"{Guid.NewGuid()}";
        var stages = request.TryGetProperty("VersionStages", out var asked) ? asked.EnumerateArray().Select(each => each.GetString()!).ToList() : ["AWSCURRENT"];
        lock (secret)
        {
            secret.Versions[id] = (Text(request, "SecretString")!, null);
            foreach (var stage in stages)
                secret.Stand(stage, id);
        }
        return new()
        {
            ["ARN"] = ArnOf(name), ["Name"] = name, ["VersionId"] = id,
            ["VersionStages"] = new JsonArray([.. stages.Select(stage => JsonValue.Create(stage))]),
        };
    }

    private JsonObject? Move(JsonElement request)
    {
        var name = NameOf(request);
        if (!_secrets.TryGetValue(name, out var secret))
            return null;
        lock (secret)
            if (Text(request, "MoveToVersionId") is { } to)
                secret.Stand(Text(request, "VersionStage")!, to);
            else
                secret.Stages.Remove(Text(request, "VersionStage")!);
        return new() { ["ARN"] = ArnOf(name), ["Name"] = name };
    }

    private sealed class Secret
    {
        public Dictionary<string, (string Text, byte[]? Bytes)> Versions { get; } = [];

        public Dictionary<string, string> Stages { get; } = [];

        /// <summary>AWSPREVIOUS goes to where AWSCURRENT was (UpdateSecretVersionStage in the API reference).</summary>
        public void Stand(string stage, string id)
        {
            if (stage == "AWSCURRENT" && Stages.TryGetValue(stage, out var before))
                Stages["AWSPREVIOUS"] = before;
            Stages[stage] = id;
        }
    }
}
