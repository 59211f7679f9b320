using Reconciler.Model;
using Reconciler.Resources.Service;

namespace Reconciler.Tests.Resources.Service;

public class ReadingTests
{
    private static readonly IResourceKind Kind = new ServiceKind();

    private const string Read1 = "read coralnet/Code/coralnet " + Given.OldCommit + "\n";
    private const string Alive = "pid 412 alive\n" + Read1 + "boot " + Given.Boot + "\n";
    private const string Gone = "pid 412 gone\n" + Read1 + "boot " + Given.Boot + "\n";

    /// <summary>The unit of the worker's supervisord, as git says.</summary>
    private static readonly string Placed = $"same {DefinitionReading.Digest(Definition.Of(Given.Worker)!)} 644 root root\n";

    private static string Stat(int pid, long ticks, char state = 'S') =>
        $"stat {pid} (gun) icorn: (x)) {state} 1 412 412 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 {ticks} 1000 200\n";

    private static ServiceFacts? Read(string output, ServiceFacts? last = null, bool dearer = false, ServiceSpec? spec = null) =>
        Kind.Read(Given.Resource(spec ?? Given.Worker), last, spec is null ? output + Placed : output, dearer) is Reading.Observed(Observation.Found(ServiceFacts facts)) ? facts : null;

    [Fact]
    public void The_noted_process_is_enough()
    {
        var facts = Read(Alive).ShouldNotBeNull();
        facts.State.ShouldBe(ServiceState.Running);
        facts.IsNoted.ShouldBeTrue();
        facts.Note!.Reads["coralnet/Code/coralnet"].ShouldBe(Given.OldCommit);
    }

    [Theory]
    [InlineData("rebooted yes\n", 180)]
    [InlineData("", null)]
    public void After_a_reboot_it_is_known_how_long_the_server_is_up(string rebooted, int? seconds) =>
        Read($"{Gone}{rebooted}uptime 180\nstopped 0 0\n", dearer: true).ShouldNotBeNull().Up.ShouldBe(seconds is { } up ? TimeSpan.FromSeconds(up) : null);

    [Fact]
    public void When_it_is_gone_its_manager_is_asked() =>
        Kind.Read(Given.Resource(Given.Worker), null, Gone, dearer: false).ShouldBeOfType<Reading.NeedsMore>()
            .Probe.Request!.Arguments.ShouldBe(["supervisor", "/cnhome/config/supervisor.conf", "coralnet", "celeryworker"]);

    [Fact]
    public void A_process_found_in_the_turn_before_needs_no_second_question()
    {
        var last = Read(Gone + "running 999 95000\n", dearer: true).ShouldNotBeNull();
        last.IsNoted.ShouldBeFalse();
        Kind.Probe(Given.Resource(Given.Worker), last).Script.ShouldContain("for p in 999; do");
        Read(Gone + Stat(999, 95000), last).ShouldNotBeNull().Processes.ShouldBe([new(999, 95000)]);
        Read(Gone + Stat(999, 95555), last).ShouldBeNull();
        Read(Gone + Stat(999, 95000, 'Z'), last).ShouldBeNull();
        Read(Gone.Replace("boot 5d", "boot 6d") + Stat(999, 95000), last).ShouldBeNull();
    }

    [Theory]
    [InlineData("same DIGEST 644 root root", "", nameof(DefinitionState.Same))]
    [InlineData("same 0123 644 root root", "", nameof(DefinitionState.Outdated))]
    [InlineData("same DIGEST 666 root root", "", nameof(DefinitionState.Edited))]
    [InlineData("absent", "", nameof(DefinitionState.Missing))]
    [InlineData("changed 644 root root", "content DIGEST  -", nameof(DefinitionState.Same))]
    [InlineData("changed 644 root root", "content 0123  -", nameof(DefinitionState.Edited))]
    [InlineData("changed 644 root root", "", null)]
    [InlineData("hidden", "", null)]
    public void A_definition_is_told_by_how_it_was_placed_and_else_by_its_content(string placed, string content, string? state)
    {
        var digest = DefinitionReading.Digest(Definition.Of(Given.Gunicorn)!);
        var output = Alive + placed.Replace("DIGEST", digest) + "\n" + content.Replace("DIGEST", digest) + "\n";
        Read(output, spec: Given.Gunicorn)?.Definition.ToString().ShouldBe(state);
        if (state is null)
            Kind.Read(Given.Resource(Given.Gunicorn), null, output, dearer: false).ShouldBeOfType<Reading.NeedsMore>().Probe.Script.ShouldContain("sha256sum");
    }

    [Theory]
    [InlineData("running 999 95000", nameof(ServiceState.Running))]
    [InlineData("running 999 95000\nstarting 0 0", nameof(ServiceState.Starting))]
    [InlineData("running 999 95000\nfailed 0 0", nameof(ServiceState.Failed))]
    [InlineData("stopped 0 0", nameof(ServiceState.Stopped))]
    [InlineData("absent 0 0", nameof(ServiceState.Absent))]
    public void The_worst_of_several_processes_counts(string answer, string state) =>
        Read(Gone + answer + "\n", dearer: true).ShouldNotBeNull().State.ToString().ShouldBe(state);

    [Theory]
    [InlineData(95_300, nameof(ServiceState.Starting))]
    [InlineData(95_600, nameof(ServiceState.Running))]
    public void One_that_its_supervisor_started_a_moment_ago_may_be_one_of_many(long nowInTicks, string state) =>
        Read($"{Gone}uptime {nowInTicks / 100}\nrunning 999 95000\n", dearer: true).ShouldNotBeNull().State.ToString().ShouldBe(state);

    [Theory]
    [InlineData("")]
    [InlineData("stat\nboot\npid\nread\n")]
    [InlineData("boot x\nstat 1 (\nstat ) \npid x y\nrunning many of\n")]
    [InlineData("boot x\nrunning 99999999999999999999 1\n")]
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
    public void Started_at_boot_or_not(string line, bool? enabled) => Read(Alive + line + "\n").ShouldNotBeNull().Enabled.ShouldBe(enabled);

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
