using System.Globalization;
using Reconciler.Cli.Doctor;
using Reconciler.Documents.Reading;
using Reconciler.Remote;
using Reconciler.Tests.Documents;

namespace Reconciler.Tests.Cli.Doctor;

public sealed class ServerReadingTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly ServerReading _reading = new("production/web1");

    private Finding ClockAt(double ahead, double took = 0) => _reading.Clock(
        [$"now {(Now.ToUnixTimeMilliseconds() / 1000.0 + took / 2 + ahead).ToString("F9", CultureInfo.InvariantCulture)}"], Now,
            TimeSpan.FromSeconds(took));

    [Fact]
    public void A_clock_that_is_off_is_warned_about_and_one_that_is_far_off_fails()
    {
        ClockAt(1).ShouldBe(Finding.Ok("production/web1 clock", "as this machine's"));
        // What the way took says nothing about the clock.
        ClockAt(8, took: 10).Level.ShouldBe(Level.Ok);
        ClockAt(30).ShouldBe(Finding.Warn("production/web1 clock", "30 s ahead of this machine's",
            "on the one that is wrong: timedatectl set-ntp true"));
        ClockAt(-4000).ShouldBe(Finding.Fail("production/web1 clock", "4000 s behind this machine's",
            "on the one that is wrong: timedatectl set-ntp true"));
        _reading.Clock(["now %s"], Now, TimeSpan.Zero).Level.ShouldBe(Level.Warn);
    }

    [Theory]
    [InlineData(2_000_000, nameof(Level.Ok))]
    [InlineData(900_000, nameof(Level.Warn))]
    [InlineData(50_000, nameof(Level.Fail))]
    public void The_fullest_disk_counts(long free, string level)
    {
        var finding = _reading.Disk(["disk /dev/sda1 9 9 8000000 50% /", $"disk /dev/sda2 9 9 {free} 50% /var"]);

        $"{finding.Level}".ShouldBe(level);
        finding.Message.ShouldContain($"{free / 1024} MiB are free on /var");
    }

    [Fact]
    public void What_df_says_that_is_not_understood_is_no_room() => _reading.Disk(["disk ?"]).Level.ShouldBe(Level.Warn);

    [Fact]
    public void Each_trouble_with_the_runner_has_its_sentence()
    {
        Finding Runner(string[] lines, RunnerHello? hello) => _reading.Runner(lines, hello, "ours", "reconciler enroll web1");

        Runner([], null).ShouldBe(Finding.Fail("production/web1 runner", "there is none: the server was not enrolled",
            "reconciler enroll web1"));
        Runner(["has runner"], null).Message.ShouldStartWith("sudo does not let the login start it");
        Runner(["has runner", "has rule"], null).Message.ShouldBe("it does not answer");
        Runner([], new(new string('0', 64), "ours", 1, "boot")).Message.ShouldStartWith("it is of another version (000000000000, ours is ");
        Runner([], new(RunnerFile.Version, "theirs", 1, "boot")).Message.ShouldBe("it obeys the ledger theirs, and ours is ours");
        Runner([], new(RunnerFile.Version, "ours", 1, "boot")).Level.ShouldBe(Level.Ok);
        Runner([], new(RunnerFile.Version, null, 0, "boot")).Message.ShouldEndWith("obeys no ledger yet");
    }

    [Fact]
    public void What_the_documents_need_is_there_or_comes_or_is_missing()
    {
        var production = DocumentReader.Read(Trees.Example, ReadOptions.Default).Environments["production"];

        var here = _reading.Needs(["has systemd", "has nginx", "has supervisorctl", "has python3"], production, "web1").ToList();
        here.Select(finding => (finding.Subject, finding.Level)).ShouldBe(
            [("production/web1 nginx", Level.Ok), ("production/web1 supervisorctl", Level.Ok), ("production/web1 python3", Level.Ok)]);

        var bare = Trees.Example.Without("production/host/packages.yaml")
            .With("base/host/packages.yaml", SmallTree.Envelope("base/host/packages.yaml") + "  rsync: {}\n");
        var without = DocumentReader.Read(bare, ReadOptions.Default);
        without.Diagnostics.ShouldBeEmpty();
        var missing = _reading.Needs(["has python3"], without.Environments["production"], "web1").ToList();
        missing.ShouldContain(Finding.Fail("production/web1 nginx", "it is not there, and no package of the desired state brings it",
            "declare nginx in host/packages.yaml, or there: apt-get install nginx"));
    }

    [Fact]
    public void The_question_is_answered_by_a_real_shell()
    {
        var lines = LocalShell(ServerReading.Script);

        _reading.Clock(lines, TimeProvider.System.GetUtcNow(), TimeSpan.Zero).Level.ShouldBe(Level.Ok);
        _reading.Disk(lines).Message.ShouldContain(" MiB are free on /");
        lines.ShouldContain("has python3");
    }

    private static string[] LocalShell(string script)
    {
        using var process = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("sh", ["-c", script]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0);
        return output.Split('\n');
    }
}
