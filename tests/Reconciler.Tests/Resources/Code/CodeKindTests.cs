using Reconciler.Model;
using Reconciler.Resources.Code;

namespace Reconciler.Tests.Resources.Code;

public sealed class CodeKindTests
{
    private const string Old = "3f9d1c07a1e0b6f5c6f0d2a4f0b1d8e7c9a5b342";
    private const string New = "7ab20000a1e0b6f5c6f0d2a4f0b1d8e7c9a5b342";

    private static readonly CodeSpec Spec = new("/srv/www/coralnet", "coralnet", "mirror", New, false);
    private static readonly CheckoutFacts AtNew = new(New, [New], [New], [], 0, 5);

    private static string[] Sentences(CodeSpec spec, CheckoutFacts? facts) => [.. Checkout.Differences(spec, facts).Select(difference => difference.Sentence)];

    private static string[] StepsOf(CodeSpec spec, CheckoutFacts? facts) => [.. Checkout.Steps(spec, facts).Select(step => $"{step.Phase} {step.Request!.Verb}: {step.Summary}")];

    [Fact]
    public void At_the_wanted_commit_nothing_differs_and_nothing_is_done()
    {
        Sentences(Spec, AtNew).ShouldBeEmpty();
        StepsOf(Spec, AtNew).ShouldBeEmpty();
    }

    [Fact]
    public void Another_commit_is_named_with_both_sides()
    {
        var difference = Checkout.Differences(Spec, AtNew with { Head = Old, Worktrees = [Old] }).Single();

        (difference.Sentence, difference.Wanted, difference.Observed).ShouldBe(("/srv/www/coralnet is at 3f9d1c07a1e0, git says 7ab20000a1e0", "7ab20000a1e0", "3f9d1c07a1e0"));
        difference.Origin.ShouldNotBeNull().ToString().ShouldBe("production/coralnet/application.yaml:5:18");
    }

    [Fact]
    public void A_missing_checkout_is_prepared_and_then_checked_out() => StepsOf(Spec, null).ShouldBe(
    [
        "Prepare directory: make /srv/www/coralnet",
        "Prepare directory: make /srv/www/coralnet.d",
        "Prepare directory: make /srv/www/coralnet.d/.live",
        "Prepare run-with-input: send the objects of 7ab20000a1e0 and lay them out beside /srv/www/coralnet",
        "Code run: check out 7ab20000a1e0",
    ]);

    [Fact]
    public void What_is_prepared_already_is_only_switched() => StepsOf(Spec, AtNew with { Head = Old, Worktrees = [Old, New] }).ShouldBe(
    [
        "Code run: check out 7ab20000a1e0 (was 3f9d1c07a1e0)",
        "Tidy run: remove the prepared worktree of 3f9d1c07a1e0",
    ]);

    [Fact]
    public void A_lost_worktree_is_made_again_without_touching_the_live_code() =>
        StepsOf(Spec, AtNew with { Worktrees = [] }).ShouldAllBe(step => step.StartsWith("Prepare"));

    [Fact]
    public void Edits_refuse_with_the_files_and_the_ways_out()
    {
        var difference = Checkout.Differences(Spec, AtNew with { Head = Old, Worktrees = [Old, New], Edited = ["a", "b", "c", "d", "e", "f", "g"], Unpushed = 2 })[^1];

        difference.Sentence.ShouldBe("/srv/www/coralnet has 7 file(s) edited by hand (a, b, c, d, e and 2 more) and 2 commit(s) that were never pushed");
        difference.Refusal.ShouldNotBeNull().ShouldContain("localChanges: discard");
        difference.Gate.ShouldBe("drift");
    }

    [Fact]
    public void A_commit_that_somebody_checked_out_and_git_then_asks_for_is_no_unpushed_one() =>
        Checkout.Differences(Spec, AtNew with { Unpushed = 2 }).ShouldBeEmpty();

    [Fact]
    public void Edits_that_git_says_to_discard_refuse_nothing_and_the_switch_is_never_skipped()
    {
        var discarding = Spec with { DiscardLocalChanges = true };
        var edited = AtNew with { Edited = ["a"] };

        Checkout.Differences(discarding, edited).Single().Refusal.ShouldBeNull();
        Checkout.Steps(discarding, edited).Single().SkipWhenProven.ShouldBeFalse();
    }

    [Fact]
    public void Its_marker_is_the_commit() => ((IResourceKind)new CodeKind()).WantedMarker(Checkout.Resource(Spec)).ShouldBe(New);
}
