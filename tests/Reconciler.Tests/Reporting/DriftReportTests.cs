using Reconciler.Reporting;

namespace Reconciler.Tests.Reporting;

/// <summary>What <c>drift</c> tells somebody who does not know the tool.</summary>
public sealed class DriftReportTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static ReportedDifference Edited(string server, int minutesAgo = 30) =>
        new(server, "coralnet/NginxSite/coralnet", "Change", "/etc/nginx/sites-available/coralnet-coralnet was edited by hand", "1111",
            "edited", "base/coralnet/nginx.yaml:6:3")
        {
            Cause = "corrective",
            Since = Now.AddMinutes(-minutesAgo),
            LastSynced = Now.AddMinutes(-minutesAgo - 1),
            Does = "only reports it: selfHeal says report for NginxSite",
            Command = "reconciler retry production coralnet --heal",
        };

    private static ReportedDifference Moved(string server) =>
        new(server, "coralnet/Code/code", "Change", "/srv/www/coralnet is at 1111, git says 2222", "2222", "1111", null)
        {
            Cause = "intentional",
            Since = Now,
            Does = "brings it to the server with the next run",
        };

    private static ApplicationStatus Status(params ReportedDifference[] differences) => new(
        "production", "coralnet", new string('1', 40), null, SyncStatus.OutOfSync, Health.Healthy, [], differences, [], Now, null, null);

    private static readonly ServerStatus[] Servers =
        [new("production", "web1", "10.0.0.1", ["web"], Now, null),
            new("production", "web2", "10.0.0.2", ["web"], Now.AddHours(-3), "web2 did not answer") { Unknown = true }];

    private static string Text(DriftReport report)
    {
        using var text = new StringWriter();
        new DriftText(text, Now).Write(report);
        return text.ToString();
    }

    [Fact]
    public void It_names_server_git_and_server_since_when_why_what_happens_and_what_to_type() =>
        Text(DriftReport.Of("production", [Status(Edited("web2", 20), Edited("web1"), Moved("web1"))], Servers, null)).ShouldBe("""
            production: 2 difference(s) on 2 server(s); git is at 111111111111, looked at 2026-11-21 12:00:00Z

            Corrective: the server was changed, and git was not
              web1 web2: /etc/nginx/sites-available/coralnet-coralnet was edited by hand
                what   coralnet/NginxSite/coralnet
                git    1111 (base/coralnet/nginx.yaml:6:3)
                server edited
                since  2026-11-21 11:30:00Z (30 min ago); at 2026-11-21 11:29:00Z it was as git said
                then   reconciler only reports it: selfHeal says report for NginxSite
                you    can type `reconciler retry production coralnet --heal`

            Intentional: git was changed, and the server was not brought there yet
              web1: /srv/www/coralnet is at 1111, git says 2222
                what   coralnet/Code/code
                git    2222
                server 1111
                since  2026-11-21 12:00:00Z (just now); no look before found it as git said
                then   reconciler brings it to the server with the next run

            Last verified
              web1         2026-11-21 12:00:00Z (just now)
              web2         2026-11-21 09:00:00Z (3 h ago): web2 did not answer; what is said of it does not count any more

            """);

    [Fact]
    public void Who_did_several_things_in_one_evening_is_named_once()
    {
        var report = DriftReport.Of("production", [Status(Edited("web1"), Edited("web1") with { Resource = "coralnet/File/a", Sentence = "a was edited" })], Servers, null);
        DriftActor ada = new("web1", Now, "ada", "logged in"), bob = ada with { User = "bob" };
        string Of(params DriftActor[] second) => Text(report with
        {
            Differences = [report.Differences[0] with { Who = [ada] }, report.Differences[1] with { Who = second }],
        });

        Of(ada).ShouldContain("    who    likely: as above\n");
        Of(bob).ShouldNotContain("as above");
    }

    [Fact]
    public void Servers_whose_files_differ_in_another_way_are_not_grouped()
    {
        var contents = new Dictionary<(string, string), string>
        {
            [("web1", "coralnet/NginxSite/coralnet")] = "--- git\n+++ server\n+one\n",
            [("web2", "coralnet/NginxSite/coralnet")] = "--- git\n+++ server\n+other\n",
        };

        var report = DriftReport.Of("production", [Status(Edited("web1"), Edited("web2"))], Servers, null, contents);

        report.Differences.Select(thing => string.Join(' ', thing.Servers)).ShouldBe(["web1", "web2"]);
        Text(report).ShouldContain("    | +other\n");
    }

    [Fact]
    public void What_happens_next_is_one_line_without_what_was_printed() =>
        DriftReport.Of("production", [Status(Edited("web1") with { Does = "tries again: it failed\nunit not found" })], Servers, null)
            .Differences.Single().Does.ShouldBe("tries again: it failed");

    [Fact]
    public void Of_one_server_only_what_is_on_it_is_said()
    {
        var status = Status(Edited("web1"),
            Edited("web2")) with { Unseen = ["web1/coralnet/Code/code: why", "web10/coralnet/Code/code: why"] };

        var report = DriftReport.Of("production", [status], Servers, "web1");

        report.Differences.ShouldHaveSingleItem().Servers.ShouldBe(["web1"]);
        report.Unseen.ShouldBe(["web1/coralnet/Code/code: why"]);
        report.Servers.ShouldHaveSingleItem().Server.ShouldBe("web1");
    }

    [Fact]
    public void What_could_not_be_looked_at_is_never_called_as_git_says()
    {
        Text(DriftReport.Of("production", [Status()], [], null)).ShouldStartWith("production: no difference: the servers are as git says;");

        var text = Text(DriftReport.Of("production",
            [Status() with { Unseen = ["web1/coralnet/Code/code: it hangs"], Fault = "no such commit" }], [], null));

        text.ShouldNotContain("as git says");
        text.ShouldContain("  refused: coralnet: no such commit\n");
        text.ShouldContain("\n  web1/coralnet/Code/code: it hangs\n");
    }

    [Fact]
    public void What_is_refused_was_not_compared_and_is_never_called_as_git_says()
    {
        Text(DriftReport.Of("production", [Status() with { Fault = "settings.json cannot be read" }], [], null)).ShouldStartWith(
            "production: no difference in what could be compared; what git says of 1 application(s) is refused, and how the servers stand to that is not known;");
        Text(DriftReport.Of("production", [Status(Edited("web1")) with { Fault = "settings.json cannot be read" }], [], null)).ShouldStartWith(
            "production: 1 difference(s) on 1 server(s); what git says of 1 application(s) is refused, ");
    }

    [Fact]
    public void What_was_changed_on_both_sides_is_called_neither_the_servers_nor_gits()
    {
        var text = Text(DriftReport.Of("production", [Status(Moved("web1") with { Cause = "both" })], [], null));

        text.ShouldContain("\nBoth: the server was changed, and so was git: what is there is neither what git said before nor what it says now\n  web1: ");
    }

    [Fact]
    public void What_git_does_not_speak_of_is_told_once_the_loud_first_and_counts_as_no_difference()
    {
        static ReportedUnmanaged Thing(string server, string what, bool loud, string said) =>
            new(server, "coralnet/NginxSite/coralnet", what, $"{what} {said}", loud, Now.AddHours(-1), "remove it there");
        var other = Status() with { Application = "reef", Unmanaged = [Thing("web1", "/etc/a", false, "is there"), Thing("web2",
            "/etc/b", false, "is there")] };
        var status = Status() with { Unmanaged = [Thing("web1", "process 7", false, "runs"), Thing("web1", "/etc/a", true,
            "answers too")] };

        var report = DriftReport.Of("production", [other, status], [], null);

        report.Differences.ShouldBeEmpty();
        Text(report).ShouldBe("""
            production: no difference: the servers are as git says; git is at 111111111111, looked at 2026-11-21 12:00:00Z

            Unmanaged: on the servers, and git does not speak of it. It is left as it is
              ! web1: /etc/a answers too
                since  2026-11-21 11:00:00Z (60 min ago)
                you    can remove it there
              web2: /etc/b is there
                since  2026-11-21 11:00:00Z (60 min ago)
                you    can remove it there
              web1: process 7 runs
                since  2026-11-21 11:00:00Z (60 min ago)
                you    can remove it there

            """);
    }
}
