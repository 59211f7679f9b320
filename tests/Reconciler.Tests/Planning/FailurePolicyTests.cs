using Reconciler.Model;
using Reconciler.Planning;

namespace Reconciler.Tests.Planning;

/// <summary>The table "What a failure leads to" of the safety contract, row by row.</summary>
public sealed class FailurePolicyTests
{
    private static AfterFailure Decide(Phase phase, bool irreversible = false, bool systemChanged = false, bool hasBefore = true, bool transient = false, bool triedAgain = false, bool isPage = true, bool isTask = false) =>
        FailurePolicy.Decide(phase, irreversible, systemChanged, hasBefore, transient, triedAgain, isPage, isTask);

    [Theory]
    [InlineData(false, false, true)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(false, false, false)]
    public void A_page_that_does_not_go_away_is_tried_for_ever(bool irreversible, bool systemChanged, bool hasBefore) =>
        Decide(Phase.Uncover, irreversible, systemChanged, hasBefore, isPage: false).ShouldBe(AfterFailure.KeepUncovering);

    private static IEnumerable<TheoryDataRow<string>> Between(Phase first, Phase last) =>
        Enum.GetValues<Phase>().Where(phase => phase >= first && phase <= last).Select(phase => new TheoryDataRow<string>($"{phase}"));

    public static IEnumerable<TheoryDataRow<string>> BeforeCover() => Between(Phase.Prepare, Phase.Wait);

    public static IEnumerable<TheoryDataRow<string>> FromCoverOn() => Between(Phase.Cover, Phase.Uncover).Where(row => row.Data != $"{Phase.Migrate}");

    public static IEnumerable<TheoryDataRow<string>> FromStopOn() => Between(Phase.Stop, Phase.Uncover).Where(row => row.Data != $"{Phase.Migrate}");

    public static IEnumerable<TheoryDataRow<string>> AfterMigrate() => Between(Phase.Nginx, Phase.Uncover);

    [Theory]
    [MemberData(nameof(BeforeCover))]
    public void Before_anything_was_stopped_a_passing_fault_is_tried_later_and_any_other_set_aside(string phase)
    {
        Decide(Enum.Parse<Phase>(phase), transient: true).ShouldBe(AfterFailure.TryLater);
        Decide(Enum.Parse<Phase>(phase), transient: false).ShouldBe(AfterFailure.SetAside);
        Decide(Enum.Parse<Phase>(phase), transient: false, hasBefore: false).ShouldBe(AfterFailure.SetAside);
    }

    [Fact]
    public void What_cannot_be_tidied_up_is_no_reason_to_stop_a_site_that_is_open_again()
    {
        Decide(Phase.Tidy, transient: false).ShouldBe(AfterFailure.TryLater);
        Decide(Phase.Tidy, transient: false, hasBefore: false).ShouldBe(AfterFailure.TryLater);
    }

    [Theory]
    [InlineData(Phase.Static)]
    [InlineData(Phase.Migrate)]
    [InlineData(Phase.Start)]
    public void A_task_that_fails_is_gone_back_from_unless_it_or_a_migration_changed_what_cannot_be_taken_back(object phase)
    {
        Decide((Phase)phase, isTask: true).ShouldBe(AfterFailure.GoBack);
        Decide((Phase)phase, isTask: true, hasBefore: false).ShouldBe(AfterFailure.FirstDeployFailed);
        Decide((Phase)phase, isTask: true, irreversible: true).ShouldBe(AfterFailure.Hold);
    }

    [Theory]
    [MemberData(nameof(FromCoverOn))]
    public void From_Cover_on_it_goes_back_while_nothing_was_changed_for_good(string phase)
    {
        Decide(Enum.Parse<Phase>(phase)).ShouldBe(AfterFailure.GoBack);
        Decide(Enum.Parse<Phase>(phase), transient: true).ShouldBe(AfterFailure.GoBack);
    }

    [Theory]
    [MemberData(nameof(FromStopOn))]
    public void A_first_deploy_has_no_before(string phase) => Decide(Enum.Parse<Phase>(phase), hasBefore: false).ShouldBe(AfterFailure.FirstDeployFailed);

    [Fact]
    public void What_people_set_up_by_hand_is_not_stopped_because_it_could_not_be_covered() =>
        Decide(Phase.Cover, hasBefore: false).ShouldBe(AfterFailure.LeaveRunning);

    [Theory]
    [MemberData(nameof(FromCoverOn))]
    public void What_System_changed_is_not_undone(string phase)
    {
        Decide(Enum.Parse<Phase>(phase), systemChanged: true).ShouldBe(AfterFailure.Hold);
        Decide(Enum.Parse<Phase>(phase), systemChanged: true, hasBefore: false).ShouldBe(AfterFailure.Hold);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_failed_migration_is_held_and_never_tried_again(bool transient) =>
        Decide(Phase.Migrate, irreversible: true, transient: transient).ShouldBe(AfterFailure.Hold);

    [Theory]
    [MemberData(nameof(AfterMigrate))]
    public void After_a_migration_the_rest_is_tried_once_more_and_then_held(string phase)
    {
        Decide(Enum.Parse<Phase>(phase), irreversible: true).ShouldBe(AfterFailure.TryOnceMore);
        Decide(Enum.Parse<Phase>(phase), irreversible: true, triedAgain: true).ShouldBe(AfterFailure.Hold);
        Decide(Enum.Parse<Phase>(phase), irreversible: true, systemChanged: true).ShouldBe(AfterFailure.TryOnceMore);
    }
}
