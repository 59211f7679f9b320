using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Reconciler.Tests.Documents;
using Reconciler.Tests.Git;
using Reconciler.Tests.Hosting;
using Reconciler.Tests.Serving;

namespace Reconciler.Tests.Cli;

/// <summary>The built program watching a real repository whose git host is a GitHub on loopback; the server that git names never answers.</summary>
public sealed class GitHostDeskTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private const string Secret = "CANARYwebhookCANARY0123456789";
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEmPkdC1QyGBZJzfEz3sUdFzzCMzlgG1yOTrTuk3Jf3r";
    private readonly ScratchFolder _folder = new();
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly HttpClient _client = new();
    private ScratchRepository _desired = null!;
    private FakeGitHub _github = null!;
    private IPEndPoint _webhook = null!;
    private IPEndPoint _listen = null!;
    private Process _watch = null!;

    public async ValueTask InitializeAsync()
    {
        _github = await FakeGitHub.StartAsync();
        _desired = new(_folder.In("desired"));
        _desired.Commit("Stage", Environment("staging"), Servers(9), Document("staging/host/packages.yaml", "  rsync: {}\n"));
        (_webhook, _listen) = (HttpFaceTests.FreePort(), HttpFaceTests.FreePort());
        WriteSecret("token", FakeGitHub.Token);
        WriteSecret("webhook", Secret);
        File.WriteAllText(_folder.In("controller.yaml"), $$"""
            apiVersion: reconciler/v1
            kind: Controller
            metadata: {name: controller}
            spec:
              repository: {url: {{_desired.Folder}}, allowLocal: true}
              state: {{_folder.In("state")}}
              interval: 1h
              listen: "{{_listen}}"
              pages: https://reconciler.example
              gitHosts:
                github.com:
                  api: {{_github.Url}}
                  tokenFile: {{_folder.In("token")}}
                  repositories: {you/desired-state: {{_desired.Folder}}}
              notifications: {ops: {command: "tee -a {{_folder.In("told")}}"} }
              webhook: {listen: "{{_webhook}}", secretFile: {{_folder.In("webhook")}}}

            """);
        File.SetUnixFileMode(_folder.In("controller.yaml"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private void WriteSecret(string file, string word)
    {
        File.WriteAllText(_folder.In(file), word);
        File.SetUnixFileMode(_folder.In(file), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public async ValueTask DisposeAsync()
    {
        if (_watch is { HasExited: false })
        {
            using var kill = Process.Start("kill", ["-TERM", $"{_watch.Id}"]);
            await _watch.WaitForExitAsync();
        }
        _watch?.Dispose();
        _client.Dispose();
        await _github.DisposeAsync();
        _folder.Dispose();
    }

    private static (string, string?) Document(string path, string spec) => (path, SmallTree.Envelope(path) + spec);

    private static (string, string?) Environment(string profile) =>
        Document("staging/environment.yaml", $"  profile: {profile}\n  ssh: {{port: 9}}\n");

    private static (string, string?) Servers(int port) =>
        Document("staging/servers.yaml", $"  web1: {{address: 127.0.0.1, roles: [web], hostKey: {Key}}}\n{(port == 9 ? "" : $"  web2: {{address: 127.0.0.2, roles: [web], hostKey: {Key}}}\n")}");

    private void Start()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "reconciler.dll"), "watch"]) { RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("RECONCILER_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["RECONCILER_CONFIG"] = _folder.In("controller.yaml");
        _watch = Process.Start(start)!;
        _watch.ErrorDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        _watch.BeginErrorReadLine();
    }

    private async Task UntilAsync(Func<bool> holds)
    {
        using var over = new CancellationTokenSource(Soon);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!holds())
        {
            over.IsCancellationRequested.ShouldBeFalse($"{string.Join('\n', _lines)}\n{string.Join('\n', _github.Statuses)}\n{string.Join('\n', _github.Asked)}");
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private async Task<HttpStatusCode> PushedAsync(string @event, string payload)
    {
        var body = Encoding.UTF8.GetBytes(payload);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{_webhook}/webhook") { Content = new ByteArrayContent(body) };
        request.Headers.Add("X-GitHub-Event", @event);
        request.Headers.Add("X-Hub-Signature-256", $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), body))}");
        using var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private Task<HttpStatusCode> PushedAsync() => PushedAsync("push",
        $$"""{"ref":"refs/heads/main","after":"{{_desired.Head}}","repository":{"clone_url":"https://github.com/you/desired-state.git"} }""");

    private string? StateOf(string commit, string context) =>
        _github.Statuses.LastOrDefault(status => status.Commit == commit && status.Context == context) is { State: { } state } last ? $"{state}: {last.Description}" : null;

    [Fact]
    public async Task A_push_is_looked_at_within_a_second_and_its_commit_gets_a_status()
    {
        Start();
        await UntilAsync(() => StateOf(_desired.Head, "reconciler/staging")?.StartsWith("failure: host: ", StringComparison.Ordinal) == true);
        _github.Statuses.First(status => status.Commit == _desired.Head).State.ShouldBe("pending");
        _github.Statuses.Last().Link.ShouldBe("https://reconciler.example/environments/staging");
        var page = await _client.GetAsync($"http://{_listen}/environments/staging", TestContext.Current.CancellationToken);
        (page.StatusCode, page.Content.Headers.ContentType!.MediaType).ShouldBe((HttpStatusCode.OK, "text/html"));
        (await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("web1");
        (await _client.GetAsync($"http://{_listen}/environments/nowhere", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var before = _github.Statuses.Count;

        var pushed = _desired.Commit("Another profile", Environment("production"));
        var began = Stopwatch.GetTimestamp();
        (await PushedAsync()).ShouldBe(HttpStatusCode.Accepted);
        await UntilAsync(() => _lines.Any(line => line.Contains($"revision {pushed[..12]} is in force", StringComparison.Ordinal)));
        // A second is what is promised for an idle machine; tests share this one.
        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(5));
        await UntilAsync(() => StateOf(pushed, "reconciler/staging")?.StartsWith("failure", StringComparison.Ordinal) == true);

        // Each status is written once: pending, then how it stands.
        _github.Statuses.Skip(before).Select(status => (status.Commit, status.State)).ShouldBe([(pushed, "pending"), (pushed, "failure")]);

        var broken = _desired.Commit("Break it", Document("staging/environment.yaml", "  profle: staging\n"));
        await PushedAsync();
        await UntilAsync(() => StateOf(broken, "reconciler/staging") is not null);
        StateOf(broken, "reconciler/staging").ShouldBe($"failure: revision {broken[..12]} has faults and is refused whole; what was accepted before stays in force");

        // People are told of each failure once, however often it was seen.
        string[] Told() => (File.Exists(_folder.In("told")) ? File.ReadAllText(_folder.In("told")) : "").Split("}{");
        await UntilAsync(() => Told().Length == 2);
        Told()[0].ShouldContain("\"event\":\"failing\",\"about\":\"staging/host\"");
        Told()[1].ShouldContain($"\"about\":\"repository\",\"revision\":\"{broken}\"");
    }

    [Fact]
    public async Task A_request_is_planned_in_one_comment_that_follows_its_head_and_a_forks_is_only_validated()
    {
        _desired.Git("checkout", "--quiet", "-b", "more");
        var more = _desired.Commit("More `packages`", Document("staging/host/packages.yaml", "  rsync: {}\n  curl: {}\n"), Servers(10));
        _desired.Git("update-ref", "refs/pull/7/head", more);
        _desired.Git("checkout", "--quiet", "-b", "forks", "main");
        var forks = _desired.Commit("Fork", Document("staging/host/packages.yaml", "  rsync: {}\n  telnetd: {}\n"));
        _desired.Git("update-ref", "refs/pull/8/head", forks);
        _desired.Git("checkout", "--quiet", "main");
        (_github.Pulls[7], _github.Pulls[8]) = ((more, 1), (forks, 2));

        Start();
        await UntilAsync(() => StateOf(more, "reconciler/plan")?.StartsWith("success", StringComparison.Ordinal) == true && _github.Comments.Count == 2);

        var comment = _github.Comments.Values.Single(each => each.Request == 7).Body;
        comment.ShouldStartWith("<!-- reconciler:plan ");
        comment.ShouldContain($"### Plan of {more[..12]} against the live servers");
        comment.ShouldContain("| staging | host | 0 | 0 | 0 | 2 | 0 | unknown | not all is looked at |");
        comment.ShouldContain("  unknown  web1: host/Packages/");
        // A server that only the request names is not even asked.
        comment.ShouldContain("not looked at, since the request adds them or changes how they are reached: web2");
        StateOf(more, "reconciler/plan").ShouldBe("success: staging: 0 to add, 0 to change, 0 to remove, 2 unknown");
        _github.Comments.Values.Single(each => each.Request == 8).Body.ShouldContain("It comes from a fork: it is valid, and is not planned against the servers");
        var page = await _client.GetAsync($"http://{_listen}/plans/7", TestContext.Current.CancellationToken);
        page.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        (await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain($"<h1>Plan of request 7</h1>");

        _desired.Git("checkout", "--quiet", "more");
        var broken = _desired.Commit("Break it", Document("staging/host/packages.yaml", "  rsync: {vresion: 1}\n"));
        _desired.Git("update-ref", "refs/pull/7/head", broken);
        _desired.Git("checkout", "--quiet", "main");
        _github.Pulls[7] = (broken, 1);
        await PushedAsync("pull_request", """{"action":"synchronize","repository":{"clone_url":"https://github.com/you/desired-state.git"}}""");
        await UntilAsync(() => StateOf(broken, "reconciler/plan")?.StartsWith("failure", StringComparison.Ordinal) == true
            && _github.Comments.Values.Single(each => each.Request == 7).Body.Contains("1 fault"));
        _github.Comments.Count.ShouldBe(2);
        _github.Comments.Values.Single(each => each.Request == 7).Body.ShouldContain("unknown-key staging/host/packages.yaml:5:11: `vresion`");
        // Nothing of a request ever comes into force.
        var never = new[] { more[..12], broken[..12] };
        _lines.Where(line => never.Any(line.Contains)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_git_host_that_is_down_delays_nothing_and_is_told_when_it_is_back()
    {
        for (var i = 0; i < 2; i++)
            _github.Faults.Enqueue((502, []));

        Start();
        await UntilAsync(() => _lines.Any(line => line.Contains("staging/host: Unseen")));
        await UntilAsync(() => StateOf(_desired.Head, "reconciler/staging")?.StartsWith("failure", StringComparison.Ordinal) == true);

        _lines.ShouldContain(line => line.Contains("git host: 127.0.0.1 answered ") && line.Contains("with 502"));
        _lines.ShouldNotContain(line => line.Contains("CANARY"));
        foreach (var file in Directory.EnumerateFiles(_folder.In("state"), "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
            Encoding.Latin1.GetString(await ReadAsync(file)).ShouldNotContain("CANARY", Case.Sensitive, file);
    }

    private static async Task<byte[]> ReadAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content);
        return content.ToArray();
    }

    [Fact]
    public async Task A_webhook_without_its_secret_file_and_a_host_of_an_unknown_kind_are_told_at_the_start()
    {
        File.Delete(_folder.In("webhook"));
        Start();
        await UntilAsync(() => _watch.HasExited);
        _watch.ExitCode.ShouldNotBe(0);
        await UntilAsync(() => _lines.Any(line => line.Contains($"the file {_folder.In("webhook")} with the secret for webhooks cannot be read")));

        await File.WriteAllTextAsync(_folder.In("controller.yaml"), (await File.ReadAllTextAsync(_folder.In("controller.yaml"), TestContext.Current.CancellationToken)).Replace("github.com:", "git.example:"), TestContext.Current.CancellationToken);
        Start();
        await UntilAsync(() => _watch.HasExited);
        _watch.ExitCode.ShouldBe(64);
        await UntilAsync(() => _lines.Any(line => line.Contains("gitHosts.git.example of the settings file does not say what it is: add kind: github or kind: gitlab")));
    }
}
