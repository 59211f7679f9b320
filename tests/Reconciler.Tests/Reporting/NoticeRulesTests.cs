using Reconciler.Notifying;
using Reconciler.Reporting;

namespace Reconciler.Tests.Reporting;

public sealed class NoticeRulesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static Failing Fails(string sentence) => NoticeRules.Of(sentence)!;

    [Fact]
    public void First_at_once_the_same_each_hour_another_at_once_and_recovery_clears()
    {
        ToldFailure? told = null;
        NoticeEvent? After(int minutes, string? failure)
        {
            (var what, told) = NoticeRules.Judge(told, NoticeRules.Of(failure), Noon.AddMinutes(minutes));
            return what;
        }

        After(0, null).ShouldBeNull();
        After(1, "web1 did not answer").ShouldBe(NoticeEvent.Failing);
        After(2, "web1 did not answer").ShouldBeNull();
        After(60, "web1 did not answer").ShouldBeNull();
        After(61, "web1 did not answer").ShouldBe(NoticeEvent.Failing);
        After(62, "the page fails").ShouldBe(NoticeEvent.Failing);
        told!.Since.ShouldBe(Noon.AddMinutes(1));
        ToldFailure.Parse(told.Text).ShouldBe(told);
        After(63, null).ShouldBe(NoticeEvent.Recovered);
        After(64, null).ShouldBeNull();
        After(65, "the page fails").ShouldBe(NoticeEvent.Failing);
    }

    [Fact]
    public void Times_and_counts_make_no_other_failure()
    {
        Fails("Failed 2 times; next try at 2026-11-21T12:00:10Z").Key.ShouldBe(Fails("Failed 3 times; next try at 2026-11-21T12:00:30Z").Key);
        Fails("web1 did not answer").Key.ShouldNotBe(Fails("web1 is full").Key);
    }

    [Theory]
    [InlineData("WaitingForWindows", "True", "False", false)]
    [InlineData("Drifted", "False", "False", false)]
    [InlineData("NeverConverged", "False", "False", false)]
    [InlineData("Suspended", "False", "False", false)]
    [InlineData("Failed", "True", "False", true)]
    [InlineData("ChecksFail", "False", "False", true)]
    [InlineData("MaintenanceOverdue", "False", "False", true)]
    [InlineData("Held", "False", "True", true)]
    public void What_waits_for_nobody_is_no_failure(string reason, string reconciling, string stalled, bool tells)
    {
        var status = new ApplicationStatus("production", "site", new string('1', 40), null, SyncStatus.OutOfSync, Health.Healthy,
            [
                new("Ready", "False", reason, "a sentence", Noon), new("Reconciling", reconciling, reason, "a sentence", Noon),
                new("Stalled", stalled, reason, "a sentence", Noon),
            ], [], [], Noon, null, null);

        (NoticeRules.Of(status) is not null).ShouldBe(tells);
    }
}
