using Reconciler.Model;
using Reconciler.Resources.Absence;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Resources.Paths;

public sealed class AbsenceKindTests
{
    private static readonly IResourceKind Kind = new AbsenceKind();

    private static readonly Resource Wanted = Of("/etc/nginx/sites-enabled/default");

    private static Resource Of(string path) => new(new("web1", "host", "Absence", "debian-default"), new AbsenceSpec(path), new("base/host/files.yaml", 9, 3));

    private static Observation Read(string output) => Kind.Read(Wanted, null, output, false).ShouldBeOfType<Reading.Observed>().Observation;

    [Theory]
    [InlineData("stat: cannot statx '/etc/nginx/sites-enabled/default': No such file or directory\n")]
    [InlineData("stat: cannot statx '/etc/nginx/sites-enabled/default': Not a directory\n")]
    public void Nothing_there_is_as_git_says(string output)
    {
        var seen = Read(output);

        Kind.Compare(Wanted, seen, ReadMarkers.None).ShouldBeEmpty();
        Kind.Steps(Wanted, seen, Change.Of()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("symbolic link")]
    [InlineData("regular file")]
    [InlineData("regular empty file")]
    public void A_file_or_link_is_removed_with_the_sites_and_nginx_reloads_after_them(string type)
    {
        var seen = Read($"found {type}\n");
        var difference = Kind.Compare(Wanted, seen, ReadMarkers.None).ShouldHaveSingleItem();
        difference.Sentence.ShouldBe($"a {type} stands at /etc/nginx/sites-enabled/default, git wants nothing there");
        (difference.Type, difference.Refusal).ShouldBe((DifferenceType.Remove, null));

        var steps = Kind.Steps(Wanted, seen, Change.Of(difference)).ToList();

        steps.Select(step => (step.Phase, step.Rank, string.Join(' ', step.Request!.Arguments.Prepend(step.Request.Verb))))
            .ShouldBe([(Phase.Nginx, 0, "remove /etc/nginx/sites-enabled/default"), (Phase.Nginx, 3, "nginx reload")]);
    }

    [Fact]
    public void Elsewhere_nginx_is_left_alone()
    {
        var resource = Of("/etc/profile.d/old.sh");
        var step = Kind.Steps(resource, Read("found regular file\n"), Change.Of([.. Kind.Compare(resource, Read("found regular file\n"), ReadMarkers.None)])).ShouldHaveSingleItem();
        step.Phase.ShouldBe(Phase.Secrets);
    }

    [Fact]
    public void A_directory_is_never_removed()
    {
        var difference = Kind.Compare(Wanted, Read("found directory\n"), ReadMarkers.None).ShouldHaveSingleItem();

        difference.Refusal.ShouldBe("only files and links are removed: remove /etc/nginx/sites-enabled/default by hand, or take the entry out of git");
        Kind.Steps(Wanted, Read("found directory\n"), Change.Of(difference)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("stat: cannot statx '/x': Permission denied\n")]
    public void What_cannot_be_seen_is_unknown(string output) => Read(output).ShouldBeOfType<Observation.Unknown>();

    [Fact]
    public void The_look_and_the_proof_under_the_real_shell()
    {
        var folder = Directory.CreateTempSubdirectory("reconciler-absence-").FullName;
        try
        {
            var resource = Of($"{folder}/link");
            File.CreateSymbolicLink($"{folder}/link", "/nowhere");
            var probe = Kind.Probe(resource, null).Script;
            var seen = Kind.Read(resource, null, Sh.Run(probe).Output, false).ShouldBeOfType<Reading.Observed>().Observation;
            seen.FactsOf<AbsenceFacts>()!.Type.ShouldBe("symbolic link");
            var proof = Kind.Steps(resource, seen, Change.Of(new Difference(resource.Id, DifferenceType.Remove, "x"))).DefaultIfEmpty().First()?.Proof
                ?? $"[ ! -e {folder}/link ] && [ ! -L {folder}/link ]";
            Sh.Run(proof).Code.ShouldNotBe(0);
            File.Delete($"{folder}/link");
            Sh.Run(proof).Code.ShouldBe(0);
            Kind.Read(resource, null, Sh.Run(probe).Output, false).ShouldBe(Reading.Absent);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Resource Pruned(PrunedThing thing) => Wanted with { Spec = new AbsenceSpec(thing.Path) { Pruned = thing } };

    private static List<Difference> Differences(Resource resource, string output) =>
        [.. Kind.Compare(resource, Kind.Read(resource, null, output, false).ShouldBeOfType<Reading.Observed>().Observation, ReadMarkers.None)];

    [Fact]
    public void What_git_no_longer_declares_goes_only_where_nobody_has_changed_it()
    {
        var file = Pruned(new("/etc/profile.d/old.sh"));

        Differences(file, "found regular file\n").ShouldBeEmpty();
        Differences(file, "found regular file\nours\n").Single().Sentence.ShouldBe("a regular file stands at /etc/profile.d/old.sh, which git no longer declares");
        Differences(Pruned(new("/etc/profile.d/old.sh") { Refusal = "too many" }), "found regular file\nours\n").Single().Refusal.ShouldBe("too many");
    }

    [Fact]
    public void Whose_it_is_is_seen_by_the_runners_record_and_of_a_link_by_what_it_says()
    {
        using var folder = new ScratchFolder();
        string Look(PrunedThing thing) => Sh.Run(Kind.Probe(Pruned(thing), null).Script.Replace(PlacedFile.Folder, folder.In("placed"))).Output;
        var file = folder.In("file");
        File.WriteAllText(file, "x");
        File.CreateSymbolicLink(folder.In("link"), "target");
        Directory.CreateDirectory(folder.In("placed") + folder.Path);
        Look(new(file)).ShouldNotContain("ours");

        Sh.Run($"echo note $(stat -c '%i %s %.9Y %.9Z' {file}) >{folder.In("placed")}{file}");

        Look(new(file)).ShouldContain("\nours\n");
        Look(new(folder.In("link")) { Target = "target" }).ShouldContain("\nours\n");
        Look(new(folder.In("link")) { Target = "other" }).ShouldNotContain("ours");
        File.AppendAllText(file, "edited");
        Look(new(file)).ShouldNotContain("ours");
    }

    [Fact]
    public void A_site_goes_link_first_with_one_reload_and_of_a_secret_no_copy_stays()
    {
        string Steps(PrunedThing thing)
        {
            var resource = Pruned(thing);
            return string.Join("; ", Kind.Steps(resource, Kind.Read(resource, null, "found regular file\nours\n", false).ShouldBeOfType<Reading.Observed>().Observation,
                Change.Of([.. Differences(resource, "found regular file\nours\n")])).Select(step => $"{step.Phase} {step.Rank} {step.Request!.Verb}"));
        }

        Steps(new("/etc/nginx/sites-enabled/shop") { Target = "/etc/nginx/sites-available/shop" }).ShouldBe("Nginx 0 remove; Nginx 3 nginx");
        Steps(new("/etc/nginx/sites-available/shop")).ShouldBe("Nginx 1 remove");
        Steps(new("/srv/www/site/.env") { IsSecret = true }).ShouldBe("Secrets 1 remove; Tidy 0 forget-kept");
    }
}
