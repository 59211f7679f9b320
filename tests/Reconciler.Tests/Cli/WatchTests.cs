using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Reconciler.Tests.Documents;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Cli;

/// <summary>The built program watching a real repository, with a server that never answers: what people see and type from another terminal.</summary>
public sealed class WatchTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private readonly ScratchFolder _folder = new();
    private readonly ScratchRepository _desired;

    public WatchTests()
    {
        _desired = new(_folder.In("desired"));
        _desired.Commit("Stage",
            Document("staging/environment.yaml", "  profile: staging\n  ssh: {port: 9}\n"),
            Document("staging/servers.yaml", $"  web1: {{address: 127.0.0.1, roles: [web], hostKey: {Key}}}\n"),
            Document("staging/host/packages.yaml", "  rsync: {}\n"));
    }

    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEmPkdC1QyGBZJzfEz3sUdFzzCMzlgG1yOTrTuk3Jf3r";

    private static (string, string?) Document(string path, string spec) => (path, SmallTree.Envelope(path) + spec);

    public void Dispose() => _folder.Dispose();

    private Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "reconciler.dll"), .. arguments,
            "--repository", _desired.Folder, "--state", _folder.In("state"), "--allow-local-repositories"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("RECONCILER_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        return Process.Start(start)!;
    }

    private (int Code, string Output) Run(params string[] arguments)
    {
        using var process = Start(arguments);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    private JsonElement Status()
    {
        using var json = JsonDocument.Parse(Run("status", "-o", "json").Output);
        return json.RootElement.Clone();
    }

    private static async Task UntilAsync(Func<bool> holds, Func<string> what)
    {
        using var over = new CancellationTokenSource(Soon);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!holds())
        {
            over.IsCancellationRequested.ShouldBeFalse(what());
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_request_is_taken_within_seconds_and_answered_and_a_refused_revision_is_shown_with_its_faults()
    {
        using var watch = Start("watch", "--interval", "3600");
        var lines = new ConcurrentQueue<string>();
        watch.ErrorDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
        watch.BeginErrorReadLine();
        try
        {
            await UntilAsync(() => lines.Any(line => line.Contains(" staging/host: Unseen: ")), () => string.Join('\n', lines));
            lines.ShouldContain(line => System.Text.RegularExpressions.Regex.IsMatch(line, @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ staging/host: Unseen: "));

            _desired.Commit("Break it", Document("staging/environment.yaml", "  profle: staging\n"));
            Run("retry", "staging", "host", "--reason", "INC-1").Code.ShouldBe(0);
            await UntilAsync(() => Status().GetProperty("requests")[0].TryGetProperty("answer", out var answer) && answer.GetString()!.StartsWith("host: Unseen: "),
                () => string.Join('\n', lines));

            // The request made it look at the repository again, long before its interval.
            var (code, text) = Run("status");
            code.ShouldBe(3);
            text.ShouldContain("git is not in force, since ");
            text.ShouldContain("unknown-key staging/environment.yaml:5:3: `profle`");
            Status().GetProperty("repository").GetProperty("refused").GetString().ShouldBe(_desired.Head);

            var (refused, said) = Run("converge", "staging");
            refused.ShouldBe(75);
            said.ShouldContain("`reconciler retry staging`");
        }
        finally
        {
            using var kill = Process.Start("kill", ["-TERM", $"{watch.Id}"]);
            await watch.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        watch.ExitCode.ShouldBe(0);
        Run("status").Output.ShouldStartWith("nobody is at work");
    }

    [Fact]
    public void A_plan_of_servers_that_do_not_answer_is_no_nothing_to_do()
    {
        var (code, text) = Run("plan", "staging");

        code.ShouldBe(1, text);
        text.ShouldNotContain("nothing to do");
        text.ShouldContain(" unknown\n");
        text.ShouldContain("  Unseen: ");
    }
}
