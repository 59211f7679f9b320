using Reconciler.Model;
using Reconciler.Resources.Service;

namespace Reconciler.Tests.Resources.Service;

public class DifferencesTests
{
    private static readonly IResourceKind Kind = new ServiceKind();

    private static string[] Sentences(ServiceSpec spec, ServiceFacts facts, ReadMarkers? now = null) =>
        [.. Kind.Compare(Given.Resource(spec, [.. now?.Observed.Keys ?? []]), new Observation.Found(facts), now ?? ReadMarkers.None).Select(difference => difference.Sentence)];

    [Fact]
    public void A_service_that_runs_and_has_read_what_is_there_does_not_differ() =>
        Sentences(Given.Gunicorn, Given.Running(Given.Gunicorn, (Given.Code, Given.OldCommit)), Given.Now((Given.Code, Given.OldCommit))).ShouldBeEmpty();

    [Theory]
    [InlineData(nameof(ServiceState.Absent), "gunicorn (supervisor's coralnet-gunicorn) is not running")]
    [InlineData(nameof(ServiceState.Stopped), "gunicorn (supervisor's coralnet-gunicorn) is not running")]
    [InlineData(nameof(ServiceState.Failed), "gunicorn (supervisor's coralnet-gunicorn) is not running: its supervisor has given up starting it")]
    [InlineData(nameof(ServiceState.Starting), "gunicorn (supervisor's coralnet-gunicorn) is not running: it ends as soon as it is started")]
    public void One_that_is_down_says_so(string state, string sentence) =>
        Sentences(Given.Gunicorn, Given.Down(Given.Gunicorn, Enum.Parse<ServiceState>(state)), Given.Now((Given.Code, Given.NewCommit))).ShouldBe([sentence]);

    [Fact]
    public void One_that_a_reboot_took_away_says_so() =>
        Sentences(Given.Gunicorn, Given.Down(Given.Gunicorn) with { Rebooted = true }).ShouldBe(
            ["gunicorn (supervisor's coralnet-gunicorn) is not running: the server was rebooted, and it did not come back"]);

    [Fact]
    public void One_that_its_supervisor_has_just_started_is_given_time()
    {
        var young = Given.Running(Given.Gunicorn) with { State = ServiceState.Starting };

        Sentences(Given.Gunicorn, young).ShouldBeEmpty();
        young.Ailment.ShouldNotBeNull();
    }

    [Fact]
    public void What_would_keep_it_from_starting_is_said() =>
        Sentences(Given.Gunicorn, Given.Down(Given.Gunicorn) with { Listening = true }).ShouldBe(["gunicorn (supervisor's coralnet-gunicorn) is not running, but something else listens on its port 8000"]);

    [Theory]
    [InlineData(nameof(DefinitionState.Missing), "gunicorn (supervisor's coralnet-gunicorn) is not defined on this server yet")]
    [InlineData(nameof(DefinitionState.Outdated), "git defines gunicorn (supervisor's coralnet-gunicorn) otherwise than this server has it: its command, folder, variables or time to stop (restart needed)")]
    [InlineData(nameof(DefinitionState.Edited), "the definition of gunicorn (supervisor's coralnet-gunicorn) was edited by hand")]
    public void Its_definition_is_compared(string state, string sentence) =>
        Sentences(Given.Gunicorn, Given.Running(Given.Gunicorn) with { Definition = Enum.Parse<DefinitionState>(state) }).ShouldBe([sentence]);

    [Fact]
    public void Old_code_in_a_running_process_is_a_difference() =>
        Sentences(Given.Gunicorn, Given.Running(Given.Gunicorn, (Given.Code, Given.OldCommit), (Given.Settings, "k1")), Given.Now((Given.Code, Given.NewCommit), (Given.Settings, "k2")))
            .ShouldBe([
                "gunicorn runs code 3f9d1c07a1e0, but 7ab20000a1e0 is there (restart needed)",
                "gunicorn has read secrets file settings as of before the last change (restart needed)"]);

    [Fact]
    public void After_a_crash_the_note_holds_while_nothing_has_changed_since()
    {
        var restarted = Given.Restarted(Given.Gunicorn, (Given.Code, Given.OldCommit));
        Sentences(Given.Gunicorn, restarted, Given.Now((Given.Code, Given.OldCommit))).ShouldBeEmpty();
        Sentences(Given.Gunicorn, restarted, Given.Now((Given.Code, Given.NewCommit)))
            .ShouldBe(["gunicorn was restarted by its supervisor, and code changed before or after that (restart needed)"]);
    }

    [Fact]
    public void What_nobody_noted_is_not_known() =>
        Sentences(Given.Gunicorn, Given.Running(Given.Gunicorn) with { Note = null }, Given.Now((Given.Code, Given.OldCommit), (Given.Settings, "k1")))
            .ShouldBe(["gunicorn was not started by reconciler, so whether it has read the present code cannot be told: converge lets it read it (restart needed)"]);

    [Fact]
    public void What_it_reads_is_not_judged_when_it_could_not_be_seen() =>
        Sentences(Given.Gunicorn, Given.Running(Given.Gunicorn, (Given.Code, Given.OldCommit)), Given.Now((Given.Code, null))).ShouldBeEmpty();

    [Fact]
    public void A_disabled_unit_is_a_difference_though_it_runs()
    {
        Sentences(Given.Nginx, Given.Running(Given.Nginx) with { Enabled = false }).ShouldBe(["nginx would not come back after a reboot: unit nginx.service is disabled"]);
        Sentences(Given.Gunicorn, Given.Running(Given.Gunicorn) with { Enabled = false })
            .ShouldBe(["gunicorn would not come back after a reboot: unit supervisor.service is disabled"]);
    }

    [Fact]
    public void One_whose_supervisor_was_killed_is_told_apart() =>
        Sentences(Given.Gunicorn, Given.Running(Given.Gunicorn) with { Orphaned = true })
            .ShouldBe(["gunicorn (supervisor's coralnet-gunicorn) runs, but its supervisor has gone: nobody would start it again (restart needed)"]);

    [Fact]
    public void It_hangs_on_its_processes_on_who_would_start_them_again_and_on_what_systemd_starts()
    {
        Traces? TracesOf(ServiceSpec spec, ServiceFacts facts) => Kind.Traces(Given.Resource(spec), new Observation.Found(facts));
        var running = Given.Running(Given.Gunicorn) with { Parents = [7] };

        var traces = TracesOf(Given.Gunicorn, running).ShouldNotBeNull();
        traces.Processes.ShouldBe([.. running.Processes.Select(process => process.Pid), 7]);
        traces.Ports.ShouldBe([Given.Gunicorn.Port!.Value]);
        traces.Paths.ShouldContain("/etc/supervisor/conf.d/coralnet-gunicorn.conf");
        traces.Trees.ShouldBe(["/etc/supervisor/conf.d"]);
        traces.Folders.ShouldBe(["/etc/systemd/system"]);
        // Nothing of it lives by which it could be told: a unit that only starts others, and one that was stopped and may be started by anybody.
        TracesOf(Given.Nginx, Given.Running(Given.Nginx) with { Processes = [] }).ShouldBeNull();
        TracesOf(Given.Gunicorn, Given.Down(Given.Gunicorn)).ShouldBeNull();
    }

    [Fact]
    public void A_process_without_a_command_is_left_to_a_person() =>
        Kind.Compare(Given.Resource(Given.Indexer), new Observation.Found(Given.Down(Given.Indexer)), ReadMarkers.None).Single().Refusal
            .ShouldBe("git has no command that starts indexer: start it by hand, or give it a command in services.yaml");

    [Fact]
    public void A_retired_service_should_be_stopped_and_stay_so_after_a_reboot()
    {
        var retired = Given.Gunicorn with { Retired = true };
        Sentences(retired, Given.Running(retired)).ShouldBe([
            "gunicorn is running, and git says that it is retired",
            "gunicorn is retired, but supervisor would start it at the next boot"]);
        Sentences(retired, Given.Down(retired, ServiceState.Absent) with { Definition = DefinitionState.Missing }).ShouldBeEmpty();
    }

    [Fact]
    public void A_retired_backing_service_is_left_alone() =>
        Sentences(Given.Nginx with { Retired = true }, Given.Running(Given.Nginx)).ShouldBeEmpty();

    [Theory]
    [InlineData("gunicorn 'config")]
    [InlineData("gunicorn\nrm -rf /")]
    [InlineData("")]
    public void A_command_that_no_definition_can_hold_is_refused(string command) =>
        Kind.Compare(Given.Resource(Given.Gunicorn with { Manager = new ServiceManager.BareProcess("x", "TERM", "coralnet", Given.Launch(command)) }),
            new Observation.Found(Given.Running(Given.Indexer)), ReadMarkers.None).Single().Refusal.ShouldNotBeNull();

    [Fact]
    public void Health_is_apart_from_sync()
    {
        Given.Running(Given.Gunicorn).Ailment.ShouldBeNull();
        (Given.Running(Given.Gunicorn) with { Listening = false }).Ailment.ShouldBe("gunicorn runs, but nothing listens on its port");
        Given.Down(Given.Gunicorn).Ailment.ShouldBe("gunicorn is not running");
        (Given.Down(Given.Gunicorn) with { Wanted = false }).Ailment.ShouldBeNull();
    }
}
