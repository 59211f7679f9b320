using Reconciler.Model;
using Reconciler.Resources.Service;

namespace Reconciler.Tests.Resources.Service;

public class StepsTests
{
    private static readonly IResourceKind Kind = new ServiceKind();

    /// <summary>Compares, then asks for steps; one line each: phase, rank, summary, verb.</summary>
    private static string[] Plan(ServiceSpec spec, ServiceFacts facts, ReadMarkers? now = null, bool restart = false) =>
        [.. Steps(spec, facts, now, restart).Select(step => $"{step.Phase} {step.Rank} {step.Summary} [{step.Request?.Verb}]")];

    private static List<Step> Steps(
        ServiceSpec spec, ServiceFacts facts, ReadMarkers? now = null, bool restart = false, bool covered = false, bool uncovers = false, bool asked = false)
    {
        var resource = Given.Resource(spec, [.. now?.Observed.Keys ?? []]);
        var observation = new Observation.Found(facts);
        var differences = Kind.Compare(resource, observation, now ?? ReadMarkers.None).ToList();
        var markers = now?.Observed.Select(entry => KeyValuePair.Create(entry.Key.MarkerKey, entry.Value!)).ToList() ?? [];
        return [.. Kind.Steps(resource, observation, new Change(differences, restart, markers) { Cover = covered, Uncovers = uncovers, PagesAreAsked = asked })];
    }

    [Fact]
    public void Nothing_is_done_about_a_service_that_is_as_git_says() => Plan(Given.Gunicorn, Given.Running(Given.Gunicorn)).ShouldBeEmpty();

    [Fact]
    public void One_that_crashed_is_only_started()
    {
        Plan(Given.Gunicorn, Given.Down(Given.Gunicorn)).ShouldBe(["Start 0 start gunicorn [start]", "Start 10 see that gunicorn stays up []"]);
        Steps(Given.Gunicorn, Given.Down(Given.Gunicorn)).ShouldNotContain(step => step.TakesSiteDown);
    }

    [Fact]
    public void What_it_reads_changes_so_it_stops_before_and_starts_after()
    {
        Plan(Given.Gunicorn, Given.Running(Given.Gunicorn), restart: true)
            .ShouldBe(["Stop 0 stop gunicorn [supervisor]", "Start 0 start gunicorn [start]", "Start 10 see that gunicorn stays up []"]);
        Plan(Given.Worker, Given.Running(Given.Worker), restart: true)
            .ShouldBe(["Stop 1 stop celeryworker [supervisor]", "Start 1 start celeryworker [start]", "Start 10 see that celeryworker stays up []"]);
        Plan(Given.Beat, Given.Running(Given.Beat), restart: true)
            .ShouldBe(["Stop 2 stop celerybeat [unit]", "Start 2 start celerybeat [start]", "Start 10 see that celerybeat stays up []"]);
    }

    [Fact]
    public void Users_wait_only_for_a_web_service_of_which_no_page_is_asked_to_stay_up()
    {
        static string StaysUp(ServiceSpec spec, bool uncovers, bool asked) =>
            Steps(spec, Given.Running(spec), restart: true, covered: true, uncovers: uncovers, asked: asked)[^1] is var last ? $"{last.Phase} {last.Rank} {last.Summary} {last.TakesSiteDown}" : "";

        StaysUp(Given.Gunicorn, uncovers: true, asked: true).ShouldBe("Uncover 20 see that gunicorn stays up True");
        StaysUp(Given.Gunicorn, uncovers: true, asked: false).ShouldBe("Start 10 see that gunicorn stays up False");
        StaysUp(Given.Gunicorn, uncovers: false, asked: true).ShouldBe("Start 10 see that gunicorn stays up False");
        StaysUp(Given.Worker, uncovers: true, asked: false).ShouldBe("Uncover 20 see that celeryworker stays up False");
        StaysUp(Given.Worker, uncovers: false, asked: false).ShouldBe("Start 10 see that celeryworker stays up False");
    }

    [Fact]
    public void Behind_the_page_web_is_stopped_once_it_has_answered_what_was_asked_before()
    {
        Steps(Given.Gunicorn, Given.Running(Given.Gunicorn), restart: true, covered: true)[0].Lead.ShouldBe(Draining.Script(8000));
        Steps(Given.Gunicorn, Given.Running(Given.Gunicorn), restart: true)[0].Lead.ShouldBeNull();
        Steps(Given.Worker, Given.Running(Given.Worker), restart: true, covered: true)[0].Lead.ShouldBeNull();
    }

    [Fact]
    public void A_program_that_the_systems_supervisor_has_anyway_is_asked_for_by_its_own_name_and_not_defined()
    {
        var spec = Given.Gunicorn with { Manager = new ServiceManager.ExistingProgram("site_web") };

        var steps = Steps(spec, Given.Running(spec), restart: true);

        steps.Select(step => step.Summary).ShouldBe(["stop gunicorn", "start gunicorn", "see that gunicorn stays up"]);
        steps[0].Request!.Arguments.ShouldBe(["-", "-", "stop", "site_web", "coralnet-gunicorn"]);
        steps[1].Request!.Arguments.Take(6).ShouldBe(["coralnet-gunicorn", "4", "supervisor", "-", "-", "site_web"]);
        spec.BootUnit.ShouldBe("supervisor.service");
    }

    [Fact]
    public void A_worker_is_not_told_to_end_while_it_begins_and_web_at_once()
    {
        Word(Given.Worker).ShouldBe("end");
        Word(Given.Gunicorn).ShouldBe("stop");

        static string Word(ServiceSpec spec) => Steps(spec, Given.Running(spec), restart: true)[0].Request!.Arguments[2];
    }

    [Fact]
    public void One_that_is_down_while_others_change_what_it_reads_is_not_stopped() =>
        Plan(Given.Worker, Given.Down(Given.Worker), restart: true)
            .ShouldBe(["Start 1 start celeryworker [start]", "Start 10 see that celeryworker stays up []"]);

    [Fact]
    public void One_that_is_started_again_and_again_is_stopped_first() =>
        Plan(Given.Worker, Given.Down(Given.Worker, ServiceState.Starting), restart: true)[0].ShouldBe("Stop 1 stop celeryworker [supervisor]");

    [Fact]
    public void Old_code_leads_to_a_restart_that_notes_the_new()
    {
        var steps = Steps(Given.Gunicorn, Given.Running(Given.Gunicorn, (Given.Code, Given.OldCommit)), Given.Now((Given.Code, Given.NewCommit)));
        steps.Select(step => step.Phase).ShouldBe([Phase.Stop, Phase.Start, Phase.Start]);
        steps[0].TakesSiteDown.ShouldBeTrue();
        steps[0].Because.ShouldBe("gunicorn runs code 3f9d1c07a1e0, but 7ab20000a1e0 is there (restart needed)");
        steps[1].Request!.Arguments.ShouldBe(
            ["coralnet-gunicorn", "4", "supervisor", "-", "-", "coralnet-gunicorn", "coralnet/Code/coralnet", Given.NewCommit]);
        steps[1].SkipWhenProven.ShouldBeFalse();
    }

    [Fact]
    public void A_changed_definition_is_written_between_stop_and_start() =>
        Plan(Given.Gunicorn, Given.Running(Given.Gunicorn) with { Definition = DefinitionState.Outdated }).ShouldBe([
            "Stop 0 stop gunicorn [supervisor]",
            "Start 0 write /etc/supervisor/conf.d/coralnet-gunicorn.conf [place]",
            "Start 0 start gunicorn [start]",
            "Start 10 see that gunicorn stays up []"]);

    [Fact]
    public void A_new_unit_is_written_enabled_and_started() =>
        Plan(Given.Beat, Given.Down(Given.Beat, ServiceState.Absent) with { Definition = DefinitionState.Missing, Enabled = null }).ShouldBe([
            "Start 2 write /etc/systemd/system/coralnet-celerybeat.service [place]",
            "Start 2 enable unit coralnet-celerybeat.service [unit]",
            "Start 2 start celerybeat [start]",
            "Start 10 see that celerybeat stays up []"]);

    [Fact]
    public void A_disabled_unit_that_runs_is_enabled_and_not_touched_otherwise()
    {
        Plan(Given.Beat, Given.Running(Given.Beat) with { Enabled = false }).ShouldBe(["Start 2 enable unit coralnet-celerybeat.service [unit]"]);
        Plan(Given.Nginx, Given.Running(Given.Nginx) with { Enabled = false }).ShouldBe([$"Prepare {Ranks.Backing} enable unit nginx.service [unit]"]);
    }

    [Fact]
    public void A_backing_service_is_started_in_Prepare_and_reloaded_after_its_certificate_changed()
    {
        Plan(Given.Nginx, Given.Down(Given.Nginx)).ShouldBe([$"Prepare {Ranks.Backing} start nginx [start]"]);
        Plan(Given.Nginx, Given.Running(Given.Nginx), restart: true).ShouldBe(["Start -10 reload nginx [reload]"]);
    }

    [Fact]
    public void A_process_that_nobody_supervises_is_sent_its_signal_and_stays_down()
    {
        var stop = Steps(Given.Indexer, Given.Running(Given.Indexer), restart: true).Single();
        stop.Request!.ShouldSatisfyAllConditions(
            request => request.Verb.ShouldBe("signal"),
            request => request.Arguments.ShouldBe(["jane", "manage.py runindexer", "HUP"]));
        stop.Because.ShouldEndWith("git has no command to start it again");
    }

    [Fact]
    public void The_applications_own_supervisor_is_started_where_none_answers() =>
        Steps(Given.Worker, Given.Down(Given.Worker, ServiceState.Absent))[0].Request!.Payload.OfType<PayloadPart.Text>().Single().Value.ShouldBe(
            """
            cd /srv/www/coralnet/project || exit 1
            export PATH=/srv/www/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
            export HOME=/home/coralnet
            export USER=coralnet
            export LOGNAME=coralnet
            export DJANGO_SETTINGS_MODULE=config.settings.production
            export LANG=C.UTF-8
            exec setsid -f /usr/bin/env supervisord -c /cnhome/config/supervisor.conf </dev/null >/dev/null 2>&1

            """);

    [Fact]
    public void The_time_to_stop_is_the_services_own() =>
        Steps(Given.Worker, Given.Running(Given.Worker), restart: true)[0].Deadline.ShouldBeGreaterThan(TimeSpan.FromMinutes(10));

    [Fact]
    public void A_retired_service_is_stopped_and_its_definition_removed()
    {
        var retired = Given.Gunicorn with { Retired = true };
        Plan(retired, Given.Running(retired)).ShouldBe([
            "Stop 0 stop gunicorn [supervisor]",
            "Tidy 0 remove /etc/supervisor/conf.d/coralnet-gunicorn.conf [remove]",
            "Tidy 0 have supervisor forget coralnet-gunicorn [supervisor]"]);
    }
}
