using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Resources.NginxSite;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Resources.NginxSite;

public sealed class NginxSiteKindTests
{
    private const string Token = "0123456789abcdefTOKEN";

    private static readonly string Wanted = new('a', 64);

    private static readonly string Older = new('b', 64);

    private static readonly Resource Resource = new(
        new("web1", "reef", "NginxSite", "main"),
        new NginxSiteSpec("reef", "main", "server { listen 80; }\n", Wanted, new("127.0.0.1", 80, false, "reef.test"), Token),
        new Place("base/reef/nginx.yaml", 5, 3));

    public static IEnumerable<TheoryDataRow<string>> Cases() => KindCase.Names();

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_seen_leads_to_these_differences_and_steps(string name) => KindCase.Load(name).Check(new NginxSiteKind(), Resource, Fill);

    [Fact]
    public void An_edit_that_git_says_by_now_is_sealed_anew_and_no_longer_refused()
    {
        IResourceKind kind = new NginxSiteKind();
        var seen = Read($"file foreign {Wanted}\nlink right\ntried \n");

        kind.Compare(Resource, seen, ReadMarkers.None).Select(difference => (difference.Gate, difference.Refusal)).ShouldBe([(null, null)]);
        kind.Compare(Resource, Read($"file foreign {Older}\nlink right\ntried \n"), ReadMarkers.None).First().Gate.ShouldBe("drift");
    }

    [Fact]
    public void A_site_is_marked_where_an_upstream_line_came_from_and_nowhere_else_and_that_is_no_word_of_gits()
    {
        var text = $"# server 10.0.0.2:80; # web2\nserver 10.0.0.1:80{SealedSite.DownAt("web1")}; # web1\nserver 10.0.0.2:80{SealedSite.DownAt("web2")}; # web2\n"
            + $"return 200 {SealedSite.Placeholder};\n";
        var site = SealedSite.Of(text);
        var spec = new NginxSiteSpec("reef", "main", site.Content, site.Digest, new("127.0.0.1", 80, false, "reef.test"), Token) { Unmarked = text };

        var marked = (NginxSiteSpec)spec.LeavingOut(new HashSet<string> { "web2", "web9" });

        spec.PassesOnTo().Order().ShouldBe(["web1", "web2"]);
        marked.Content.ShouldBe($"# server 10.0.0.2:80; # web2\nserver 10.0.0.1:80; # web1\nserver 10.0.0.2:80 down; # web2\nreturn 200 {marked.Digest};\n");
        (marked.Digest == spec.Digest, marked.LeavingOut(new HashSet<string>()) == spec).ShouldBe((false, true));
        UnitDigest.Of([Resource with { Spec = spec }]).ShouldBe(UnitDigest.Of([Resource with { Spec = spec with { Unmarked = null } }]), "ledgers of before know it");
    }

    [Fact]
    public void A_server_that_gets_no_more_requests_is_waited_for_where_upstreams_name_it()
    {
        var text = $"server 10.0.0.1:80{SealedSite.DownAt("web1")}; # web1\nserver [fd00::2]:8000{SealedSite.DownAt("web2")}; # web2\n"
            + $"server 10.0.0.1:8443{SealedSite.DownAt("web1")}; # web1\nreturn 200 {SealedSite.Placeholder};\n";
        var site = SealedSite.Of(text);
        var spec = new NginxSiteSpec("reef", "main", site.Content, site.Digest, new("127.0.0.1", 80, false, "reef.test"), Token) { Unmarked = text };
        IResourceKind kind = new NginxSiteKind();
        List<Step> Told(Passing passing) => [.. kind.Steps(Resource with { Spec = spec }, Read(Fill("file sealed {wanted}\nlink right\ntried \n")),
            Change.Of() with { Passing = passing })];

        var drained = Told(new(["web1"], [], TimeSpan.FromSeconds(7)));

        drained.Select(step => step.Summary).ShouldBe(
        [
            "place /etc/nginx/sites-available/reef-main: no more requests to web1", "reload nginx: no more requests to web1",
            "wait until web1 answered what had begun, for 7 s at most",
        ]);
        drained[2].Proof!.ShouldContain("( dst 10.0.0.1:80 or dst 10.0.0.1:8443 )");
        (drained[2].ProofWithin, drained[2].MayFail, drained[2].Request).ShouldBe((TimeSpan.FromSeconds(7), true, null));
        Told(new([], ["web1"], TimeSpan.Zero)).Select(step => step.Summary).ShouldBe(
            ["place /etc/nginx/sites-available/reef-main: requests to web1 again", "reload nginx: requests to web1 again"]);
    }

    [Fact]
    public void A_file_says_whom_its_upstreams_leave_out()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.In("site"), "upstream u {\n    server 10.0.0.1:80; # web1\n    server [fd00::2]:80 down; # web2\n    server 10.0.0.9:80 down;\n"
            + "# server 10.0.0.3:80 down; # web3\n}\n");

        Sh.Run(SealedSite.OutScript(folder.In("site"))).Output.ShouldBe("out web2\n");
        Read("file absent\nout web2\nout web2\nlink absent\ntried \n").FactsOf<NginxSiteFacts>()!.LeavesOut.ShouldBe(["web2"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("file\nlink\ntried\n")]
    [InlineData("file absent\nlink absent\n")]
    public void Output_that_is_cut_off_is_unknown_and_never_absent(string output) => Read(output).ShouldBeOfType<Observation.Unknown>();

    [Theory]
    [InlineData("file sealed\nlink right\ntried \n0 200 ok ok !!\n")]
    [InlineData("file absent\nlink what\ntried a b c\n0 999 x y z\n")]
    [InlineData("file \nlink \ntried \n")]
    public void Garbled_output_is_read_without_a_fault(string output) => Read(output).ShouldNotBeNull();

    [Fact]
    public void Secrets_that_the_site_names_are_tried_along_and_stay_out_of_the_plan()
    {
        var spec = (NginxSiteSpec)Resource.Spec with { Secrets = [new("/etc/ssl/private/reef.key", new(new("production", "reef", "tls"), "digest"))] };
        var resource = Resource with { Spec = spec };
        IResourceKind kind = new NginxSiteKind();
        var absent = Read(Fill("file absent\nlink absent\ntried \n"));

        var step = kind.Steps(resource, absent, Change.Of([.. kind.Compare(resource, absent, ReadMarkers.None)])).First();

        step.Request!.Arguments.ShouldBe(["nginx-try-reef-main", Wanted, "/etc/nginx/sites-enabled/reef-main", "/etc/ssl/private/reef.key"]);
        step.Request.Payload[1].ShouldBeOfType<PayloadPart.SecretFile>();
        step.ToString().ShouldNotContain(Token);
    }

    private static Observation Read(string output) =>
        ((IResourceKind)new NginxSiteKind()).Read(Resource, null, output, false).ShouldBeOfType<Reading.Observed>().Observation;

    private static string Fill(string text) => text
        .Replace("{served:wanted}", Encoded(Wanted)).Replace("{served:older}", Encoded(Older))
        .Replace("{empty}", "").Replace("{wanted}", Wanted).Replace("{older}", Older);

    private static string Encoded(string text) => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(text));
}
