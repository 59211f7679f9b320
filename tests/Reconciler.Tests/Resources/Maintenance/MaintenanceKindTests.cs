using System.Text;
using Reconciler.Model;
using Reconciler.Resources.Maintenance;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Resources.Maintenance;

public sealed class MaintenanceKindTests
{
    private const string Page = "<h1>soon back</h1>";

    private static readonly ApplicationRuntime Runtime = new("reef", "reef", "/srv/www/reef", "/srv/www/reef/project", "/srv/www/venv",
        "/srv/www/reef.d/c1", "/srv/www/venv.d/v1", [], []);

    private static readonly MaintenanceSpec Open = new("reef", Enabled: false, Page, RetryAfter: 300,
        [new("127.0.0.1", 80, false, "reef.test"), new("127.0.0.1", 443, true, "api.reef.test")], Notice: null);

    private static readonly NoticeCommands Commands = new("manage.py maintenanceon --start {{startsAt}}", "manage.py maintenanceoff",
        Runtime);

    private static readonly NoticeBanner Banner = new("Maintenance begins at {{startsAt}}", null, [new("127.0.0.1", 80, false, "reef.test")],
        "/", "0123456789abcdefTOKEN");

    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.FromHours(2));

    public static IEnumerable<TheoryDataRow<string>> Cases() => KindCase.Names();

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_seen_leads_to_these_differences_and_steps(string name)
    {
        var given = KindCase.Load(name);
        var words = given.Spec.Split(' ');
        given.Check(new MaintenanceKind(), Of(Open with
        {
            Enabled = words.Contains("enabled"),
            Begins = words.Contains("begins") ? new(2026, 11, 21, 12, 0, 0, TimeSpan.FromHours(2)) : null,
            KeepsNotice = words.Contains("promised"),
            RetryAfter = words.Contains("long") ? 5000 : 300,
            Notice = words.Contains("notice") ? Commands : null,
            Banner = words.Contains("banner") ? Banner : null,
        }), text => text.Replace("{page}", MaintenanceKind.Digest(Page)).Replace("{words}", NoticeSteps.WordsOf(Commands))
            .Replace("{empty}", "").Replace("{banner}", MaintenanceKind.Digest(Banner.Content("reef", Noon)))
            .Replace("{shown}", Convert.ToBase64String(Encoding.UTF8.GetBytes($"<body><div {Banner.Mark("reef", Noon)} role="))));
    }

    [Fact]
    public void The_time_goes_into_the_notice_as_one_word_and_its_outcome_is_kept()
    {
        var resource = Of(Open with { Notice = new("python manage.py maintenanceon --start {{startsAt}} 'it''s $HOME'", "off", Runtime) });
        var change = Change.Of() with { StartsAt = new(2026, 11, 21, 12, 0, 0, TimeSpan.FromHours(2)) };

        var step = ((IResourceKind)new MaintenanceKind()).Steps(resource, new Observation.Absent(), change).Single();

        var words = NoticeSteps.WordsOf(((MaintenanceSpec)resource.Spec).Notice!);
        words.Length.ShouldBe(12);
        step.Request!.Arguments.ShouldBe(["reef", "/srv/www/reef/project", "notice-reef"]);
        ((PayloadPart.Text)step.Request.Payload[0]).Value
            .ShouldEndWith($"set -e\npython manage.py maintenanceon --start 2026-11-21T10:00:00Z 'its $HOME' >&2\n"
                + $"echo 'on 2026-11-21T10:00:00Z {words}'\n");
        step.Proof.ShouldBe($"[ \"$(head -c 100 /var/lib/reconciler/server/results/notice-reef)\" = 'on 2026-11-21T10:00:00Z {words}' ]");
    }

    [Fact]
    public void A_banner_is_text_to_the_page_and_to_nginx_whatever_stands_in_it()
    {
        var content = (Banner with { Text = "<b>$host 'it\\'s; {{startsAt}}\nreefs & ü€ {{endsAt}}", EndsAt = Noon.AddHours(1) })
            .Content("reef", Noon);

        content.ShouldSatisfyAllConditions(
            () => content.Split('\n')[0].ShouldBe("# on 2026-11-21T10:00:00Z"),
            () => content.ShouldContain("sub_filter '</body>' '<div data-notice=\"reef 2026-11-21T10:00:00Z "),
            () => content.ShouldContain("proxy_set_header Accept-Encoding \"\";"),
            () => content.ShouldContain(">&#60;b&#62;&#36;host &#39;it&#92;&#39;s&#59; "
                + "<time datetime=\"2026-11-21T10:00:00Z\">2026-11-21 10:00 UTC</time>&#10;reefs &#38; &#252;&#8364; "
                + "<time datetime=\"2026-11-21T11:00:00Z\">2026-11-21 11:00 UTC</time></div></body>';\n"),
            () => content.ShouldNotContain('$'),
            () => content.Count(c => c == '\'').ShouldBe(4));
        Banner.Mark("reef", Noon).ShouldNotBe((Banner with { Text = "other words" }).Mark("reef", Noon));
    }

    [Theory]
    [InlineData("0 200 missing missing {open}\n2 200 missing missing {none}\n", "")]
    [InlineData("0 200 missing missing {open}\n2 404 missing missing {none}\n", null)]
    [InlineData("0 200 missing missing {open}\n2 200 missing missing {open}\n", null)]
    [InlineData("0 200 missing missing {open}\n", null)]
    public void A_site_without_the_part_is_not_taken_for_one_that_shows_nothing(string answers, string? shown)
    {
        var output = "notice off\n" + answers.Replace("{open}", Convert.ToBase64String("open"u8))
            .Replace("{none}", Convert.ToBase64String("<body></body>"u8));
        var reading = ((IResourceKind)new MaintenanceKind()).Read(Of(Open with { Banner = Banner }), null, output, false);
        reading.ShouldBeOfType<Reading.Observed>().Observation.FactsOf<MaintenanceFacts>()!.Shown.ShouldBe([shown]);
    }

    [Fact]
    public void The_file_of_a_banner_tells_its_time_and_its_digest()
    {
        using var folder = new ScratchFolder();
        Sh.Run(MaintenanceProbe.Script(Open with { Sites = [], Banner = Banner with { Sites = [] } })
            .Replace("/var/lib/reconciler/cover/reef", folder.Path)).Output.ShouldContain("notice off\n");
        File.WriteAllText(folder.In("notice.conf"), Banner.Content("reef", Noon));
        Sh.Run(MaintenanceProbe.Script(Open with { Sites = [], Banner = Banner with { Sites = [] } })
            .Replace("/var/lib/reconciler/cover/reef", folder.Path)).Output
            .ShouldContain($"notice on 2026-11-21T10:00:00Z {MaintenanceKind.Digest(Banner.Content("reef", Noon))}  -\n");
    }

    [Theory]
    [InlineData("")]
    [InlineData("folder yes\nflag yes\n")]
    public void Output_that_is_cut_off_is_unknown_and_never_uncovered(string output) =>
        ((IResourceKind)new MaintenanceKind()).Read(Of(Open), null, output, false)
            .ShouldBeOfType<Reading.Observed>().Observation.ShouldBeOfType<Observation.Unknown>();

    [Fact]
    public void A_message_is_text_on_the_default_page() =>
        DefaultPage.Render("Reef & <b>", "one\n\ntwo <script>", 30).ShouldSatisfyAllConditions(
            page => page.ShouldContain("<title>Reef &amp; &lt;b&gt;</title>"),
            page => page.ShouldContain("<p>one</p>\n<p>two &lt;script&gt;</p>"),
            page => page.ShouldContain("content=\"30\""));

    private static Resource Of(MaintenanceSpec spec) => new(new("web1", "reef", "Maintenance", "maintenance"), spec, new Place("production/reef/maintenance.yaml", 4, 7));
}
