using Reconciler.Model;
using Reconciler.Resources.Service;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Resources.Service;

/// <summary>Files of somebody else's that change what ours say: systemd.unit(5) drop-ins, and supervisor's later sections of the same name.</summary>
public sealed class OverridesTests : IDisposable
{
    private const string DropIn = "/etc/systemd/system/coralnet-celerybeat.service.d/o.conf";

    private static readonly IResourceKind Kind = new ServiceKind();

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Observation Seen(ServiceSpec spec, string line) => Kind.Read(Given.Resource(spec), null,
        $"pid 412 alive\nread coralnet/Code/coralnet {Given.OldCommit}\nboot {Given.Boot}\nsame {DefinitionReading.Digest(Definition.Of(spec)!)} 644 root root\n"
            + $"enabled enabled\nlistening yes\n{line}\n", dearer: false).ShouldBeOfType<Reading.Observed>().Observation;

    private static List<Difference> Differences(ServiceSpec spec, string line) =>
        [.. Kind.Compare(Given.Resource(spec), Seen(spec, line), ReadMarkers.None)];

    private static string[] Steps(ServiceSpec spec, string line) =>
        [.. Kind.Steps(Given.Resource(spec), Seen(spec, line), Change.Of(Differences(spec, line))).Select(step => $"{step.Phase} {step.Summary}")];

    [Fact]
    public void A_drop_in_is_named_and_removed_while_the_service_is_stopped()
    {
        var difference = Differences(Given.Beat, $"override {DropIn}").ShouldHaveSingleItem();

        difference.Sentence.ShouldBe($"{DropIn} changes celerybeat (unit coralnet-celerybeat.service), and git does not know of it");
        difference.Refusal.ShouldBeNull();
        Steps(Given.Beat, $"override {DropIn}").ShouldBe(
        [
            "Stop stop celerybeat", $"Start remove {DropIn} (a copy is kept)", "Start write /etc/systemd/system/coralnet-celerybeat.service",
            "Start start celerybeat", "Start see that celerybeat stays up",
        ]);
    }

    [Fact]
    public void A_supervisord_of_the_applications_own_is_stopped_before_its_drop_in_goes_so_that_it_starts_without()
    {
        const string file = "/etc/systemd/system/coralnet-supervisord.service.d/o.conf";

        Steps(Given.Worker, $"override {file}").ShouldBe(
        [
            "Stop stop celeryworker", "Start stop unit coralnet-supervisord.service, which runs as somebody else's file says",
            $"Start remove {file} (a copy is kept)", "Start write /etc/systemd/system/coralnet-supervisord.service",
            "Start start celeryworker", "Start see that celeryworker stays up",
        ]);
        Steps(Given.Worker, "").ShouldBeEmpty();
    }

    [Fact]
    public void One_for_this_boot_alone_is_for_a_person()
    {
        var difference = Differences(Given.Beat, "override /run/systemd/system/coralnet-celerybeat.service.d/o.conf").ShouldHaveSingleItem();

        difference.Gate.ShouldBeNull();
        difference.Refusal.ShouldNotBeNull().ShouldContain("systemctl revert coralnet-celerybeat.service");
    }

    [Fact]
    public void A_file_that_defines_our_program_again_is_for_a_person_too()
    {
        var difference = Differences(Given.Gunicorn, "override /etc/supervisor/conf.d/zz.conf").ShouldHaveSingleItem();

        difference.Sentence.ShouldBe("/etc/supervisor/conf.d/zz.conf changes gunicorn (supervisor's coralnet-gunicorn), and git does not know of it");
        difference.Refusal.ShouldNotBeNull().ShouldContain("[program:coralnet-gunicorn]");
    }

    [Theory]
    [InlineData("coralnet-celerybeat.service.d/o.conf", true)]
    [InlineData("coralnet-.service.d/o.conf", true)]
    [InlineData("coralnet-celerybeat.service.d/o.txt", false)]
    [InlineData("coralnet-gunicorn.service.d/o.conf", false)]
    public void Drop_ins_are_found_where_systemd_reads_them(string file, bool found)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.In(file))!);
        File.WriteAllText(_folder.In(file), "[Service]\nEnvironment=X=1\n");

        var output = Sh.Run(Kind.Probe(Given.Resource(Given.Beat), null).Script.Replace("/etc/systemd/system", _folder.Path)).Output;

        output.Contains($"override {_folder.In(file)}\n").ShouldBe(found, output);
    }

    [Theory]
    [InlineData("[program:coralnet-gunicorn]\ncommand=true\n", true)]
    [InlineData("  [program:coralnet-gunicorn-2]\ncommand=true\n", false)]
    [InlineData("# [program:coralnet-gunicorn]\n", false)]
    public void A_second_section_of_a_program_is_found(string content, bool found)
    {
        File.WriteAllText(_folder.In("coralnet-gunicorn.conf"), "[program:coralnet-gunicorn]\n");
        File.WriteAllText(_folder.In("zz.conf"), content);

        var output = Sh.Run(Kind.Probe(Given.Resource(Given.Gunicorn), null).Script.Replace("/etc/supervisor/conf.d", _folder.Path)).Output;

        output.Contains("override ").ShouldBe(found, output);
        output.Contains("override " + _folder.In("zz.conf")).ShouldBe(found, output);
    }
}
