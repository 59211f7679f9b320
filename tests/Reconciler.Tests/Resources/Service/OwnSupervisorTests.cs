using Reconciler.Model;
using Reconciler.Resources.Service;

namespace Reconciler.Tests.Resources.Service;

/// <summary>The application's own supervisor.conf: one file on all servers, in a unit of ours on each.</summary>
public class OwnSupervisorTests
{
    private const string Unit = "/etc/systemd/system/coralnet-supervisord.service";

    private static readonly IResourceKind Kind = new ServiceKind();

    private static ServiceManager.DeclaredProgram Own => (ServiceManager.DeclaredProgram)Given.Worker.Manager;

    private static ServiceSpec Follower => Given.Worker with { Service = "second", Manager = Own with { Program = "second", Leads = false } };

    /// <summary>As git places it on another server.</summary>
    private static ServiceSpec Stray => Given.Worker with { Retired = true, Elsewhere = ["worker1"] };

    private static List<Difference> Differences(ServiceSpec spec, ServiceFacts facts) =>
        [.. Kind.Compare(Given.Resource(spec), new Observation.Found(facts), ReadMarkers.None)];

    private static List<Step> Steps(ServiceSpec spec, ServiceFacts facts) =>
        [.. Kind.Steps(Given.Resource(spec), new Observation.Found(facts), new Change(Differences(spec, facts), false, []))];

    private static string[] Plan(ServiceSpec spec, ServiceFacts facts) => [.. Steps(spec, facts).Select(step => $"{step.Phase} {step.Rank} {step.Summary} [{step.Request?.Verb}]")];

    private static string Text(ServiceManager manager) => Definition.Of(Given.Worker with { Manager = manager })!.Text;

    [Fact]
    public void Its_unit_has_the_applications_variables_and_stops_what_git_places_elsewhere() =>
        Text(Own with { KeptStopped = ["beat", "odd:one"], StopTimeout = TimeSpan.FromMinutes(10) }).ShouldBe(
            """
            # Written by reconciler from services.yaml and application.yaml: an edit here is reported and replaced.
            [Unit]
            Description=supervisord of coralnet
            # Its programs give up after some tries: not before what they need has had its turn.
            After=network.target postgresql.service redis-server.service
            StartLimitIntervalSec=0

            [Service]
            Type=exec
            User=coralnet
            WorkingDirectory=/srv/www/coralnet/project
            Environment=PATH=/srv/www/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
            Environment=HOME=/home/coralnet
            Environment=USER=coralnet
            Environment=LOGNAME=coralnet
            Environment=DJANGO_SETTINGS_MODULE=config.settings.production
            Environment=LANG=C.UTF-8
            ExecStart=/usr/bin/env supervisord -c /cnhome/config/supervisor.conf -n
            # git places these on other servers.
            ExecStartPost=-/usr/bin/env timeout 60 sh -c "until supervisorctl -c /cnhome/config/supervisor.conf pid >/dev/null 2>&1; do sleep 0.1; done; supervisorctl -c /cnhome/config/supervisor.conf stop 'beat:*' odd:one"
            Restart=always
            RestartSec=2
            TimeoutStopSec=630
            # TERM to supervisord alone: it stops each program in its own way. What is left when it has gone is killed.
            KillMode=mixed

            [Install]
            WantedBy=multi-user.target

            """);

    [Fact]
    public void Where_every_program_belongs_nothing_is_stopped() => Text(Own).ShouldNotContain("ExecStartPost");

    [Fact]
    public void A_changed_variable_is_a_difference_that_restarts_it()
    {
        var facts = Given.Running(Given.Worker) with { Definition = DefinitionState.Outdated };
        Text(Own with { Supervisor = Own.Supervisor with { Environment = [new("LANG", "de_DE.UTF-8")] } }).ShouldNotBe(Text(Own));
        Differences(Given.Worker, facts).Single().Sentence
            .ShouldBe("the supervisord of celeryworker has other variables than git says, or other programs that it should leave stopped (restart needed)");
        Plan(Given.Worker, facts).ShouldBe([
            "Stop 1 stop celeryworker [supervisor]",
            $"Start 1 write {Unit} [place]",
            "Start 1 start celeryworker [start]",
            "Start 10 see that celeryworker stays up []"]);
    }

    [Fact]
    public void One_started_without_a_unit_is_stopped_and_started_in_it()
    {
        var facts = Given.Running(Given.Worker) with { Definition = DefinitionState.Missing, Enabled = null };
        Differences(Given.Worker, facts).Single().Sentence.ShouldBe("the supervisord of celeryworker is not started at boot: it has no unit yet");
        Plan(Given.Worker, facts).ShouldBe([
            "Stop 1 stop celeryworker [supervisor]",
            $"Start 1 write {Unit} [place]",
            "Start 1 enable unit coralnet-supervisord.service [unit]",
            "Start 1 start celeryworker [start]",
            "Start 10 see that celeryworker stays up []"]);
        Steps(Given.Worker, facts)[3].Request!.Arguments.ShouldBe(
            ["coralnet-celeryworker", "5", "supervisor", "/cnhome/config/supervisor.conf", "coralnet", "celeryworker", "coralnet-supervisord.service"]);
    }

    [Fact]
    public void The_first_of_its_services_writes_the_unit_and_the_others_restart_with_it() =>
        Plan(Follower, Given.Running(Follower) with { Definition = DefinitionState.Missing, Enabled = null }).ShouldBe([
            "Stop 1 stop second [supervisor]", "Start 1 start second [start]", "Start 10 see that second stays up []"]);

    [Fact]
    public void A_disabled_unit_is_said_once_and_enabled()
    {
        var disabled = Given.Running(Given.Worker) with { Enabled = false };
        Differences(Given.Worker, disabled).Single().Sentence
            .ShouldBe("celeryworker would not come back after a reboot: unit coralnet-supervisord.service is disabled");
        Plan(Given.Worker, disabled).ShouldBe(["Start 1 enable unit coralnet-supervisord.service [unit]"]);
        Differences(Follower, Given.Running(Follower) with { Enabled = false }).ShouldBeEmpty();
    }

    [Fact]
    public void An_edited_unit_is_said() =>
        Differences(Given.Worker, Given.Running(Given.Worker) with { Definition = DefinitionState.Edited }).Single().Sentence
            .ShouldBe("unit coralnet-supervisord.service, in which the supervisord of celeryworker runs, was edited by hand");

    [Fact]
    public void Without_systemd_nothing_is_written()
    {
        var read = Kind.Read(Given.Resource(Given.Worker), null, $"pid 412 alive\nboot {Given.Boot}\nabsent\nno-systemd\n", dearer: false);
        var facts = read.ShouldBeOfType<Reading.Observed>().Observation.FactsOf<ServiceFacts>().ShouldNotBeNull();
        facts.Definition.ShouldBe(DefinitionState.NotOurs);
        Differences(Given.Worker, facts).ShouldBeEmpty();
        Plan(Given.Worker, facts with { State = ServiceState.Stopped, Processes = [] })
            .ShouldBe(["Start 1 start celeryworker [start]", "Start 10 see that celeryworker stays up []"]);
    }

    [Fact]
    public void A_program_that_git_places_elsewhere_is_stopped_without_a_cover()
    {
        Differences(Stray, Given.Running(Stray)).Single().Sentence.ShouldBe("celeryworker runs here, and git places it on worker1 only");
        Plan(Stray, Given.Running(Stray)).ShouldBe(["Stop 1 stop celeryworker [supervisor]"]);
        var web = Stray with { Part = ServicePart.Web };
        var stop = Steps(web, Given.Running(web)).Single();
        stop.TakesSiteDown.ShouldBeFalse();
        stop.Because.ShouldBe("git places it on worker1 only");
        Differences(Stray, Given.Down(Stray)).ShouldBeEmpty();
    }

    [Fact]
    public void A_stray_says_nothing_about_the_unit_of_those_that_belong() => Definition.Of(Stray).ShouldBeNull();

    [Fact]
    public void Retired_its_unit_goes_with_the_last_of_its_services()
    {
        var retired = Given.Worker with { Retired = true };
        Differences(retired, Given.Down(retired)).Single().Sentence
            .ShouldBe("celeryworker is retired, but unit coralnet-supervisord.service would start its supervisord at the next boot");
        Plan(retired, Given.Running(retired)).ShouldBe([
            "Stop 1 stop celeryworker [supervisor]",
            "Tidy 0 disable unit coralnet-supervisord.service [unit]",
            "Tidy 0 stop unit coralnet-supervisord.service [unit]"]);
        var shared = retired with { Manager = Own with { Shared = true } };
        Plan(shared, Given.Running(shared)).ShouldBe(["Stop 1 stop celeryworker [supervisor]"]);
    }

    [Fact]
    public void What_the_program_wrote_is_asked_for_when_it_does_not_start()
    {
        Asked(Given.Worker).ShouldBe(["supervisor /cnhome/config/supervisor.conf coralnet celeryworker coralnet-supervisord.service"]);
        Asked(Given.Beat).ShouldBe(["unit coralnet-celerybeat.service"]);
        Asked(Given.Gunicorn).ShouldBe(["supervisor - - coralnet-gunicorn"]);

        static string[] Asked(ServiceSpec spec) => [.. Steps(spec, Given.Down(spec)).Select(step => string.Join(' ', step.Logs!.Arguments)).Distinct()];
    }
}
