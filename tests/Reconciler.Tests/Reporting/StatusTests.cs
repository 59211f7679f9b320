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
        Conditions = [new("Ready", "False", "WaitingForPromotedFrom", "3f9d1c07a1e0 soaks for 02:00:00", Now)],
        Differences = [new("web1", "coralnet/Code/code", "Change", "/srv/www/coralnet is at 3f9d1c07a1e0, git says 7ab20000a1e0", "7ab20000a1e0", "3f9d1c07a1e0", "production/coralnet/application.yaml:5:18")],
        Ailments = ["web1: / answered 500, expected 200"],
        Verified = Now - TimeSpan.FromMinutes(20),
        WaitsFor = "3f9d1c07a1e0 soaks for 02:00:00",
        WaitsUntil = Now + TimeSpan.FromHours(1),
    };

    private static readonly ApplicationStatus Host = Good with { Application = "host", Commit = null, Verified = Now - TimeSpan.FromHours(5) };

    [Fact]
    public void Status_for_people_reads_like_this()
    {
        var writer = new StringWriter { NewLine = "\n" };
        StatusText.Write(writer, [Good, Host, Waiting], Now);

        GoldenFile.Check("tests/Reconciler.Tests/Reporting/golden/status.txt", writer.ToString());
    }

    [Fact]
    public void Nothing_observed_yet_is_said()
    {
        var writer = new StringWriter { NewLine = "\n" };
        StatusText.Write(writer, [], Now);

        writer.ToString().ShouldBe("nothing was observed yet\n");
    }

    [Fact]
    public void Status_in_JSON_keeps_its_shape() =>
        GoldenFile.Check("tests/Reconciler.Tests/Reporting/golden/status.json", JsonSerializer.Serialize([Good, Waiting], StatusJson.Default.IReadOnlyListApplicationStatus) + "\n");

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
