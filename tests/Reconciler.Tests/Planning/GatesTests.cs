using Reconciler.Planning;

namespace Reconciler.Tests.Planning;

public sealed class GatesTests
{
    private const string Commit = "3f9d1c07a1e0b6f5c6f0d2a4f0b1d8e7c9a5b342";
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Soak = TimeSpan.FromHours(2);

    private static Deferral? Ask(ReleaseRecord? release) => Gates.Promotion("staging", Soak, Commit, release, Now);

    [Fact]
    public void A_commit_that_never_ran_in_staging_waits_for_it_without_a_known_end()
    {
        foreach (var nowhere in new[] { null, new ReleaseRecord(null, null) })
        {
            var deferral = Ask(nowhere).ShouldNotBeNull();
            deferral.Gate.ShouldBe("promotedFrom");
            deferral.Sentence.ShouldContain("3f9d1c07a1e0 with this base has not run in staging yet");
            deferral.Until.ShouldBeNull();
        }
    }

    [Fact]
    public void A_commit_that_soaks_waits_until_the_soak_is_over() =>
        Ask(new(Now - TimeSpan.FromMinutes(30), null)).ShouldNotBeNull().Until.ShouldBe(Now + TimeSpan.FromMinutes(90));

    [Fact]
    public void The_soak_is_said_in_the_form_that_git_uses() =>
        Gates.Promotion("staging", TimeSpan.FromSeconds(30), Commit, new(Now, null), Now)!.Sentence.ShouldEndWith("and soaks for 30s");

    [Fact]
    public void The_gate_opens_when_the_soak_is_over_to_the_second()
    {
        Ask(new(Now - Soak, null)).ShouldBeNull();
        Ask(new(Now - Soak + TimeSpan.FromSeconds(1), null)).ShouldNotBeNull();
    }

    [Fact]
    public void A_commit_that_failed_in_staging_needs_a_newer_one() =>
        Ask(new(null, Now - TimeSpan.FromDays(1))).ShouldNotBeNull().Sentence.ShouldContain("failed in staging");
}
