using Reconciler.Model;
using Reconciler.Resources.File;

namespace Reconciler.Tests.Resources.Paths;

public sealed class FileKindTests
{
    private static readonly IResourceKind Kind = new FileKind();

    private static readonly FileSpec Spec = new("/etc/redis/redis.conf", "bind 127.0.0.1\n", "0640", "redis", "redis");

    private static readonly Resource Wanted = new(new("web1", "host", "File", "redis"), Spec, new("base/host/files.yaml", 3, 3));

    private const string Stat = "12 15 1.5 2.5";

    private static readonly string OlderDigest = new('a', 64);

    private static string Look(string mode = "0640", string? note = null, string then = Stat) =>
        $"found|regular file|{Stat}|{mode}|redis|redis\n" + (note is null ? "" : $"placed {note} {then}\n") + "end\n";

    private static Observation Read(string output, bool dearer = false, FileFacts? last = null) =>
        Kind.Read(Wanted, last, output, dearer).ShouldBeOfType<Reading.Observed>().Observation;

    private static (string[] Sentences, Step[] Steps) Judge(Observation seen)
    {
        var differences = Kind.Compare(Wanted, seen, ReadMarkers.None).ToList();
        return ([.. differences.Select(difference => difference.Sentence)], [.. Kind.Steps(Wanted, seen, Change.Of(differences))]);
    }

    [Fact]
    public void The_file_as_it_was_placed_is_not_read_and_differs_in_nothing()
    {
        var seen = Read(Look(note: Spec.Digest));
        Judge(seen).Sentences.ShouldBeEmpty();
        seen.FactsOf<FileFacts>()!.Marker.ShouldBe(Kind.WantedMarker(Wanted));
    }

    [Fact]
    public void An_absent_file_is_placed_early()
    {
        var (sentences, steps) = Judge(Read("stat: cannot statx '/etc/redis/redis.conf': No such file or directory\nend\n"));
        sentences.ShouldBe(["there is no file /etc/redis/redis.conf"]);
        steps.ShouldHaveSingleItem().Phase.ShouldBe(Phase.Prepare);
        steps[0].Request!.Arguments.ShouldBe(["/etc/redis/redis.conf", "0640", "redis:redis", Spec.Digest]);
    }

    [Fact]
    public void An_absent_file_in_a_watched_folder_waits_for_its_phase()
    {
        var late = Wanted with { Spec = Spec with { EarlyWhenAbsent = false, Phase = Phase.System } };
        var seen = new Observation.Absent();
        Kind.Steps(late, seen, Change.Of([.. Kind.Compare(late, seen, ReadMarkers.None)])).ShouldHaveSingleItem().Phase.ShouldBe(Phase.System);
    }

    [Fact]
    public void An_older_one_of_ours_is_replaced_while_its_readers_are_stopped()
    {
        var (sentences, steps) = Judge(Read(Look(note: OlderDigest)));
        sentences.ShouldBe(["/etc/redis/redis.conf is an older one than git says"]);
        steps.ShouldHaveSingleItem().Phase.ShouldBe(Phase.Secrets);
    }

    [Theory]
    [InlineData(true, "/etc/redis/redis.conf was edited by hand")]
    [InlineData(false, "/etc/redis/redis.conf is not what git says, and was never placed by reconciler")]
    public void A_file_that_changed_since_is_read_by_the_runner(bool placed, string sentence)
    {
        var look = Look(note: placed ? Spec.Digest : null, then: "11 15 1.0 1.0");
        Kind.Read(Wanted, null, look, false).ShouldBeOfType<Reading.NeedsMore>().Probe.Request!.Verb.ShouldBe("digest");
        var seen = Read(look + $"{OlderDigest} 0640 redis redis\n", dearer: true);
        Judge(seen).Sentences.ShouldBe([sentence]);
        Kind.Compare(Wanted, seen, ReadMarkers.None).Single().Gate.ShouldBe(placed ? "drift" : null);
        Read(look, last: seen.FactsOf<FileFacts>()).ShouldBe(seen);
    }

    [Fact]
    public void Touched_but_the_same_content_with_another_mode_is_about_the_mode_only() =>
        Judge(Read(Look("0644", Spec.Digest, "12 15 1.5 1.5") + $"{Spec.Digest} 0644 redis redis\n", dearer: true)).Sentences
            .ShouldBe(["mode of /etc/redis/redis.conf is 0644, git says 0640"]);

    [Fact]
    public void Behind_a_closed_folder_the_runner_is_asked_each_time()
    {
        const string Hidden = "stat: cannot statx '/etc/redis/redis.conf': Permission denied\nend\n";
        var seen = Read(Hidden + $"{Spec.Digest} 0640 redis redis\n", dearer: true);
        Judge(seen).Sentences.ShouldBeEmpty();
        Kind.Read(Wanted, seen.FactsOf<FileFacts>(), Hidden, false).ShouldBeOfType<Reading.NeedsMore>();
        Read(Hidden + "absent\n", dearer: true).ShouldBeOfType<Observation.Absent>();
    }

    [Fact]
    public void A_folder_in_its_place_needs_a_person()
    {
        var seen = Read("found|directory|1 2 3 4|0755|root|root\nend\n");
        Kind.Compare(Wanted, seen, ReadMarkers.None).ShouldHaveSingleItem().Refusal.ShouldNotBeNull();
        Judge(seen).Steps.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("end\n", false)]
    [InlineData("found|regular file|12 15", false)]
    [InlineData("junk\nend\n", false)]
    [InlineData("stat: cannot statx 'x': Permission denied\nend\n", true)]
    [InlineData("stat: cannot statx 'x': Permission denied\nend\njunk 0640 a b\n", true)]
    public void Junk_is_unknown_and_never_missing(string output, bool dearer) => Read(output, dearer).ShouldBeOfType<Observation.Unknown>();

    [Fact]
    public void A_printed_spec_or_step_keeps_the_content_to_itself()
    {
        Wanted.ToString().ShouldNotContain("127.0.0.1");
        Judge(new Observation.Absent()).Steps.Single().ToString().ShouldNotContain("127.0.0.1");
    }
}
