using System.Diagnostics;
using Reconciler.Model;
using Reconciler.Resources.Code;

namespace Reconciler.Tests.Resources.Code;

public sealed class UserProcessesTests
{
    private static string Stat(long pid, long parent, long ticks, string name = "celery", string state = "S") =>
        $"process {pid} ({name}) {state} {parent} 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 {ticks} 0 0";

    private static IReadOnlyList<UserProcess> Read(params string[] lines) => UserProcesses.Read([.. lines, "uptime 1000"], [], now: 5000);

    [Fact]
    public void A_worker_started_by_hand_is_told_from_those_of_a_note_and_of_a_supervisor() =>
        Read("noted 10 500", "parent 7 supervisord", "parent 1 systemd",
            Stat(10, 1, 500), Stat(11, 10, 600), Stat(20, 7, 500), Stat(21, 20, 500), Stat(30, 1, 50000), Stat(31, 30, 60000),
            Stat(40, 1, 100, "supervisord")).ShouldBe([
                new(30, 1, 50000, DateTimeOffset.FromUnixTimeSeconds(4500), null),
                new(31, 30, 60000, DateTimeOffset.FromUnixTimeSeconds(4600), null)]);

    [Fact]
    public void One_with_the_number_of_a_noted_one_is_another() =>
        Read("noted 10 500", Stat(10, 1, 900)).ShouldHaveSingleItem().Pid.ShouldBe(10);

    [Fact]
    public void A_command_that_will_be_over_soon_and_one_that_is_over_are_left_aside() =>
        Read(Stat(30, 1, 98500), Stat(31, 1, 100, state: "Z"), "process junk", "process 3 (x").ShouldBeEmpty();

    /// <summary>While there is one, the next look may find more though nothing has changed: no trace would tell.</summary>
    [Fact]
    public void One_that_will_count_soon_is_told()
    {
        UserProcesses.AnyYoung([Stat(30, 1, 98500), "uptime 1000"], 5000).ShouldBeTrue();
        UserProcesses.AnyYoung([Stat(30, 1, 90000), "noted 10 98500", Stat(10, 1, 98500), "uptime 1000"], 5000).ShouldBeFalse();
        var spec = new CodeSpec("/srv/x", "x", "r", new string('a', 40), false);
        var facts = new CheckoutFacts(spec.Commit, [], [], [], 0, 5000);
        Traces? TracesOf(CheckoutFacts seen) => ((IResourceKind)new CodeKind()).Traces(
            new(new("web1", "x", "Code", "code"), spec, Place.Of("application.yaml")), new Observation.Found(seen));
        (TracesOf(facts) is null, TracesOf(facts with { HasYoung = true }) is null).ShouldBe((false, true));
    }

    [Fact]
    public void A_circle_of_parents_is_no_endless_one() => Read(Stat(30, 31, 100), Stat(31, 30, 100)).Count.ShouldBe(2);

    [Fact]
    public void What_was_told_of_a_process_stays_known()
    {
        var told = new UserProcessWords("/usr/bin/python3", "/srv/www/coralnet", "python manage.py rqworker");

        UserProcesses.Read([Stat(30, 1, 100), "uptime 1000"], [new(30, 1, 100, default, told)], 5000).ShouldHaveSingleItem()
            .Told.ShouldBe(told);
        UserProcesses.Read([Stat(30, 1, 101), "uptime 1000"], [new(30, 1, 100, default, told)], 5000).ShouldHaveSingleItem()
            .Told.ShouldBeNull();
    }

    [Fact]
    public void A_worker_started_anew_by_a_known_master_is_not_asked_about_and_the_child_of_a_shell_is()
    {
        var master = new UserProcess(30, 1, 100, default, new("/usr/bin/python3.11", "/srv/www/coralnet", "celery"));
        var shell = new UserProcess(40, 1, 100, default, new("/usr/bin/bash", "/srv/www/coralnet", "-bash"));

        var seen = UserProcesses.Read([Stat(30, 1, 100), Stat(31, 30, 900), Stat(40, 1, 100), Stat(41, 40, 900), "uptime 1000"], [master,
            shell], 5000);

        seen.Where(process => !process.IsKnown).Select(process => process.Pid).ShouldBe([41]);
    }

    [Fact]
    public void A_real_process_is_listed_and_tells_its_program_folder_and_words()
    {
        using var process = Process.Start(new ProcessStartInfo("sleep", ["600"]) { WorkingDirectory = "/tmp" })!;
        try
        {
            var lines = Sh.Run(UserProcesses.Script(Environment.UserName)).Output.Split('\n')
                .Select(line => line.StartsWith("uptime ", StringComparison.Ordinal) ? $"uptime {long.Parse(line[7..]) + 60}" : line)
                    .ToList();
            var found = UserProcesses.Read(lines, [], 5000).Where(each => each.Pid == process.Id).ToList();

            var told = UserProcesses.Told(Sh.Run(UserProcesses.Ask(found)).Good.Split('\n'), found).ShouldHaveSingleItem()
                .Told.ShouldNotBeNull();

            Path.GetFileName(told.Program).ShouldNotBeEmpty();
            (told.Folder, told.Command).ShouldBe(("/tmp", "sleep 600"));
            UserProcesses.Ask(UserProcesses.Told([], found)).ShouldBeEmpty();
        }
        finally
        {
            process.Kill();
        }
    }

    [Theory]
    [InlineData("celery -A config worker", "celery -A config worker")]
    [InlineData("celery -b amqp://coral:canary-1@db1/x worker", "celery -b amqp://coral:***@db1/x worker")]
    [InlineData("x --password=canary-1 y", "x --password=*** y")]
    [InlineData("x --db-password canary-1 y", "x --db-password *** y")]
    [InlineData("SECRET_KEY=canary-1 python", "SECRET_KEY=*** python")]
    [InlineData("a\u001b[31m", "a\uFFFD[31m")]
    public void What_looks_like_a_password_is_left_out(string command, string shown) => CommandWords.Shown(command).ShouldBe(shown);
}
