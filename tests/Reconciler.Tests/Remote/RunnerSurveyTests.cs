using Reconciler.Model;
using Reconciler.Tests.Resources;
using Reconciler.Turns.Surveys;

namespace Reconciler.Tests.Remote;

/// <summary>What the runner reads for a survey, with crontabs and users of the test's own; it changes nothing, and lets no secret
/// go.</summary>
public sealed class RunnerSurveyTests : IDisposable
{
    private readonly RunnerSandbox _runner = new();

    public RunnerSurveyTests()
    {
        foreach (var folder in new[] { "cron.d", "crontabs", "home/.ssh", "home2/.ssh", "started" })
            Directory.CreateDirectory($"{_runner.Root}/{folder}");
        File.WriteAllText($"{_runner.Root}/passwd",
            $"ada:x:1000:1000::{_runner.Root}/home:/bin/sh\ndaemon:x:900:900::{_runner.Root}/home2:/bin/sh\nnone:x:1001:1001::/nonexistent:/bin/sh\n");
        File.AppendAllText($"{_runner.Root}/conf", "login daemon\n");
        File.WriteAllText(_runner.Runner, File.ReadAllText(_runner.Runner).Replace("getent passwd |", $"cat {_runner.Root}/passwd |")
            .Replace("/etc/cron.d/", $"{_runner.Root}/cron.d/").Replace("/var/spool/cron/crontabs/", $"{_runner.Root}/crontabs/")
            .Replace("/etc/crontab ", $"{_runner.Root}/crontab ").Replace("/var/lib/dpkg/status", $"{_runner.Root}/dpkg")
            .Replace("$(sshd -T 2>/dev/null |", "$(true |"));
    }

    public void Dispose() => _runner.Dispose();

    private Task<string> SurveyAsync() => _runner.ReadAsync(RunnerRequest.Survey(DateTimeOffset.FromUnixTimeSeconds(1700000000)));

    [Fact]
    public async Task Keys_are_told_by_their_fingerprints_and_our_logins_own_are_not()
    {
        var key = $"{_runner.Root}/key";
        Sh.Run($"ssh-keygen -q -t ed25519 -N '' -C 'ada@laptop' -f {key}").Code.ShouldBe(0);
        var line = File.ReadAllText($"{key}.pub");
        File.WriteAllText($"{_runner.Root}/home/.ssh/authorized_keys", $"# mine\nrestrict,command=\"echo hunter2\" {line}no key\n");
        File.WriteAllText($"{_runner.Root}/home2/.ssh/authorized_keys", line);
        var before = Sh.Traces($"{_runner.Root}/home");

        var output = await SurveyAsync();

        var read = SurveyReading.Read(output);
        var seen = read.Keys.ShouldHaveSingleItem();
        (seen.User, seen.Type, seen.Comment, seen.File).ShouldBe(("ada", "ED25519", "ada@laptop",
            $"{_runner.Root}/home/.ssh/authorized_keys"));
        Sh.Run($"ssh-keygen -l -f {key}.pub").Good.ShouldContain(seen.Fingerprint);
        output.ShouldNotContain(line.Split(' ')[1]);
        output.ShouldNotContain("hunter2");
        output.ShouldEndWith("surveyed\n");
        Sh.Traces($"{_runner.Root}/home").ShouldBe(before);
    }

    [Fact]
    public async Task Cron_jobs_are_told_but_those_that_are_as_their_package_ships_them()
    {
        File.WriteAllText($"{_runner.Root}/cron.d/shipped", "1 * * * * root shipped\n");
        File.WriteAllText($"{_runner.Root}/cron.d/edited", "2 * * * * root edited\n");
        File.WriteAllText($"{_runner.Root}/cron.d/no.cron", "3 * * * * root never-read\n");
        File.WriteAllText($"{_runner.Root}/crontabs/ada", "# comment\n\n4 * * * * /bin/own --password=hunter2\n");
        var sum = Sh.Run($"md5sum <{_runner.Root}/cron.d/shipped").Good.Split(' ')[0];
        File.WriteAllText($"{_runner.Root}/dpkg",
            $"Conffiles:\n {_runner.Root}/cron.d/shipped {sum}\n {_runner.Root}/cron.d/edited {sum}\n");

        var output = await SurveyAsync();

        output.ShouldContain($"{_runner.Root}/cron.d/edited\ncron 1:2 * * * * root edited\n");
        output.ShouldContain($"{_runner.Root}/crontabs/ada\ncron 3:4 * * * * /bin/own --password=...\n");
        output.ShouldNotContain("shipped");
        output.ShouldNotContain("never-read");
    }

    [Theory]
    [InlineData("PASSWORD=hunter2 run")]
    [InlineData("PASSWORD=\"hunter2 hunter2\" run")]
    [InlineData("PASSWORD='hunter2 hunter2' run")]
    [InlineData("run --db-password hunter2")]
    [InlineData("run --token=hunter2 x")]
    [InlineData("curl -d '{\"secret\": \"hunter2\"}' x")]
    [InlineData("curl -u ada:hunter2 x")]
    [InlineData("curl --user=ada:hunter2 x")]
    [InlineData("curl -H \"Authorization: Bearer hunter2\" x")]
    [InlineData("mysql -phunter2 x")]
    [InlineData("redis-cli -h x -a hunter2 ping")]
    [InlineData("pg_dump postgresql://ada:hunter2@db/x")]
    [InlineData("curl https://hunter2@db/x")]
    [InlineData("export AWS_SECRET_ACCESS_KEY=hunter2; x")]
    public async Task No_command_leaves_with_what_looks_like_a_secret(string command)
    {
        File.WriteAllText($"{_runner.Root}/crontabs/ada", $"4 * * * * {command}\n");

        var output = await SurveyAsync();

        output.ShouldContain("cron 1:4 * * * * ");
        output.ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task A_files_name_cannot_say_more_than_a_name()
    {
        File.WriteAllText($"{_runner.Root}/crontabs/x\nport 0.0.0.0:1 root - no forged", "4 * * * * x\n");

        var read = SurveyReading.Read(await SurveyAsync());

        read.Ports.ShouldNotContain(port => port.Port == 1);
        read.CronJobs.ShouldBeEmpty();
    }

    [Fact]
    public async Task It_wants_one_time()
    {
        (await _runner.ReadAsync(new("survey", []))).ShouldContain("runner: 64");
        (await _runner.ReadAsync(new("survey", ["@1;id"]))).ShouldContain("runner: 64");
        (await _runner.ReadAsync(new("survey", ["1", "2"]))).ShouldContain("runner: 64");
    }

    [Fact]
    public void The_rest_is_read_by_the_shell_alone()
    {
        var outcome = Sh.Run(SurveyScript.Probe(DateTimeOffset.UnixEpoch).Script);

        outcome.Good.ShouldEndWith("looked\n");
        outcome.Error.ShouldBeEmpty();
    }
}
