using Reconciler.Model;
using Reconciler.Resources.Absence;
using Reconciler.Resources.Directory;
using Reconciler.Resources.File;
using Reconciler.Resources.Link;

namespace Reconciler.Tests.Resources.Paths;

/// <summary>What the runner would refuse is refused when it is planned, with the line that would allow it; nothing is sent.</summary>
public sealed class OutsideTests
{
    private const string Missing = "stat: cannot statx '/x': No such file or directory\n";

    private static Resource Of(string kind, ResourceSpec spec) => new(new("web1", "host", kind, "parcels"), spec, new("base/host/files.yaml", 9, 3));

    private static Difference Refused(IResourceKind kind, Resource resource, string output)
    {
        var seen = kind.Read(resource, null, output, false).ShouldBeOfType<Reading.Observed>().Observation;
        var difference = kind.Compare(resource, seen, ReadMarkers.None).ShouldHaveSingleItem();
        kind.Steps(resource, seen, Change.Of(difference)).ShouldBeEmpty();
        difference.Refusal.ShouldNotBeNull();
        difference.Gate.ShouldBeNull();
        return difference;
    }

    [Theory]
    [InlineData(Missing, "there is no directory /var/log/parcels")]
    [InlineData("found|directory|755|root|adm\n", "owner of /var/log/parcels is root, git says parcels")]
    public void A_directory(string output, string sentence)
    {
        var refused = Refused(new DirectoryKind(), Of("Directory", new DirectorySpec("/var/log/parcels", "0755", "parcels", "adm")), output + "outside /var/log/parcels\n");

        refused.Sentence.ShouldBe(
            $"{sentence}, and reconciler may not change it there: /var/log/parcels is outside the folders that /etc/reconciler/runner.conf on web1 allows");
        refused.Refusal.ShouldBe("as root on web1, add the line `root /var/log/parcels` to /etc/reconciler/runner.conf; or name another path in git");
    }

    [Theory]
    [InlineData(Missing + "outside /var/log/x\nend\n")]
    [InlineData("found|regular file|1 2 3 4|0644|root|root\noutside /var/log/x\nend\n")]
    [InlineData("found|regular file|1 2 3 4|0600|root|root\nplaced NOTE 1 2 3 4\noutside /var/log/x\nend\n")]
    public void A_file(string output) =>
        Refused(new FileKind(), Of("File", new FileSpec("/var/log/x", "x", "0644", "root", "root")), output.Replace("NOTE", new string('a', 64)))
            .Refusal.ShouldBe("as root on web1, add the line `root /var/log` to /etc/reconciler/runner.conf; or name another path in git");

    [Fact]
    public void In_a_folder_of_the_systems_no_line_is_named() =>
        Refused(new FileKind(), Of("File", new FileSpec("/etc/motd", "x", "0644", "root", "root")), Missing + "outside /etc/motd\nend\n")
            .Refusal.ShouldBe("name another path in git: /etc is the system's, and cannot be allowed as a whole");

    [Theory]
    [InlineData(Missing)]
    [InlineData("link /old\n")]
    [InlineData("found directory\n")]
    public void A_link(string output) =>
        Refused(new LinkKind(), Of("Link", new LinkSpec("/data/live", "/srv/x")), output + "outside /data/live\n")
            .Refusal.ShouldBe("as root on web1, add the line `root /data` to /etc/reconciler/runner.conf; or name another path in git");

    [Fact]
    public void What_is_to_go() =>
        Refused(new AbsenceKind(), Of("Absence", new AbsenceSpec("/data/old")), "found regular file\noutside /data/old\n")
            .Refusal.ShouldBe("as root on web1, add the line `root /data` to /etc/reconciler/runner.conf; or name another path in git");

    [Fact]
    public void What_is_as_git_says_needs_no_permission()
    {
        var resource = Of("Directory", new DirectorySpec("/var/log/parcels", "0755", "parcels", "adm"));
        IResourceKind kind = new DirectoryKind();
        var seen = kind.Read(resource, null, "found|directory|755|parcels|adm\noutside /var/log/parcels\n", false).ShouldBeOfType<Reading.Observed>().Observation;

        kind.Compare(resource, seen, ReadMarkers.None).ShouldBeEmpty();
    }
}
