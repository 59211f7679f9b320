using Reconciler.Reporting;

namespace Reconciler.Tests.Reporting;

public sealed class EnvironmentCommitStatusTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static ApplicationStatus Status(string application, bool ready, bool stalled = false, string reason = "Converged", string message = "as git says") =>
        new("production", application, new string('1', 40), null, SyncStatus.Synced, Health.Healthy,
        [
            new("Ready", ready ? "True" : "False", reason, message, Now), new("Stalled", stalled ? "True" : "False", reason, message, Now),
        ], [], [], Now, null, null);

    private static string Of(params ApplicationStatus[] statuses)
    {
        var status = EnvironmentCommitStatus.Of("production", statuses, null);
        return $"{status.Context} {status.State}: {status.Description}";
    }

    [Fact]
    public void The_worst_application_speaks()
    {
        Of().ShouldBe("reconciler/production Success: nothing to do: git names no application here");
        Of(Status("host", true), Status("site", true)).ShouldBe("reconciler/production Success: converged: the servers are as git says");
        Of(Status("host", true), Status("site", false) with { WaitsFor = "`windows`: later\nmore", WaitsUntil = Now })
            .ShouldBe("reconciler/production Pending: site: deferred until 2026-11-21T12:00:00Z: `windows`: later");
        Of(Status("host", false, stalled: true, message: "web1 did not answer"), Status("site", false))
            .ShouldBe("reconciler/production Failure: host: web1 did not answer");
        Of(Status("site", false, reason: "ChecksFail", message: "as git says, but on web1 / fails") with { Health = Health.Degraded })
            .ShouldBe("reconciler/production Failure: site: as git says, but on web1 / fails");
    }

    [Fact]
    public void Drift_that_is_only_reported_is_no_failure() =>
        Of(Status("site", false, reason: "Drifted") with { Differences = [new("web1", "site/File/motd", "Change", "differs", null, null, null)] })
            .ShouldBe("reconciler/production Success: converged; drift that is only reported: 1, see `reconciler drift`");
}
