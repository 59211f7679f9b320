using System.Text.Json;
using Reconciler.Reporting;
using Reconciler.Tests.Documents;

namespace Reconciler.Tests.Reporting;

public sealed class StatusTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static readonly ApplicationStatus Good = new("production", "coralnet", new string('1', 40), "3f9d1c07a1e0b6f5c6f0d2a4f0b1d8e7c9a5b342",
        SyncStatus.Synced, Health.Healthy,
        [new("Ready", "True", "Converged", "the servers are as git says", Now - TimeSpan.FromHours(3)), new("Stalled", "False", "Converged", "the servers are as git says", Now - TimeSpan.FromHours(3))],
        [], [], Now - TimeSpan.FromSeconds(20), null, null);

    private static readonly ApplicationStatus Waiting = Good with
    {
        Environment = "staging",
        Sync = SyncStatus.OutOfSync,
        Health = Health.Degraded,
        Conditions = [new("Ready", "False", "WaitingForPromotedFrom", "3f9d1c07a1e0 soaks for 2h", Now)],
        Differences = [new("web1", "coralnet/Code/code", "Change", "/srv/www/coralnet is at 3f9d1c07a1e0, git says 7ab20000a1e0", "7ab20000a1e0", "3f9d1c07a1e0", "production/coralnet/application.yaml:5:18")],
        Ailments = ["web1: / answered 500, expected 200"],
        Verified = Now - TimeSpan.FromMinutes(20),
        WaitsFor = "3f9d1c07a1e0 soaks for 2h",
        WaitsUntil = Now + TimeSpan.FromHours(1),
    };

    private static readonly ApplicationStatus Host = Good with { Application = "host", Commit = null, Verified = Now - TimeSpan.FromHours(5) };

    private static readonly ControllerStatus Watching = new("watch", 4711, "controller", Now - TimeSpan.FromHours(30));

    private static readonly RepositoryStatus InForce = new(new string('1', 40), null, null, null, [], Now - TimeSpan.FromSeconds(12));

    private static readonly RunStatus MigratingNow = new("17-3f9d1c07", "Running", Now - TimeSpan.FromMinutes(2), "Migrate", Now - TimeSpan.FromSeconds(40),
        [new("web1", "apply gallery.0002_colour", Now - TimeSpan.FromSeconds(25))], null);

    /// <summary>Half a deploy: staging is held, production migrates, git has a revision with faults, and somebody asked for a retry.</summary>
    private static readonly StatusReport AtNight = new(
        Watching,
        new(new string('2', 40), new string('2', 40), "revision 222222222222 has faults and is refused whole; what was accepted before stays in force",
            Now - TimeSpan.FromMinutes(5),
            [new("error", "unknown-key", "base/coralnet/services.yaml", 6, 3, "`restat` is no key here", "did you mean `restart`?")], Now - TimeSpan.FromSeconds(12)),
        [
            Good with { Run = MigratingNow, Covered = true, RunningCommits = ["7ab20000a1e0b6f5c6f0d2a4f0b1d8e7c9a5b342"], Sync = SyncStatus.OutOfSync },
            Good with
            {
                Environment = "staging", Sync = SyncStatus.OutOfSync, Health = Health.Degraded, Covered = true, Flag = true,
                Run = new("16-0badcafe", "Held", Now - TimeSpan.FromMinutes(30), "Migrate", null, [], "Migrate on web1: apply gallery.0002_colour: exit code 1"),
                Conditions =
                [
                    new("Ready", "False", "Held", "Migrate on web1: apply gallery.0002_colour: exit code 1\nTraceback\nNameError: x", Now - TimeSpan.FromMinutes(20)),
                    new("Stalled", "True", "Held", "Migrate on web1: apply gallery.0002_colour: exit code 1", Now - TimeSpan.FromMinutes(20)),
                ],
                GoOn = [new("try the same again", "reconciler retry staging coralnet"), new("or merge a commit that changes what failed", null)],
            },
        ],
        [
            new(4, "retry", "staging", "coralnet", "ada@controller", Now - TimeSpan.FromSeconds(3), null, null, null),
            new(3, "retry", "staging", null, "ada@controller", Now - TimeSpan.FromMinutes(9), Now - TimeSpan.FromMinutes(9), Now - TimeSpan.FromMinutes(8),
                "host: Synced: the servers are as git says; coralnet: Held: Migrate on web1: apply gallery.0002_colour: exit code 1"),
        ]);

    private static string Text(StatusReport report)
    {
        var writer = new StringWriter { NewLine = "\n" };
        new StatusText(writer, Now).Write(report);
        return writer.ToString();
    }

    [Fact]
    public void Status_for_people_reads_like_this()
    {
        GoldenFile.Check("tests/Reconciler.Tests/Reporting/golden/status.txt", Text(new(Watching, InForce, [Good, Host, Waiting], [])));
    }

    [Fact]
    public void At_night_it_says_what_goes_on_what_is_held_and_what_to_type() =>
        GoldenFile.Check("tests/Reconciler.Tests/Reporting/golden/status-at-night.txt", Text(AtNight));

    [Fact]
    public void What_git_does_not_speak_of_is_counted_and_named_where_it_changes_what_users_get()
    {
        static ReportedUnmanaged Thing(string what, bool loud) => new("web1", "coralnet/NginxSite/coralnet", what, $"{what} is there",
            loud, null, "remove it");

        var text = Text(AtNight with { Applications = [Good with { Unmanaged = [Thing("/etc/a", true), Thing("/etc/b", false),
            Thing("/etc/c", false)] }] });

        text.ShouldContain("\n  ! unmanaged: web1: /etc/a is there\n"
            + "  2 thing(s) on its servers that git does not speak of: `reconciler drift production` names them\n");
    }

    [Fact]
    public void The_way_on_stands_before_what_was_printed_and_of_that_the_end()
    {
        var printed = string.Join('\n', Enumerable.Range(1, 90).Select(line => $"line {line}"));
        var held = AtNight.Applications[1];

        var lines = Text(AtNight with
        {
            Applications = [held with { Conditions = [new("Ready", "False", "Held", $"Migrate failed\n{printed}", Now)], GoOn = [new("push a newer commit", null)] }],
        }).Split('\n');

        Array.IndexOf(lines, "  > push a newer commit").ShouldBeInRange(0, Array.FindIndex(lines, line => line.StartsWith("    | ", StringComparison.Ordinal)));
        lines.Where(line => line.StartsWith("    | ", StringComparison.Ordinal)).ShouldBe(
            ["    | ... 78 lines before these: `reconciler describe run 16-0badcafe` has them", .. Enumerable.Range(79, 12).Select(line => $"    | line {line}")]);
    }

    [Fact]
    public void That_nobody_is_at_work_is_said_first()
    {
        var run = MigratingNow with { State = "Interrupted" };

        var text = Text(AtNight with { Controller = null, Applications = [Good with { Run = run }] });

        text.ShouldStartWith("nobody is at work: nothing is deployed or tried again until `reconciler watch` runs\n");
        text.ShouldContain("  broke off: run 17-3f9d1c07, since 2026-11-21 11:58:00Z (2 min), in Migrate: its controller ended");
    }

    [Fact]
    public void A_refused_revision_or_anything_stalled_needs_a_person()
    {
        AtNight.NeedsPerson.ShouldBeTrue();
        (AtNight with { Applications = [] }).NeedsPerson.ShouldBeTrue();
        (AtNight with { Repository = InForce }).NeedsPerson.ShouldBeTrue();
        (AtNight with { Repository = InForce, Applications = [Good, Waiting] }).NeedsPerson.ShouldBeFalse();
    }

    [Fact]
    public void Nothing_observed_yet_is_said()
    {
        Text(new(Watching, null, [], [])).ShouldEndWith("\nnothing was observed yet: `reconciler watch` looks again and again, `reconciler plan ENVIRONMENT` once\n");
    }

    [Fact]
    public void Status_in_JSON_keeps_its_shape() =>
        GoldenFile.Check("tests/Reconciler.Tests/Reporting/golden/status.json", JsonSerializer.Serialize(AtNight, StatusJson.Default.StatusReport) + "\n");

    [Fact]
    public void What_was_saved_is_read_back_whole()
    {
        var read = StatusBuilder.FromJson(StatusBuilder.ToJson(Waiting)).ShouldNotBeNull();

        StatusBuilder.ToJson(read).ShouldBe(StatusBuilder.ToJson(Waiting));
        StatusBuilder.FromJson(null).ShouldBeNull();
    }

    [Fact]
    public void A_condition_keeps_its_time_until_its_status_or_reason_changes()
    {
        Condition Next(bool status, string reason) => StatusBuilder.Condition("Ready", status, reason, "another sentence", Good, Now);

        Next(true, "Converged").LastTransitionTime.ShouldBe(Now - TimeSpan.FromHours(3));
        Next(true, "Converged").Message.ShouldBe("another sentence");
        Next(false, "Converged").LastTransitionTime.ShouldBe(Now);
        Next(true, "ChecksFail").LastTransitionTime.ShouldBe(Now);
    }

    [Fact]
    public void A_verdict_that_was_not_renewed_in_time_is_none()
    {
        var interval = TimeSpan.FromSeconds(60);
        ApplicationStatus After(TimeSpan time) => Good.AsOf(Good.Verified!.Value + time, interval);

        After(TimeSpan.FromMinutes(7)).Sync.ShouldBe(SyncStatus.Synced);
        (After(TimeSpan.FromMinutes(8)).Sync, After(TimeSpan.FromMinutes(8)).Health).ShouldBe((SyncStatus.Unknown, Health.Unknown));
    }
}
