using System.Diagnostics;
using Reconciler.Cli;
using Reconciler.Journaling;
using Reconciler.Reporting;
using Reconciler.Tests.Documents;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Cli;

/// <summary>The built program, as a process: its words and its exit codes.</summary>
public sealed class ProgramTests : IDisposable
{
    private static readonly string[] Commands =
        ["validate", "render", "schema", "plan", "converge", "watch", "retry", "suspend", "resume", "hold", "status", "drift", "history",
        "describe", "logs", "doctor", "explain", "enroll", "sudoers", "takeover", "import", "adopt", "maintenance", "promote", "bump", "rollback",
        "rotate", "breach", "break-glass"];
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using var process = Process.Start(Start(arguments))!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    private ProcessStartInfo Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "reconciler.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.Path,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("RECONCILER_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["RECONCILER_STATE"] = _folder.In("state");
        start.Environment["RECONCILER_CONFIG"] = "none";
        start.Environment["COLUMNS"] = "100";
        return start;
    }

    private static string Example => Path.Combine(Trees.Repository, "desired-state");

    [Fact]
    public void Help_names_every_command_and_the_exit_codes()
    {
        var (code, output, _) = Run("--help");

        code.ShouldBe(0);
        GoldenFile.Check("tests/Reconciler.Tests/Cli/golden/help.txt", output);
        CommandLine.Create().Subcommands.Select(command => command.Name).ShouldBe(Commands, ignoreOrder: true);
        foreach (var number in new[] { ExitCode.Done, ExitCode.Error, ExitCode.Differences, ExitCode.HeldOrWaiting, ExitCode.BadUsage, ExitCode.InvalidDesiredState, ExitCode.LeaseHeld })
            ExitCode.Help.ShouldContain($"{number} ");
    }

    [Fact]
    public void Each_command_has_help_of_its_own()
    {
        foreach (var command in Commands)
            GoldenFile.Check($"tests/Reconciler.Tests/Cli/golden/help-{command}.txt", Run(command, "--help").Output);
    }

    [Fact]
    public void The_sudo_rule_names_the_digest_of_the_runner_that_is_printed_and_allows_no_argument()
    {
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Run("sudoers", "--runner").Output)));

        Run("sudoers").Output.ShouldBe($"reconciler ALL=(root) NOPASSWD: sha256:{digest} /usr/local/lib/reconciler/runner \"\"\n");
        Run("sudoers", "--login", "deploy").Output.ShouldStartWith("deploy ALL=(root) ");
        foreach (var login in new[] { "root", "%sudo", "a ALL=(ALL) ALL\nb", "" })
            Run("sudoers", "--login", login).Code.ShouldBe(64, login);
    }

    [Fact]
    public void The_example_is_valid()
    {
        var (code, output, error) = Run("validate", Example);

        (code, error).ShouldBe((0, ""));
        output.ShouldBe("valid: production (2 application(s), 5 server(s)), staging (2 application(s), 1 server(s))\n");
    }

    [Fact]
    public void A_fault_is_named_with_place_and_fix_and_the_exit_code_is_65()
    {
        Directory.CreateDirectory(_folder.In("bad/staging"));
        File.WriteAllText(_folder.In("bad/staging/environment.yaml"), "apiVersion: reconciler/v1\nkind: Environment\nmetadata: {name: staging}\nspec: {profle: staging}\n");

        var (code, output, error) = Run("validate", "bad");

        (code, output).ShouldBe((65, ""));
        error.ShouldContain("staging/environment.yaml:4:8: ");
        error.ShouldContain("profile");
    }

    [Fact]
    public void Faults_in_JSON_go_to_stdout()
    {
        Directory.CreateDirectory(_folder.In("bad/staging"));
        File.WriteAllText(_folder.In("bad/staging/environment.yaml"), "");

        var (code, output, _) = Run("validate", "bad", "-o", "json");

        code.ShouldBe(65);
        using var json = System.Text.Json.JsonDocument.Parse(output);
        json.RootElement.GetArrayLength().ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("plan")]
    [InlineData("plan", "staging", "--no-such-option")]
    [InlineData("explain", "everything")]
    [InlineData("validate", "-o", "yaml")]
    [InlineData("enroll", "web1")]
    public void Bad_usage_is_64(params string[] arguments)
    {
        var (code, output, error) = Run(arguments);

        code.ShouldBe(64);
        output.ShouldBeEmpty();
        error.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("plan", "staging")]
    [InlineData("converge", "staging")]
    [InlineData("watch")]
    [InlineData("drift", "staging")]
    [InlineData("logs", "staging", "coralnet")]
    public void Without_a_repository_it_says_how_to_name_one(params string[] arguments)
    {
        var (code, _, error) = Run(arguments);

        code.ShouldBe(64);
        error.ShouldContain("--repository URL");
        error.ShouldContain("RECONCILER_REPOSITORY");
    }

    [Fact]
    public void A_folder_that_is_not_there_is_no_valid_desired_state()
    {
        var (code, _, error) = Run("validate", "nowhere");

        code.ShouldNotBe(0);
        error.ShouldNotContain("Unhandled exception");
    }

    [Fact]
    public void Explain_order_prints_every_phase_in_order()
    {
        var (code, output, _) = Run("explain", "order");

        code.ShouldBe(0);
        output.Split('\n').Where(line => line.Length > 0 && line[0] != ' ').ShouldBe(Reconciler.Model.SafeOrder.Phases.Select(rule => $"{rule.Phase}"));
        output.Split('\n').ShouldAllBe(line => line.Length <= 80);
    }

    [Fact]
    public void Status_without_a_ledger_is_an_error_with_a_sentence()
    {
        var (code, _, error) = Run("status");

        code.ShouldBe(1);
        error.ShouldNotContain("Unhandled exception");
        error.ShouldNotBeEmpty();
    }

    private const string Revision = "1111111111111111111111111111111111111111";

    /// <summary>A ledger that knows staging with one application, held by this process as if it were that command.</summary>
    private ILedger Ledger(string command)
    {
        var ledger = SqliteLedger.OpenForWriting(_folder.In("state"), TimeProvider.System, command);
        ledger.Accept("staging", Revision);
        ledger.SaveStatus("staging", "coralnet", StatusBuilder.ToJson(new ApplicationStatus("staging", "coralnet", Revision, null,
            SyncStatus.OutOfSync, Health.Degraded, [], [], [], TimeProvider.System.GetUtcNow(), null, null)));
        return ledger;
    }

    [Fact]
    public void Status_that_watches_ends_on_Ctrl_C_with_the_code_of_plain_status()
    {
        using var ledger = Ledger(LedgerHolder.Watch);
        ledger.SaveStatus("staging", "coralnet", StatusBuilder.ToJson(new ApplicationStatus("staging", "coralnet", Revision, null,
            SyncStatus.OutOfSync, Health.Degraded,
            [StatusBuilder.Condition("Stalled", true, "Held", "held", null, TimeProvider.System.GetUtcNow())],
            [], [], TimeProvider.System.GetUtcNow(), null, null)));
        // Whoever runs the tests in the background may have Ctrl-C ignored, and what they start inherits that.
        var start = Start("status", "--watch");
        string[] command = [start.FileName, .. start.ArgumentList];
        start.FileName = "env";
        start.ArgumentList.Clear();
        foreach (var word in command.Prepend("--default-signal=INT"))
            start.ArgumentList.Add(word);
        using var process = Process.Start(start)!;
        process.StandardOutput.ReadLine().ShouldNotBeNull().ShouldStartWith("--- ");
        process.StandardOutput.ReadLine().ShouldNotBeNull().ShouldStartWith("at work: watch, ");

        using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
        process.WaitForExit(TimeSpan.FromSeconds(30)).ShouldBeTrue();

        (process.ExitCode, process.StandardError.ReadToEnd()).ShouldBe((ExitCode.HeldOrWaiting, ""));
    }

    [Fact]
    public void A_watch_at_work_is_asked_to_retry_and_status_shows_it()
    {
        using var ledger = Ledger(LedgerHolder.Watch);

        var (code, output, error) = Run("retry", "staging", "coralnet", "--heal", "--reason", "INC-1");

        (code, error).ShouldBe((0, ""));
        output.ShouldContain($"asked, as request 1: `watch`, process {Environment.ProcessId} on ");
        output.ShouldContain("`reconciler status staging`");
        var request = ledger.OpenRequests().ShouldHaveSingleItem();
        (request.Kind, request.Environment, request.Application, request.Arguments).ShouldBe(("retry", "staging", "coralnet", """{"heal":true,"reason":"INC-1"}"""));
        var status = Run("status", "staging").Output;
        status.ShouldStartWith($"at work: watch, process {Environment.ProcessId} on ");
        status.ShouldContain("request 1: retry staging coralnet, by ");
        using var json = System.Text.Json.JsonDocument.Parse(Run("retry", "staging", "-o", "json").Output);
        json.RootElement.GetProperty("request").GetInt64().ShouldBe(2);
    }

    [Fact]
    public void Where_nobody_is_at_work_retry_says_what_to_type_instead()
    {
        Ledger(LedgerHolder.Watch).Dispose();

        var (code, output, error) = Run("retry", "staging", "--heal");

        (code, output).ShouldBe((1, ""));
        error.ShouldContain("no watch runs");
        error.ShouldContain("`reconciler converge staging --heal`");
        Run("status").Output.ShouldStartWith("nobody is at work");
    }

    [Fact]
    public void While_a_converge_is_at_work_retry_says_to_wait_for_it()
    {
        using var ledger = Ledger("converge");

        var (code, _, error) = Run("retry", "staging");

        code.ShouldBe(1);
        error.ShouldContain($"but `converge`, process {Environment.ProcessId} on ");
        ledger.OpenRequests().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("there is no environment stagin; there are staging", "retry", "stagin")]
    [InlineData("there is no coral in staging; there are coralnet", "retry", "staging", "coral")]
    public void What_there_is_not_cannot_be_retried(string sentence, params string[] arguments)
    {
        using var ledger = Ledger(LedgerHolder.Watch);

        var (code, _, error) = Run(arguments);

        code.ShouldBe(64);
        error.ShouldContain(sentence);
    }

    [Fact]
    public void Converge_beside_a_watch_names_it_and_the_request_to_type()
    {
        using var ledger = Ledger(LedgerHolder.Watch);

        var (code, _, error) = Run("converge", "staging", "--heal", "--repository", "git@git.example:desired-state.git");

        code.ShouldBe(75);
        error.ShouldContain($"is held by `watch`, process {Environment.ProcessId} on ");
        error.ShouldContain("`reconciler retry staging --heal`");
    }

    [Theory]
    [InlineData("there is no environment stagin; there are staging", "drift", "stagin", "--last")]
    [InlineData("there is no server web9 in staging; there are web1", "drift", "staging", "web9", "--last")]
    [InlineData("there is no environment stagin; there are staging", "history", "stagin")]
    [InlineData("there is no application coral in staging; there are coralnet", "history", "staging", "coral")]
    [InlineData("-n 0: it must be a number from 1 to 1000", "history", "-n", "0")]
    [InlineData("there is no run 17: `reconciler history` lists those that there are", "describe", "run", "17")]
    [InlineData("there is no server web9; there are web1", "describe", "server", "web9")]
    [InlineData("there is no environment stagin; there are staging", "describe", "environment", "stagin")]
    [InlineData("there is no application coral; there are coralnet", "describe", "application", "coral")]
    [InlineData("'table'", "describe", "table", "x")]
    public void What_there_is_not_cannot_be_told(string sentence, params string[] arguments)
    {
        using var ledger = Ledger(LedgerHolder.Watch);
        ledger.SaveServersSeen("staging",
            [new("staging", "web1", "10.0.0.1", ["web"], TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow(), null)]);

        var (code, output, error) = Run(arguments);

        (code, output).ShouldBe((64, ""));
        error.ShouldContain(sentence);
    }

    [Theory]
    [InlineData("--for 2x: it must be a whole number and a unit: 30m, 2h, 7d", "suspend", "staging", "--reason", "INC-1", "--for", "2x")]
    [InlineData("--for 0h: ", "suspend", "staging", "--reason", "INC-1", "--for", "0h")]
    [InlineData("--reason must say why, in one line", "suspend", "staging", "--reason", " ")]
    [InlineData("'--reason'", "suspend", "staging")]
    [InlineData("there is no environment stagin; there are staging", "suspend", "stagin", "--reason", "INC-1")]
    [InlineData("there is no coral in staging; there are coralnet", "resume", "staging", "coral")]
    [InlineData("there is no coral in staging; there are coralnet", "hold", "staging", "coral", "--reason", "INC-1")]
    [InlineData("'--reason'", "hold", "staging", "coralnet")]
    public void What_cannot_be_suspended_or_held_is_refused_with_why(string sentence, params string[] arguments)
    {
        Ledger(LedgerHolder.Watch).Dispose();

        var (code, output, error) = Run(arguments);

        (code, output).ShouldBe((64, ""));
        error.ShouldContain(sentence);
    }

    [Fact]
    public void A_watch_at_work_is_asked_to_suspend_to_resume_and_to_hold()
    {
        using var ledger = Ledger(LedgerHolder.Watch);

        Run("suspend", "staging", "--reason", "INC-1", "--for", "2h")
            .Output.ShouldStartWith($"asked, as request 1: `watch`, process {Environment.ProcessId} on ");
        Run("resume", "staging").Code.ShouldBe(0);
        Run("hold", "staging", "coralnet", "--reason", "INC-2", "-o", "json").Output.ShouldContain("\"request\": 3");

        ledger.OpenRequests().Select(request => (request.Kind, request.Application))
            .ShouldBe([("suspend", null), ("resume", null), ("hold", "coralnet")]);
        ledger.OpenRequests()[2].Arguments.ShouldBe("""{"reason":"INC-2"}""");
        ledger.Suspensions("staging").ShouldBeEmpty();
    }

    [Fact]
    public void Where_nobody_is_at_work_it_is_suspended_at_once_and_status_names_the_command_that_lifts_it()
    {
        Ledger(LedgerHolder.Watch).Dispose();

        var suspended = Run("suspend", "staging", "coralnet", "--reason", "INC-1", "--for", "2h");
        var status = Run("status", "staging").Output;
        var lifted = Run("resume", "staging", "coralnet", "-o", "json");

        suspended.Code.ShouldBe(0);
        suspended.Output.ShouldStartWith("staging/coralnet is suspended until ");
        status.ShouldContain("Suspended");
        status.ShouldContain(": INC-1; `reconciler resume staging coralnet` lifts it\n");
        lifted.Output.ShouldContain("staging/coralnet is no longer suspended");
        Run("status", "staging").Output.ShouldNotContain("INC-1");
        Run("resume", "staging").ShouldSatisfyAllConditions(
            again => again.Code.ShouldBe(1),
            again => again.Error.ShouldBe("reconciler: all of staging is not suspended\n"));
    }

    [Fact]
    public void Where_no_run_is_under_way_there_is_none_to_hold_and_the_command_that_helps_is_named()
    {
        Ledger(LedgerHolder.Watch).Dispose();

        var (code, _, error) = Run("hold", "staging", "coralnet", "--reason", "INC-1");

        code.ShouldBe(1);
        error.ShouldContain("no run of coralnet in staging is under way: `reconciler suspend staging coralnet --reason TEXT`");
    }

    [Fact]
    public void While_a_converge_has_the_ledger_suspending_waits_for_it_and_a_hold_does_not()
    {
        using var ledger = Ledger("converge");

        Run("suspend", "staging", "--reason", "INC-1").ShouldSatisfyAllConditions(
            told => told.Code.ShouldBe(75),
            told => told.Error.ShouldContain("is held by `converge`, process "));
        Run("hold", "staging", "coralnet", "--reason", "INC-1").Code.ShouldBe(0);
        ledger.OpenRequests().ShouldHaveSingleItem().Kind.ShouldBe("hold");
    }

    /// <summary>A repository that declares a server with nothing on it.</summary>
    private string[] Repository()
    {
        string Document(string kind, string spec) =>
            $"apiVersion: reconciler/v1\nkind: {kind}\nmetadata: {{name: staging}}\nspec: {spec}\n";
        var repository = new ScratchRepository(_folder.In("desired"));
        repository.Commit("one server", ("staging/environment.yaml", Document("Environment", "{profile: staging}")),
            ("staging/servers.yaml", Document("Servers", "{web1: {address: 10.0.0.1, roles: [web]}}")));
        return ["--repository", repository.Folder, "--allow-local-repositories"];
    }

    [Theory]
    [InlineData("there is no environment nowhere; there are staging", "drift", "nowhere")]
    [InlineData("there is no server web9 in staging; there are web1", "drift", "staging", "web9")]
    [InlineData("there is no environment named nowhere; there are staging", "logs", "nowhere", "coralnet")]
    [InlineData("there is no application in staging named coralnet; there are ", "logs", "staging", "coralnet")]
    [InlineData("-n 0: it must be 1 or more", "logs", "staging", "coralnet", "-n", "0")]
    public void What_git_does_not_have_cannot_be_looked_at(string sentence, params string[] arguments)
    {
        var (code, output, error) = Run([.. arguments, .. Repository()]);

        (code, output).ShouldBe((64, ""));
        error.ShouldContain(sentence);
    }

    [Fact]
    public void Drift_looks_now_and_keeps_nothing_from_beginning()
    {
        var (code, output, error) = Run(["drift", "staging", "web1", "--detailed-exitcode", .. Repository()]);

        (code, error).ShouldBe((0, ""));
        output.ShouldStartWith("staging: no difference: the servers are as git says");
    }

    [Theory]
    [InlineData("drift", "--last")]
    [InlineData("history")]
    [InlineData("describe", "server", "web1")]
    public void Without_a_ledger_there_is_nothing_to_tell(params string[] arguments)
    {
        var (code, output, error) = Run(arguments);

        (code, output).ShouldBe((1, ""));
        error.ShouldStartWith("reconciler: There is no ledger ");
    }

    [Fact]
    public void Drift_of_the_last_look_is_told_beside_a_watch_with_its_exit_codes()
    {
        using var ledger = Ledger(LedgerHolder.Watch);
        var now = TimeProvider.System.GetUtcNow();
        ledger.SaveServersSeen("staging", [new("staging", "web1", "10.0.0.1", ["web"], now, now, null)]);
        var clean = Run("drift", "--last", "--detailed-exitcode");
        var status = StatusBuilder.FromJson(ledger.StatusOf("staging", "coralnet")!.Body)!;
        ledger.SaveStatus("staging", "coralnet", StatusBuilder.ToJson(status with
        {
            Differences = [new("web1", "coralnet/File/motd", "Change", "/etc/motd was edited by hand", "1", "2",
                null) { Cause = "corrective", Since = now, LastSynced = now }],
        }));

        var drifted = Run("drift", "staging", "--last");
        var detailed = Run("drift", "staging", "web1", "--last", "--detailed-exitcode", "-o", "json");

        (clean.Code, drifted.Code, detailed.Code).ShouldBe((0, 0, 2));
        clean.Output.ShouldStartWith("staging: no difference: the servers are as git says");
        drifted.Output.ShouldContain("  web1: /etc/motd was edited by hand\n");
        using var json = System.Text.Json.JsonDocument.Parse(detailed.Output);
        json.RootElement[0].GetProperty("differences")[0].GetProperty("cause").GetString().ShouldBe("corrective");
        ledger.SaveServersSeen("staging", [new("staging", "web1", "10.0.0.1", ["web"], now, now.AddHours(-1), "web1 did not answer")]);
        Run("drift", "staging", "--last").Code.ShouldBe(1);
    }

    [Fact]
    public void Runs_are_told_beside_a_watch_and_in_JSON()
    {
        using var ledger = Ledger(LedgerHolder.Watch);
        Run("history").Output.ShouldBe("no run yet\n");
        var run = ledger.BeginRun("staging", "coralnet", Revision, "digest", null, "git moved");

        var history = Run("history", "staging", "coralnet", "-n", "3");
        using var json = System.Text.Json.JsonDocument.Parse(Run("describe", "run", "1", "-o", "json").Output);

        history.Output.ShouldContain($"{run.Id}");
        history.Output.ShouldContain("; because git moved\n");
        json.RootElement.GetProperty("run").GetProperty("id").GetString().ShouldBe(run.Id);
        foreach (var (what, name) in new[] { ("run", run.Id), ("environment", "staging"), ("application", "coralnet") })
            Run("describe", what, name)
                .ShouldSatisfyAllConditions(told => told.Code.ShouldBe(0), told => told.Output.ShouldContain(run.Id));
    }

    /// <summary>Made up, and so a canary too: none of its lines may be repeated.</summary>
    private const string PrivateKey = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABCanary1\n-----END OPENSSH PRIVATE KEY-----\n";

    [Fact]
    public void A_private_key_named_by_mistake_is_never_quoted()
    {
        File.WriteAllText(_folder.In("controller-key"), PrivateKey);

        var (code, output, error) = Run("enroll", "web1", "--admin", "admin@127.0.0.1", "--public-key", "controller-key");

        (code, output).ShouldBe((64, ""));
        error.ShouldBe("reconciler: controller-key is a private key, not a public one: controller-key.pub is meant (ssh-keygen -y -f controller-key prints it)\n");
    }

    [Theory]
    [InlineData("")]
    [InlineData("canary")]
    [InlineData("canary\ncanary\n")]
    [InlineData("command=\"canary\" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEmPkdC1QyGBZJzfEz3sUdFzzCMzlgG1yOTrTuk3Jf3r canary\n")]
    [InlineData("ssh-ed25519 canary\n")]
    public void What_is_no_public_key_is_not_quoted_either(string text)
    {
        File.WriteAllText(_folder.In("key"), text);

        var (code, output, error) = Run("enroll", "web1", "--admin", "admin@127.0.0.1", "--public-key", "key");

        (code, output).ShouldBe((64, ""));
        error.ShouldBe("reconciler: key is not a public key: one line, TYPE BASE64 COMMENT, as ssh-keygen writes it into FILE.pub\n");
    }

    [Fact]
    public void A_private_key_in_the_place_of_a_host_key_is_not_quoted()
    {
        File.WriteAllText(_folder.In("key.pub"), "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEmPkdC1QyGBZJzfEz3sUdFzzCMzlgG1yOTrTuk3Jf3r me\n");

        var (code, output, error) = Run("enroll", "web1", "--admin", "admin@127.0.0.1", "--public-key", "key.pub", "--host-key",
            PrivateKey);

        (code, output).ShouldBe((64, ""));
        error.ShouldStartWith("reconciler: what --host-key was given ");
        error.ShouldContain("ssh_host_ed25519_key.pub");
        foreach (var line in PrivateKey.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            error.ShouldNotContain(line);
    }

    [Theory]
    [InlineData("--root", "/etc")]
    [InlineData("--root", "/srv/../etc/x")]
    [InlineData("--link", "cnhome")]
    public void A_folder_that_cannot_be_allowed_is_refused_before_anybody_logs_in(string option, string path)
    {
        File.WriteAllText(_folder.In("key.pub"), "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEmPkdC1QyGBZJzfEz3sUdFzzCMzlgG1yOTrTuk3Jf3r me\n");

        var (code, _, error) = Run("enroll", "web1", "--admin", "admin@127.0.0.1", "--public-key", "key.pub", option, path);

        code.ShouldBe(1);
        error.ShouldStartWith($"reconciler: {path} cannot be a ");
    }
}
