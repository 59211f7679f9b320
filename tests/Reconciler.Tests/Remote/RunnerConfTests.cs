using Reconciler.Model;
using Reconciler.Remote;
using Reconciler.Tests.Git;
using Reconciler.Tests.Resources;

namespace Reconciler.Tests.Remote;

/// <summary>The runner's lists, as enrolling writes them under the real shell.</summary>
public sealed class RunnerConfTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string[] Written(string? before, IReadOnlyList<string>? roots = null, IReadOnlyList<string>? links = null)
    {
        var file = _folder.In("runner.conf");
        File.Delete(file);
        if (before is not null)
            File.WriteAllText(file, before);
        var request = new EnrollmentRequest(new("web1", "10.0.0.1", "admin", []), []) { MoreRoots = roots ?? [], MoreLinks = links ?? [] };
        return Sh.Run($"set -eu\n{RunnerConf.Function(request)}\nrunner_conf {file}").Good.TrimEnd('\n').Split('\n');
    }

    [Fact]
    public void A_new_server_gets_the_usual_folders_what_was_asked_for_and_no_links_of_some_site()
    {
        var lines = Written(null, ["/var/log/parcels"], ["/cnhome"]);

        lines[0].ShouldStartWith("# ");
        lines[0].ShouldNotContain("rewritten");
        lines[1].ShouldBe("login reconciler");
        lines[2..].ShouldBe([.. RunnerRoots.Usual.Select(root => $"root {root}"), "root /var/log/parcels", "link /cnhome"], ignoreOrder: true);
        Written(null).ShouldAllBe(line => !line.StartsWith("link "));
    }

    [Fact]
    public void Enrolling_again_keeps_what_root_wrote_and_does_not_bring_back_what_root_took_out()
    {
        var lines = Written("# Which folders, links and users the reconciler may handle; root's to edit, and rewritten by `reconciler enroll`.\n"
            + "login old\n# for the couriers\nroot /var/log/parcels\nroot /srv\nuser coralnet\n", ["/srv", "/data"]);

        lines[2..].ShouldBe(["# for the couriers", "root /var/log/parcels", "root /srv", "user coralnet",
            "root /var/lib/reconciler/applications", "root /var/lib/reconciler/cover", "root /data"]);
        lines[..2].ShouldBe(Written(null)[..2]);
    }

    [Fact]
    public void A_second_time_nothing_changes()
    {
        var once = Written(null, ["/data"], ["/cnhome"]);

        Written(string.Join('\n', once) + "\n", ["/data"], ["/cnhome"]).ShouldBe(once);
    }

    [Theory]
    [InlineData("/etc/sudoers.d")]
    [InlineData("/etc/reconciler/x")]
    [InlineData("/usr/local/lib")]
    [InlineData("/var/lib")]
    [InlineData("/srv/*")]
    [InlineData("/a\nroot /etc")]
    public void What_would_hand_over_the_server_is_no_folder_to_allow(string path) => RunnerRoots.MayBe(path).ShouldBeFalse();
}
