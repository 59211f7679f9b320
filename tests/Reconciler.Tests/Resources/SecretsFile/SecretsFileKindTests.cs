using Reconciler.Model;
using Reconciler.Resources.SecretsFile;
using Reconciler.Secrets;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Resources.SecretsFile;

public sealed class SecretsFileKindTests : IDisposable
{
    private const string Key = "key-of-the-ledger";

    /// <summary>Of <c>{}</c>.</summary>
    private static readonly string Digest = KeyedDigest.Of(Key, "{}"u8);

    private readonly IResourceKind _kind = new SecretsFileKind();
    private readonly ScratchFolder _folder = new();
    private readonly SecretsFileSpec _spec;

    public SecretsFileKindTests()
    {
        var user = Sh.Run("id -un").Good.Trim();
        _spec = new(_folder.In("secrets.json"), user, Sh.Run("id -gn").Good.Trim(), Digest, new("production", "coralnet", "settings"))
        { DigestKey = new(Key) };
    }

    public void Dispose() => _folder.Dispose();

    private Resource Resource => new(new("web1", "coralnet", "SecretsFile", "settings"), _spec, new Place("base/coralnet/secrets.yaml", 5, 3));

    // The runner's record lies in a fixed place; here in the test's own folder.
    private string Here(string script) => script.Replace("/var/lib/reconciler/server", _folder.In("server"));

    private Reading Look() => _kind.Read(Resource, null, Sh.Run(Here(_kind.Probe(Resource, null).Script)).Output, dearer: false);

    /// <summary>With the runner's answer where it is asked for.</summary>
    private Observation Seen
    {
        get
        {
            var reading = Look();
            if (reading is Reading.NeedsMore { Probe: var dearer })
            {
                dearer.Request!.Verb.ShouldBe("digest");
                dearer.Request.Payload.ShouldBe([new PayloadPart.Text(Key)]);
                var answer = $"{KeyedDigest.Of(Key, File.ReadAllBytes(_spec.Path))} 0600 {_spec.User} {_spec.Group}\n";
                reading = _kind.Read(Resource, null, Sh.Run(Here(dearer.Script)).Output + answer, dearer: true);
            }
            return reading.ShouldBeOfType<Reading.Observed>().Observation;
        }
    }

    private string[] Sentences => [.. _kind.Compare(Resource, Seen, ReadMarkers.None).Select(difference => difference.Sentence.Replace(_spec.Path, "FILE"))];

    private Step StepFor(SecretsFileSpec spec) =>
        _kind.Steps(Resource with { Spec = spec }, new Observation.Absent(), Change.Of([new(Resource.Id, DifferenceType.Add, "x")])).Single();

    private int Proof => Sh.Run(Here(StepFor(_spec).Proof!)).Code;

    /// <summary>As the runner places it: the file, 0600, and what it notes of it.</summary>
    private void Place(string digest, string content = "{}", string mode = "0600") => _ = Sh.Run($$"""
        set -e
        umask 077; printf '%s' '{{content}}' >{{_spec.Path}}.new; chmod {{mode}} {{_spec.Path}}.new; mv {{_spec.Path}}.new {{_spec.Path}}
        mkdir -p {{_folder.In("server")}}/placed{{Path.GetDirectoryName(_spec.Path)}}
        echo "{{digest}} $(stat -c '%i %s %.9Y %.9Z' {{_spec.Path}})" >{{_folder.In("server")}}/placed{{_spec.Path}}
        """).Good;

    [Fact]
    public void Absent_is_said_and_the_content_is_only_named_in_the_step()
    {
        Look().ShouldBe(Reading.Absent);
        Sentences.ShouldBe(["secrets file FILE is not there"]);
        var step = StepFor(_spec);
        step.Phase.ShouldBe(Phase.Secrets);
        step.Request!.Payload.ShouldBe([new PayloadPart.SecretFile(new(_spec.File, _spec.Digest))]);
        Proof.ShouldNotBe(0);
    }

    [Fact]
    public void A_folder_on_the_way_that_the_code_does_not_have_is_made_by_the_application_and_for_it_alone()
    {
        var spec = _spec with { Path = _folder.In("site/private/keys/secrets.json"), Within = _folder.In("site") };
        Directory.CreateDirectory(spec.Within);

        var steps = _kind.Steps(Resource with { Spec = spec }, new Observation.Absent(),
            Change.Of([new(Resource.Id, DifferenceType.Add, "x")])).ToList();

        steps.Count.ShouldBe(2);
        var folder = steps[0];
        Sh.Run(folder.Proof!).Code.ShouldNotBe(0);
        _ = Sh.Run(((PayloadPart.Text)folder.Request!.Payload[0]).Value).Good;
        Sh.Run(folder.Proof!).Code.ShouldBe(0);
        File.GetUnixFileMode(_folder.In("site/private")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        folder.Rank.ShouldBeLessThan(steps[1].Rank);
        folder.Request.Arguments[0].ShouldBe(_spec.User);
    }

    [Fact]
    public void In_a_folder_that_the_login_may_not_enter_the_runner_looks_each_time()
    {
        const string Denied = "stat: cannot statx '/srv/site/etc/secrets.json': Permission denied\nplaced abc 1 2 3.0 4.0\nend\n";
        Reading Read(string more, bool dearer, SecretsFileFacts? last = null) => _kind.Read(Resource, last, Denied + more, dearer);

        Read("", dearer: false).ShouldBeOfType<Reading.NeedsMore>().Probe.Request!.Verb.ShouldBe("digest");
        Read("absent\n", dearer: true).ShouldBe(Reading.Absent);
        var seen = Read($"{Digest} 0600 site site\n", dearer: true).ShouldBeOfType<Reading.Observed>().Observation.FactsOf<SecretsFileFacts>()!;
        (seen.Digest, seen.Mode, seen.Owner, seen.Placed).ShouldBe((Digest, "0600", "site", "abc"));
        Read("", dearer: false, seen).ShouldBeOfType<Reading.NeedsMore>();
    }

    [Fact]
    public void As_it_was_placed_it_is_as_git_says()
    {
        Place(Digest);

        Sentences.ShouldBeEmpty();
        Seen.FactsOf<SecretsFileFacts>().ShouldNotBeNull().Marker.ShouldBe(Digest);
        Proof.ShouldBe(0);
    }

    [Fact]
    public void Other_values_than_at_their_source_differ()
    {
        Place("digest-of-before");

        Sentences.ShouldBe(["secrets file FILE holds other values than its source"]);
        Seen.FactsOf<SecretsFileFacts>().ShouldNotBeNull().Marker.ShouldBe("digest-of-before");
        Proof.ShouldNotBe(0);
    }

    [Fact]
    public void An_edit_of_the_same_length_is_noticed_though_the_date_was_set_back()
    {
        Place(Digest, "aa");
        var then = File.GetLastWriteTimeUtc(_spec.Path);
        File.WriteAllText(_spec.Path, "bb");
        File.SetLastWriteTimeUtc(_spec.Path, then);

        Sentences.ShouldBe(["secrets file FILE was edited by hand"]);
        _kind.Compare(Resource, Seen, ReadMarkers.None).Single().Gate.ShouldBe("drift");
        Seen.FactsOf<SecretsFileFacts>().ShouldNotBeNull().Marker.ShouldNotBe(Digest);
        Proof.ShouldNotBe(0);
    }

    [Fact]
    public void The_same_content_put_back_by_hand_is_no_difference_and_is_digested_once()
    {
        Place(Digest);
        File.Delete(_spec.Path);
        File.WriteAllText(_spec.Path, "{}");
        File.SetUnixFileMode(_spec.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Sentences.ShouldBeEmpty();
        Seen.FactsOf<SecretsFileFacts>().ShouldNotBeNull().Marker.ShouldBe(Digest);
        _kind.Read(Resource, Seen.FactsOf<SecretsFileFacts>(), Sh.Run(Here(_kind.Probe(Resource, null).Script)).Output, dearer: false)
            .ShouldBeOfType<Reading.Observed>();
    }

    [Fact]
    public void A_mode_set_by_hand_is_set_back_and_no_reader_has_to_read_again()
    {
        Place(Digest);
        File.SetUnixFileMode(_spec.Path, (UnixFileMode)0b110_100_100);

        Sentences.ShouldBe([$"secrets file FILE is 0644 {_spec.User}:{_spec.Group}, and should be 0600 {_spec.User}:{_spec.Group}"]);
        _kind.Steps(Resource, Seen, Change.Of([new(Resource.Id, DifferenceType.Change, "x")])).First().LeavesContent.ShouldBeTrue();
        StepFor(_spec).LeavesContent.ShouldBeFalse();
    }

    [Fact]
    public void A_file_that_others_may_read_differs_whatever_is_in_it()
    {
        Place(Digest, mode: "0644");

        Sentences.ShouldBe([$"secrets file FILE is 0644 {_spec.User}:{_spec.Group}, and should be 0600 {_spec.User}:{_spec.Group}"]);
        Proof.ShouldNotBe(0);
    }

    [Fact]
    public void A_file_written_by_hand_has_no_note()
    {
        File.WriteAllText(_spec.Path, "{ }");
        File.SetUnixFileMode(_spec.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Sentences.ShouldBe(["secrets file FILE was not written by reconciler, and is not what its source makes: "
            + "other values, or the same in another layout (`reconciler drift` names keys that differ)"]);
    }

    [Fact]
    public void The_way_back_puts_the_kept_copy_in_place_and_sends_nothing()
    {
        var step = StepFor(_spec with { FromKeptCopy = true });

        step.Request!.Verb.ShouldBe("restore");
        step.Request.Payload.ShouldBeEmpty();
        step.Summary.ShouldStartWith("put back the kept copy");
    }

    [Theory]
    [InlineData("")]
    [InlineData("found 0600 coralnet coralnet 1 2 3 4\n")]
    [InlineData("stat: cannot statx '/srv/www/secrets.json': Input/output error\nend\n")]
    [InlineData("Welcome to web1\nend\n")]
    public void What_cannot_be_read_for_sure_is_unknown_and_not_absent(string output) =>
        _kind.Read(Resource, null, output, dearer: false).ShouldBeOfType<Reading.Observed>().Observation.ShouldBeOfType<Observation.Unknown>();

    [Fact]
    public void Neither_the_probe_nor_a_sentence_holds_anything_of_the_content()
    {
        Place("digest-of-before", "CANARY-7f3c");
        var output = Sh.Run(Here(_kind.Probe(Resource, null).Script)).Output;

        output.ShouldNotContain("CANARY");
        string.Concat(Sentences).ShouldNotContain("CANARY");
    }

    [Fact]
    public void A_copy_that_a_run_left_when_it_broke_off_is_forgotten_and_nothing_is_written()
    {
        Place(Digest);
        var left = Resource with { LeftCopy = true };
        var differences = _kind.Compare(left, Seen, ReadMarkers.None).ToList();

        differences.Single().Sentence.ShouldBe($"a copy of what secrets file {_spec.Path} was before is still kept on the server");
        _kind.Steps(left, Seen, Change.Of([.. differences])).Select(step => (step.Phase, step.Request!.Verb)).ShouldBe([(Phase.Tidy, "forget-kept")]);
    }
}
