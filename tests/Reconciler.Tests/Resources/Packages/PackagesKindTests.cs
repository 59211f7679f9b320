using Reconciler.Model;
using Reconciler.Resources.Packages;

namespace Reconciler.Tests.Resources.Packages;

public sealed class PackagesKindTests
{
    private static readonly IResourceKind Kind = new PackagesKind();

    private const string Head = "reboot required\nsignature 100,1.5,7;\n";

    private static Resource Of(params WantedPackage[] packages) =>
        new(new("web1", "host", "Packages", "packages"), new PackagesSpec([.. packages]), new("base/host/packages.yaml", 3, 3));

    private static PackagesFacts Found(Resource resource, string output, bool dearer = false) =>
        (PackagesFacts)Kind.Read(resource, null, output, dearer).ShouldBeOfType<Reading.Observed>().Observation.ShouldBeOfType<Observation.Found>().Facts;

    private static (string[] Sentences, Step[] Steps) Judge(Resource resource, PackagesFacts facts)
    {
        var seen = new Observation.Found(facts);
        var differences = Kind.Compare(resource, seen, ReadMarkers.None).ToList();
        return ([.. differences.Select(difference => difference.Sentence)], [.. Kind.Steps(resource, seen, Change.Of(differences))]);
    }

    [Fact]
    public void What_is_installed_as_git_says_differs_in_nothing()
    {
        var resource = Of(new("git", PackageState.Present), new("nginx", PackageState.Pinned, "1.22-9"), new("redis", PackageState.Held));
        var facts = Found(resource, Head + "package git 2.39 ii \npackage nginx 1.22-9 ii \npackage redis 7.0 hi \ndpkg 0\nend\n");
        facts.RebootRequired.ShouldBeTrue();
        Judge(resource, facts).Sentences.ShouldBeEmpty();
        Judge(resource, facts).Steps.ShouldBeEmpty();
    }

    [Fact]
    public void What_was_installed_from_here_and_git_no_longer_names_is_removed_where_git_says_prune()
    {
        const string Seen = Head + "package git 2.39 ii \ndpkg 0\nours git installed\nours sl installed\nours gone not-installed\nend\n";
        var resource = Of(new WantedPackage("git", PackageState.Present));
        Judge(resource, Found(resource, Seen)).Sentences.ShouldBeEmpty();

        resource = resource with { Spec = (PackagesSpec)resource.Spec with { PruneAtMost = 50 } };
        var (sentences, steps) = Judge(resource, Found(resource, Seen));

        sentences.ShouldBe(["git no longer names package sl, which was installed from here"]);
        var step = steps.ShouldHaveSingleItem();
        (step.Phase, step.Summary, step.Request!.Verb).ShouldBe((Phase.Tidy, "remove sl", "apt-remove"));
        step.Request.Arguments.ShouldBe(["sl"]);
    }

    [Fact]
    public void More_than_its_share_is_refused_and_nothing_goes()
    {
        var resource = Of(new WantedPackage("git", PackageState.Present));
        resource = resource with { Spec = (PackagesSpec)resource.Spec with { PruneAtMost = 20 } };
        var facts = Found(resource, Head + "package git 2.39 ii \ndpkg 0\nours git installed\nours sl installed\nend\n");

        var difference = Kind.Compare(resource, new Observation.Found(facts), ReadMarkers.None).ShouldHaveSingleItem();

        difference.Refusal.ShouldBe("1 of 2 packages that were installed from here would go at once, and prune: {atMost: 20} in environment.yaml allows 20 %: "
            + "take them out of git in several commits, or write 50 there");
        difference.HealedAs.ShouldBe("Maintenance");
    }

    [Fact]
    public void Only_where_git_says_prune_the_inventory_is_read()
    {
        string Script(int? atMost) => Kind.Probe(Of(new WantedPackage("git", PackageState.Present)) is var resource
            ? resource with { Spec = (PackagesSpec)resource.Spec with { PruneAtMost = atMost } } : resource, null).Script;

        Script(null).ShouldNotContain("/installed");
        Sh.Run(Script(20)).Good.ShouldEndWith("end\n");
    }

    [Fact]
    public void Absent_packages_that_only_add_are_installed_in_one_early_step()
    {
        var resource = Of(new("hello", PackageState.Present), new("sl", PackageState.Pinned, "5.02-1"));
        const string Cheap = Head + "package sl  un \ndpkg 1\nend\n";
        Kind.Read(resource, null, Cheap, false).ShouldBeOfType<Reading.NeedsMore>().Probe.Script.ShouldContain("install -- hello 'sl=5.02-1'");
        var (sentences, steps) = Judge(resource, Found(resource, Cheap + "end\n", dearer: true));
        sentences.ShouldBe(["package hello is not installed", "package sl is not installed"]);
        var step = steps.ShouldHaveSingleItem();
        (step.Phase, step.Rank, step.Attempts).ShouldBe((Phase.Prepare, Ranks.Packages, 3));
        step.Request!.Arguments.ShouldBe(["only-new", "hello", "sl=5.02-1"]);
    }

    [Fact]
    public void Absent_packages_that_disturb_others_wait_for_System_and_say_whom()
    {
        var resource = Of(new WantedPackage("nginx-extras", PackageState.Present));
        var facts = Found(resource, Head + "dpkg 1\nend\nupgrade perl\nremove nginx-light\nend\n", dearer: true);
        var step = Judge(resource, facts).Steps.ShouldHaveSingleItem();
        step.Phase.ShouldBe(Phase.System);
        step.Request!.Arguments.ShouldBe(["upgrade", "nginx-extras"]);
        step.Because.ShouldBe("this also upgrades perl, removes nginx-light");
    }

    [Theory]
    [InlineData("Pinned", "package a 1.2 ii \ndpkg 0", "version 1.2 of package a is installed, git says 1.3", "a=1.3")]
    [InlineData("Latest", "package a 1.2 ii \ndpkg 0\na:\n  Installed: 1.2\n  Candidate: 1.3", "version 1.2 of package a is installed, 1.3 is to be had", "a=1.3")]
    [InlineData("Present", "package a 1.2 iF \ndpkg 0", "package a is only half installed (dpkg says iF)", "a")]
    public void Versions_change_in_System(string state, string answer, string sentence, string word)
    {
        var wanted = Enum.Parse<PackageState>(state);
        var resource = Of(new WantedPackage("a", wanted, wanted == PackageState.Pinned ? "1.3" : null));
        var (sentences, steps) = Judge(resource, Found(resource, Head + answer + "\nend\n"));
        sentences.ShouldBe([sentence]);
        steps.ShouldHaveSingleItem().Phase.ShouldBe(Phase.System);
        steps[0].Request!.Arguments.ShouldBe(["upgrade", word]);
    }

    [Theory]
    [InlineData("nginx-light", true)]
    [InlineData("libnginx-mod-stream", true)]
    [InlineData("redis", false)]
    public void Where_nginx_itself_is_upgraded_the_plan_says_that_connections_are_refused(string name, bool says)
    {
        var resource = Of(new WantedPackage(name, PackageState.Pinned, "2"));
        var facts = Found(resource, Head + $"package {name} 1 ii \ndpkg 0\nend\n");
        (Judge(resource, facts).Steps.ShouldHaveSingleItem().Because?.Contains("connections are refused") == true).ShouldBe(says);
    }

    [Fact]
    public void A_package_held_by_hand_is_not_upgraded_over_the_hold()
    {
        var resource = Of(new WantedPackage("a", PackageState.Pinned, "2"));
        var facts = Found(resource, Head + "package a 1 hi \ndpkg 0\nend\n");
        Kind.Compare(resource, new Observation.Found(facts), ReadMarkers.None).ShouldHaveSingleItem().Refusal.ShouldNotBeNull().ShouldContain("apt-mark unhold a");
        Judge(resource, facts).Steps.ShouldBeEmpty();
    }

    [Fact]
    public void Unchanged_since_last_time_needs_no_list()
    {
        var resource = Of(new WantedPackage("git", PackageState.Present));
        var last = Found(resource, Head + "package git 2.39 ii \ndpkg 0\nend\n");
        Kind.Probe(resource, last).Script.ShouldContain("'100,1.5,7;'");
        var again = Kind.Read(resource, last, "same\nend\n", false).ShouldBeOfType<Reading.Observed>().Observation.FactsOf<PackagesFacts>();
        again.ShouldBe(last with { RebootRequired = false });
        Kind.Probe(Of(new WantedPackage("other", PackageState.Present)), last).Script.ShouldNotContain("'100,1.5,7;'");
    }

    [Fact]
    public void What_runs_there_and_asks_for_a_reboot_is_read_in_every_look()
    {
        var resource = Of(new WantedPackage("git", PackageState.Present));
        const string Standing = "kernel 6.1.0-28-amd64\nboot 7f3c-01 93.25\nsystem Debian GNU/Linux 12 (bookworm)\n";
        var first = Found(resource, Standing + "signature 100,1.5,7;\npackage git 2.39 ii \ndpkg 0\nend\n");
        (first.System, first.Kernel, first.BootId, first.Up, first.RebootRequired)
            .ShouldBe(("Debian GNU/Linux 12 (bookworm)", "6.1.0-28-amd64", "7f3c-01", TimeSpan.FromSeconds(93.25), false));

        var next = Kind.Read(resource, first,
            "reboot required\nreboot-for linux-image-6.1.0-40-amd64\nreboot-for dbus\nreboot-for dbus\n" + Standing + "same\nend\n", false)
            .ShouldBeOfType<Reading.Observed>().Observation.FactsOf<PackagesFacts>()!;
        (next.RebootRequired, next.RebootFor, next.Signature).ShouldBe((true, "dbus linux-image-6.1.0-40-amd64", first.Signature));
    }

    [Theory]
    [InlineData("")]
    [InlineData("signature 1\npackage git 2 ii \ndpkg 0")]
    [InlineData("signature 1\ndpkg 2\nend\n")]
    [InlineData("same\nend\n")]
    [InlineData("\u001b[31mjunk\uFFFD\nend\n")]
    public void What_was_not_read_whole_is_unknown_and_never_missing(string output) =>
        Kind.Read(Of(new WantedPackage("git", PackageState.Present)), null, output, false)
            .ShouldBeOfType<Reading.Observed>().Observation.ShouldBeOfType<Observation.Unknown>();
}
