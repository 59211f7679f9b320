using Reconciler.Model;
using Reconciler.Resources.Service;

namespace Reconciler.Tests.Resources.Service;

public class ReadingTests
{
    private static readonly IResourceKind Kind = new ServiceKind();

    private const string Note = "note pid 412 90000\nnote boot " + Given.Boot + "\nnote read coralnet/Code/coralnet " + Given.OldCommit + "\nboot " + Given.Boot + "\n";

    private static string Stat(int pid, long ticks, char state = 'S') =>
        $"stat {pid} (gun) icorn: (x)) {state} 1 412 412 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 {ticks} 1000 200\n";

    private static ServiceFacts? Read(string output, ServiceFacts? last = null, bool dearer = false) =>
        Kind.Read(Given.Resource(Given.Worker), last, output, dearer) is Reading.Observed(Observation.Found(ServiceFacts facts)) ? facts : null;

    [Fact]
    public void The_noted_process_is_known_by_pid_and_start()
    {
        var facts = Read(Note + Stat(412, 90000)).ShouldNotBeNull();
        facts.State.ShouldBe(ServiceState.Running);
        facts.IsNoted.ShouldBeTrue();
        facts.Note!.Markers["coralnet/Code/coralnet"].ShouldBe(Given.OldCommit);
    }

    [Theory]
    [InlineData(412, 90001, 'S')]
    [InlineData(413, 90000, 'S')]
    [InlineData(412, 90000, 'Z')]
    public void Another_process_or_a_dead_one_asks_for_more(int pid, long ticks, char state) =>
        Kind.Read(Given.Resource(Given.Worker), null, Note + Stat(pid, ticks, state), dearer: false).ShouldBeOfType<Reading.NeedsMore>()
            .Probe.Request!.Arguments.ShouldBe(["supervisor", "/cnhome/config/supervisor.conf", "coralnet", "celeryworker"]);

    [Fact]
    public void The_same_number_after_a_reboot_is_another_process() =>
        Read(Note.Replace("\nboot 5d", "\nboot 6d") + Stat(412, 90000)).ShouldBeNull();

    [Fact]
    public void A_process_found_in_the_turn_before_needs_no_second_question()
    {
        var last = Read(Note + "running 999 95000\n", dearer: true).ShouldNotBeNull();
        last.IsNoted.ShouldBeFalse();
        Read(Note + Stat(999, 95000), last).ShouldNotBeNull().Processes.ShouldBe([new(999, 95000)]);
        Read(Note + Stat(999, 95555), last).ShouldBeNull();
    }

    [Theory]
    [InlineData("running 999 95000", nameof(ServiceState.Running))]
    [InlineData("running 999 95000\nstarting 0 0", nameof(ServiceState.Starting))]
    [InlineData("running 999 95000\nfailed 0 0", nameof(ServiceState.Failed))]
    [InlineData("stopped 0 0", nameof(ServiceState.Stopped))]
    [InlineData("absent 0 0", nameof(ServiceState.Absent))]
    public void The_worst_of_several_processes_counts(string answer, string state) =>
        Read(Note + answer + "\n", dearer: true).ShouldNotBeNull().State.ToString().ShouldBe(state);

    [Theory]
    [InlineData("")]
    [InlineData("stat\nboot\nnote\n")]
    [InlineData("boot x\nstat 1 (\nstat ) \nnote pid x y\nrunning many of\n")]
    [InlineData("boot x\nrunning 99999999999 1\n")]
    public void Junk_is_unknown_never_down(string output) =>
        Kind.Read(Given.Resource(Given.Worker), null, output, dearer: true).ShouldBeOfType<Reading.Observed>().Observation.ShouldBeOfType<Observation.Unknown>();

    [Theory]
    [InlineData("enabled enabled", true)]
    [InlineData("enabled generated", true)]
    [InlineData("enabled static", true)]
    [InlineData("enabled disabled", false)]
    [InlineData("enabled masked", false)]
    [InlineData("enabled ", null)]
    [InlineData("", null)]
    public void Started_at_boot_or_not(string line, bool? enabled) => Read(Note + Stat(412, 90000) + line + "\n").ShouldNotBeNull().Enabled.ShouldBe(enabled);

    [Fact]
    public void A_unit_without_a_process_runs_while_systemd_says_active()
    {
        var resource = Given.Resource(Given.Nginx);
        var last = new ServiceFacts("nginx", ServiceState.Running, [], Given.Boot);
        Kind.Probe(resource, last).Script.ShouldContain("systemctl is-active nginx.service");
        Kind.Read(resource, last, $"boot {Given.Boot}\nactive active\n", dearer: false).ShouldBeOfType<Reading.Observed>();
        Kind.Read(resource, last, $"boot {Given.Boot}\nactive failed\n", dearer: false).ShouldBeOfType<Reading.NeedsMore>();
    }
}
