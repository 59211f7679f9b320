using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Reconciler.Cli;
using Reconciler.Tests.Documents;
using Reconciler.Tests.Git;
using Reconciler.Tests.Serving;

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
            "--repository", _desired.Folder, "--allow-local-repositories"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("RECONCILER_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        (start.Environment["RECONCILER_CONFIG"], start.Environment["RECONCILER_LISTEN"]) = ("none", "none");
        start.Environment["RECONCILER_STATE"] = _folder.In("state");
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
    public void One_application_can_be_planned_or_converged_and_the_others_are_left_alone()
    {
        var (code, said) = Run("plan", "staging", "coralnet");
        (code, said).ShouldBe((64, "reconciler: staging has no application coralnet; there are host\n"));
        Run("converge", "staging", "host").Output.ShouldContain("staging/host: revision");

        _desired.Commit("Another", Document("staging/coralnet/application.yaml",
            $"  path: /srv/coralnet\n  user: coralnet\n  code: {{repository: {_desired.Folder}, commit: {new string('1', 40)}, branches: [main]}}\n"));
        Run("plan", "staging", "host").Output.ShouldNotContain("coralnet: refused");
        var refused = Run("plan", "staging", "coralnet");
        (refused.Code, refused.Output.Contains("coralnet in staging is refused: ")).ShouldBe((64, true), refused.Output);
    }

    [Fact]
    public void A_refused_commit_shows_in_the_exit_code_after_what_is_in_force_was_done()
    {
        _desired.Commit("Nothing to do", ("staging/host/packages.yaml", null));
        Run("converge", "staging").Code.ShouldBe(0);

        _desired.Commit("Break it", Document("staging/environment.yaml", "  profle: staging\n"));

        Run("plan", "staging").Code.ShouldBe(65);
        var (code, said) = Run("converge", "staging");
        code.ShouldBe(65, said);
        said.ShouldContain("unknown-key staging/environment.yaml:5:3");
    }

    [Theory]
    [InlineData(0, 65)]
    [InlineData(2, 65)]
    [InlineData(3, 65)]
    [InlineData(1, 1)]
    [InlineData(75, 75)]
    public void An_error_counts_more_than_a_refused_commit(int code, int then)
    {
        TurnCommands.WithRefused(code, refused: true).ShouldBe(then);
        TurnCommands.WithRefused(code, refused: false).ShouldBe(code);
    }

    [Fact]
    public async Task Asked_over_HTTP_it_says_how_it_is_and_its_JSON_log_is_JSON_to_the_last_line()
    {
        var address = HttpFaceTests.FreePort();
        using var watch = Start("watch", "--interval", "1", "--listen", $"{address}", "--log-format", "json");
        var lines = new ConcurrentQueue<string>();
        watch.ErrorDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
        watch.BeginErrorReadLine();
        using var client = new HttpClient { BaseAddress = new Uri($"http://{address}") };
        var metrics = "";
        try
        {
            await UntilAsync(() => lines.Any(line => line.Contains("\"event\":\"verdict\"")), () => string.Join('\n', lines));
            (await client.GetStringAsync("/healthz", TestContext.Current.CancellationToken)).ShouldBe("ok\n");
            (await client.GetStringAsync("/readyz", TestContext.Current.CancellationToken)).ShouldBe("ok\n");
            metrics = await client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

            using var second = Start("watch", "--state", _folder.In("other"), "--listen", $"{address}", "--log-format", "json");
            var said = await second.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await second.WaitForExitAsync(TestContext.Current.CancellationToken);
            second.ExitCode.ShouldBe(1);
            EventOf(said.Trim()).ShouldBe("gave-up");
            said.ShouldContain($"{address} cannot be listened on");
        }
        finally
        {
            using var kill = Process.Start("kill", ["-TERM", $"{watch.Id}"]);
            await watch.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        watch.ExitCode.ShouldBe(0);
        metrics.ShouldContain("reconciler_reconcile_total{environment=\"staging\",result=\"error\"} ");
        metrics.ShouldContain($"reconciler_environment_info{{environment=\"staging\",revision=\"{_desired.Head}\","
            + "sync=\"Unknown\",health=\"Unknown\"} 1");
        var events = lines.Where(line => line.Length > 0).Select(EventOf).ToList();
        events[..2].ShouldBe(["listening", "revision-in-force"]);
        events[^1].ShouldBe("stopped");
    }

    private static string EventOf(string line)
    {
        using var json = JsonDocument.Parse(line);
        DateTimeOffset.Parse(json.RootElement.GetProperty("time").GetString()!, System.Globalization.CultureInfo.InvariantCulture)
            .Offset.ShouldBe(TimeSpan.Zero);
        return json.RootElement.GetProperty("event").GetString()!;
    }

    [Fact]
    public void The_doctor_names_the_server_that_does_not_answer_and_changes_nothing()
    {
        var (code, text) = Run("doctor", "staging");

        code.ShouldBe(1, text);
        text.ShouldContain("ok    repository: revision ");
        text.ShouldMatch(@"(?m)^fail  staging/web1 login: web1 \(reconciler@127\.0\.0\.1:9\): .*: ssh -v -p 9 reconciler@127\.0\.0\.1 true$");
        Directory.Exists(_folder.In("state")).ShouldBeFalse();
        using var json = JsonDocument.Parse(Run("doctor", "staging", "-o", "json").Output);
        json.RootElement.EnumerateArray().Last().GetProperty("level").GetString().ShouldBe("fail");
    }

    [Fact]
    public void The_doctor_of_an_environment_that_there_is_not_says_which_there_are()
    {
        var (code, text) = Run("doctor", "stagin");

        code.ShouldBe(64);
        text.ShouldContain("there is no environment stagin; there are staging");
    }

    [Fact]
    public void The_doctor_says_how_to_ask_git_about_a_repository_that_is_not_to_be_had()
    {
        Directory.Delete(_desired.Folder, recursive: true);

        var (code, text) = Run("doctor");

        code.ShouldBe(1);
        text.ShouldMatch(@"(?m)^fail  repository: .*: git ls-remote .* main$");
    }

    [Fact]
    public void The_doctor_names_the_first_fault_of_the_desired_state()
    {
        _desired.Commit("Break it", Document("staging/environment.yaml", "  profle: staging\n"));

        var (code, text) = Run("doctor");

        code.ShouldBe(1);
        text.ShouldContain("fault(s), the first: ");
        text.ShouldContain("staging/environment.yaml:5:3");
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
