using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Reconciler.Hosting;
using Reconciler.Serving;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Serving;

public sealed class WebhooksTests : IAsyncLifetime
{
    private const string Secret = "0123456789abcdef0123456789abcdef";
    private readonly IPEndPoint _address = HttpFaceTests.FreePort();
    private readonly HttpClient _client = new();
    private HttpFace _face = null!;
    private int _looks;
    private IReadOnlyList<FollowedRepository> _followed = [Followed];

    // The repository of GitHub's own examples of pushes.
    private static readonly FollowedRepository Followed = new(new("github.com", "codertocat/Hello-World"), ["main", "changes"]);

    private Webhooks Webhooks(string secret = Secret) => new(() => secret, () => _followed, () => Interlocked.Increment(ref _looks));

    public async ValueTask InitializeAsync() => _face = await HttpFace.ListenAsync(_address, Webhooks());

    public async ValueTask DisposeAsync()
    {
        await _face.DisposeAsync();
        _client.Dispose();
    }

    private static string Sign(byte[] body, string secret = Secret) =>
        $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body))}";

    private async Task<(int Status, string Text)> PostAsync(string @event, string body, string? signature = null, string path = "/webhook")
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{_address}{path}") { Content = new ByteArrayContent(bytes) };
        // What is too long is answered before it is sent.
        request.Headers.ExpectContinue = true;
        request.Headers.Add("X-GitHub-Event", @event);
        request.Headers.Add("X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958");
        if (signature != "")
            request.Headers.Add("X-Hub-Signature-256", signature ?? Sign(bytes));
        using var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static string PushTo(string reference)
    {
        var push = JsonNode.Parse(Published.WebhooksOf("push")[0])!;
        push["ref"] = reference;
        return push.ToJsonString();
    }

    [Theory]
    [InlineData("push")]
    [InlineData("pull_request")]
    [InlineData("check_run")]
    [InlineData("check_suite")]
    [InlineData("status")]
    [InlineData("ping")]
    public async Task Real_payloads_are_taken(string @event)
    {
        foreach (var payload in Published.WebhooksOf(@event))
        {
            if (JsonNode.Parse(payload)!["repository"]?["clone_url"] is { } address)
                _followed = [new(ProjectAddress.Of($"{address}")!, ["*"])];
            (await PostAsync(@event, payload)).Status.ShouldBe(202, payload[..200]);
        }
    }

    [Fact]
    public async Task A_push_to_the_followed_branch_makes_it_look_once_and_others_do_not()
    {
        var (status, text) = await PostAsync("push", PushTo("refs/heads/main"));
        (status, text, _looks).ShouldBe((202, "{\"id\":\"72d3162e-cc78-11e3-81ab-4c9367dc0958\",\"looks\":true,\"message\":\"looking\"}\n", 1));

        (await PostAsync("push", PushTo("refs/heads/main"))).ShouldBe((409, "this was told already; nothing was done\n"));
        (await PostAsync("push", PushTo("refs/heads/feature"))).Text.ShouldContain("\"looks\":false");
        (await PostAsync("push", PushTo("refs/tags/main"))).Text.ShouldContain("\"looks\":false");
        (await PostAsync("watch", PushTo("refs/heads/main") + " ")).Text.ShouldContain("\"looks\":false");
        _looks.ShouldBe(1);
    }

    [Fact]
    public async Task Without_the_right_signature_nothing_is_even_read()
    {
        var body = PushTo("refs/heads/main");
        var right = Sign(Encoding.UTF8.GetBytes(body));
        foreach (var signature in new[] { "", "sha256=", right[..^1], right.ToUpperInvariant(), $"{right}0", Sign(Encoding.UTF8.GetBytes(body), "another-secret-of-length"), right.Replace("sha256", "sha1") })
            (await PostAsync("push", body, signature)).Status.ShouldBe(401, signature);
        (await PostAsync("push", body + " ", right)).Status.ShouldBe(401);
        _looks.ShouldBe(0);
    }

    [Theory]
    [InlineData("not json", "the body is no JSON")]
    [InlineData("[]", "the body is no JSON object")]
    [InlineData("{}", "the payload names no repository")]
    [InlineData("{\"repository\":{\"clone_url\":7}}", "the payload names no repository")]
    [InlineData("{\"repository\":{\"clone_url\":\"\\ud800\"}}", "the body is no JSON")]
    [InlineData("{\"repository\":{\"clone_url\":\"https://github.com/Codertocat/Hello-World.git\"}}", "a push without `ref`")]
    [InlineData("{\"ref\":\"refs/heads/main\",\"repository\":{\"clone_url\":\"https://github.com/else/where.git\"}}",
        "github.com/else/where is none of the repositories that are followed: github.com/codertocat/Hello-World")]
    public Task What_is_signed_and_makes_no_sense_is_refused_and_causes_nothing(string body, string why) => RefusedAsync(body, why);

    [Fact]
    public Task A_reference_of_endless_length_is_told_as_that() => RefusedAsync(
        $"{{\"ref\":\"refs/heads/{new string('a', 2000)}\",\"repository\":{{\"clone_url\":\"https://github.com/Codertocat/Hello-World.git\"}}}}",
        "a push whose `ref` is longer than 1000 characters");

    private async Task RefusedAsync(string body, string why)
    {
        var (status, text) = await PostAsync("push", body);

        status.ShouldBe(422);
        text.ShouldStartWith(why);
        _looks.ShouldBe(0);
    }

    [Fact]
    public async Task Deep_long_and_slow_bodies_end()
    {
        (await PostAsync("push", new string('[', 10_000))).Status.ShouldBe(422);
        (await PostAsync("push", new string(' ', 1_000_001))).Status.ShouldBe(413);
        (await PostAsync("push", "{}", path: "/")).Status.ShouldBe(404);

        using var socket = new TcpClient();
        await socket.ConnectAsync(_address, TestContext.Current.CancellationToken);
        await using var stream = socket.GetStream();
        await stream.WriteAsync("POST /webhook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        var chunk = Encoding.ASCII.GetBytes($"8000\r\n{new string(' ', 0x8000)}\r\n");
        var sent = 0;
        try
        {
            for (; sent < 200; sent++)
                await stream.WriteAsync(chunk, TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // Closed: what is endless is not read to its end.
        }
        sent.ShouldBeLessThan(200);
    }

    [Fact]
    public void GitLab_sends_the_secret_itself_and_names_its_project()
    {
        var push = Encoding.UTF8.GetBytes("{\"object_kind\":\"push\",\"ref\":\"refs/heads/main\",\"project\":{\"git_http_url\":\"https://github.com/Codertocat/Hello-World.git\"}}");
        Answer To(string token, string? name = "Push Hook") => Webhooks().To(header => header switch
        {
            "X-Gitlab-Token" => token,
            "X-Gitlab-Event" => name,
            _ => null,
        }, push);

        To("wrong").Status.ShouldBe(401);
        To(Secret, null).Status.ShouldBe(422);
        _looks.ShouldBe(0);
        To(Secret).Status.ShouldBe(202);
        _looks.ShouldBe(1);
    }

    [Fact]
    public void A_secret_that_could_be_guessed_is_refused()
    {
        var answer = Webhooks("short").To(header => header == "X-Hub-Signature-256" ? Sign([], "short") : null, []);

        (answer.Status, answer.Text).ShouldBe((503, "the secret in webhook.secretFile has fewer than 16 characters: make one with `openssl rand -hex 32`\n"));
    }

    [Fact]
    public void Whatever_stands_in_the_headers_nothing_unsigned_is_read() => Check.One(Fuzz.Config(100), Prop.ForAll<string, byte[]>((signature, body) =>
        Webhooks().To(header => header is "X-Hub-Signature-256" or "X-Gitlab-Token" ? signature : "push", body).Status == 401));

    [Fact]
    public void Whatever_of_a_real_payload_is_changed_or_cut_off_is_answered()
    {
        var payloads = Published.WebhooksOf("push").Concat(Published.WebhooksOf("status")).ToArray();
        string[] pieces = ["null", "{", "}", "[", "\"", "7", "\\ud800", "true", ",", ":", "", "-1e999", "\u0000"];
        var changed = from payload in Gen.Elements(payloads)
                      from at in Gen.Choose(0, payload.Length - 1)
                      from cut in Gen.Elements(0, 1, 5, 40, 400, int.MaxValue)
                      from piece in Gen.Elements(pieces)
                      select payload[..at] + piece + payload[(int)Math.Min((long)at + cut, payload.Length)..];
        Check.One(Fuzz.Config(200), Prop.ForAll(changed.ToArbitrary(), text =>
        {
            var body = Encoding.UTF8.GetBytes(text);
            return Webhooks().To(header => header switch { "X-Hub-Signature-256" => Sign(body), "X-GitHub-Event" => "push", _ => null }, body).Status
                is 202 or 409 or 422;
        }));
    }

    [Fact]
    public void Whatever_is_signed_is_answered() => Check.One(Fuzz.Config(100), Prop.ForAll<byte[], string>((body, name) =>
        Webhooks().To(header => header switch
        {
            "X-Hub-Signature-256" => Sign(body),
            "X-GitHub-Event" => name,
            _ => null,
        }, body).Status is 202 or 422));
}
