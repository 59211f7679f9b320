using System.Diagnostics;
using System.Net;
using Reconciler.Hosting;
using Reconciler.Tests.Git;
using Reconciler.Tests.Serving;

namespace Reconciler.Tests.Hosting;

/// <summary>Every request that is made, against a mock server that enforces GitHub's published description and answers with its published examples.</summary>
public sealed class GitHubContractTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private const string Commit = "6dcb09b5b57875f334f61aebed695e2e4193db5e";
    private readonly IPEndPoint _address = HttpFaceTests.FreePort();
    private Process _mock = null!;
    private readonly ScratchFolder _folder = new();
    private GitHosts _hosts = null!;

    public async ValueTask InitializeAsync()
    {
        _mock = Process.Start(new ProcessStartInfo("node",
            ["node_modules/@stoplight/prism-cli/dist/index.js", "mock", "--host", "127.0.0.1", "--port", $"{_address.Port}", "github.json"])
        {
            WorkingDirectory = Published.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var said = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var listening = new TaskCompletionSource();
        _mock.OutputDataReceived += (_, line) =>
        {
            said.Enqueue(line.Data ?? "");
            if (line.Data?.Contains("Prism is listening", StringComparison.Ordinal) == true)
                listening.TrySetResult();
        };
        _mock.BeginOutputReadLine();
        _mock.BeginErrorReadLine();
        try
        {
            await listening.Task.WaitAsync(Soon);
        }
        catch (TimeoutException)
        {
            Assert.Fail(string.Join('\n', said));
        }
        File.WriteAllText(_folder.In("token"), "ghp_example\n");
        File.SetUnixFileMode(_folder.In("token"), UnixFileMode.UserRead);
        _hosts = new([new("github.com", GitHostKind.GitHub, new($"http://{_address}"), _folder.In("token"), new Dictionary<string, string>())], TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        _hosts?.Dispose();
        _folder.Dispose();
        _mock.Kill(entireProcessTree: true);
        await _mock.WaitForExitAsync();
        _mock.Dispose();
    }

    [Fact]
    public async Task Requests_are_taken_and_examples_are_understood()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var host = _hosts.Find("https://github.com/octocat/Hello-World")!.Value.Host;

        // The example has one run, named mighty_readme, that is neutral; and two statuses, one of them security/brakeman.
        var checks = await host.ChecksAsync("octocat/Hello-World", Commit, ["mighty_readme", "security/brakeman", "ci/none"], cancellation);
        checks.ShouldBe(new Dictionary<string, CheckState>
        {
            ["mighty_readme"] = CheckState.Green, ["security/brakeman"] = CheckState.Green, ["ci/none"] = CheckState.Missing,
        }, ignoreOrder: true);
        foreach (var state in Enum.GetValues<StatusState>())
            await host.SetStatusAsync("octocat/Hello-World", Commit,
                new("reconciler/production", state, new string('x', 500), state == StatusState.Pending ? null : "https://reconciler.example/x"), cancellation);
        var proposed = (await host.ProposedAsync("octocat/Hello-World", "master", cancellation)).ShouldHaveSingleItem();
        (proposed.Number, proposed.Head, proposed.FromFork, proposed.Reference).ShouldBe((1347, Commit, false, "refs/pull/1347/head"));
        (await host.CommentAsync("octocat/Hello-World", 1347, "<!-- tag -->", "body", null, cancellation)).ShouldBe(1);
        (await host.CommentAsync("octocat/Hello-World", 1347, "<!-- tag -->", "body", 1, cancellation)).ShouldBe(1);
        (await host.ProposeAsync("octocat/Hello-World", "reconciler/follow", "main", "Title", "Body", cancellation))
            .ShouldBe("https://github.com/octocat/Hello-World/pull/1347");
    }

    [Fact]
    public async Task The_mock_refuses_what_the_description_does_not_allow()
    {
        using var client = new HttpClient();
        using var answer = await client.PostAsync($"http://{_address}/repos/a/b/statuses/{Commit}",
            new StringContent("{\"state\":\"fine\"}", System.Text.Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }
}
