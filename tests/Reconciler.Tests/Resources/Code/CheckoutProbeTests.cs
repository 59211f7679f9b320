using Reconciler.Model;
using Reconciler.Resources.Code;

namespace Reconciler.Tests.Resources.Code;

public sealed class CheckoutProbeTests : IDisposable
{
    private readonly Checkout _checkout = new();

    public void Dispose() => _checkout.Dispose();

    private CheckoutFacts Converged()
    {
        var spec = _checkout.Spec(_checkout.First);
        _checkout.Deploy(spec);
        return Checkout.Look(spec).Facts.ShouldNotBeNull();
    }

    /// <summary>As a look two seconds later: what was written while the checkout was made lies before it.</summary>
    private static CheckoutFacts Later(CheckoutFacts facts) => facts with { CleanAt = facts.CleanAt + 2 };

    [Fact]
    public void A_checkout_is_found_at_its_commit_with_its_prepared_worktree()
    {
        var facts = Converged();

        facts.Head.ShouldBe(_checkout.First);
        facts.Marker.ShouldBe(_checkout.First);
        facts.Deployed.ShouldBe([_checkout.First]);
        facts.Worktrees.ShouldBe([_checkout.First]);
        facts.HasLocalChanges.ShouldBeFalse();
    }

    [Fact]
    public void Nothing_changed_is_known_from_the_cheap_look_alone()
    {
        var last = Later(Converged());

        var (facts, askedAgain) = Checkout.Look(_checkout.Spec(_checkout.First), last);

        askedAgain.ShouldBeFalse();
        facts.ShouldNotBeNull().Edited.ShouldBeEmpty();
    }

    [Fact]
    public void An_edited_file_is_noticed_by_its_change_time_though_its_date_was_set_back()
    {
        var last = Converged();
        File.WriteAllText(_checkout.File("project/views.py"), "edited\n");
        File.SetLastWriteTimeUtc(_checkout.File("project/views.py"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        var (facts, askedAgain) = Checkout.Look(_checkout.Spec(_checkout.First), last);

        askedAgain.ShouldBeTrue();
        facts.ShouldNotBeNull().Edited.ShouldBe(["project/views.py"]);
    }

    [Fact]
    public void Files_that_git_does_not_track_are_no_edits()
    {
        var last = Converged();
        File.WriteAllText(_checkout.File("project/secrets.json"), "{}");

        Checkout.Look(_checkout.Spec(_checkout.First), last).Facts.ShouldNotBeNull().HasLocalChanges.ShouldBeFalse();
    }

    [Fact]
    public void Compiled_Python_is_not_looked_at()
    {
        var last = Later(Converged());
        Directory.CreateDirectory(_checkout.File("project/__pycache__"));
        Sh.Run($"touch -d '+1 hour' {_checkout.File("project/__pycache__/views.pyc")}").Code.ShouldBe(0);

        // The folder itself is new in project/, whose change time says so: one dearer look, and no edit.
        Checkout.Look(_checkout.Spec(_checkout.First), last).Facts.ShouldNotBeNull().Edited.ShouldBeEmpty();
    }

    [Fact]
    public void A_branch_checked_out_by_hand_is_followed_to_its_commit()
    {
        Converged();
        _checkout.Git("checkout", "--quiet", "-b", "hotfix");

        File.ReadAllText(_checkout.File(".git/HEAD")).ShouldStartWith("ref: refs/heads/hotfix");
        Checkout.Look(_checkout.Spec(_checkout.First)).Facts.ShouldNotBeNull().Head.ShouldBe(_checkout.First);
    }

    [Fact]
    public void A_commit_made_there_counts_as_never_pushed()
    {
        var last = Converged();
        File.WriteAllText(_checkout.File("README"), "mine\n");
        _checkout.Git("commit", "--quiet", "--all", "-m", "by hand");

        var facts = Checkout.Look(_checkout.Spec(_checkout.First), last).Facts.ShouldNotBeNull();

        facts.Unpushed.ShouldBe(1);
        facts.Edited.ShouldBeEmpty();
        facts.Head.ShouldNotBe(_checkout.First);
    }

    [Fact]
    public void Looking_leaves_nothing_behind_not_even_a_date()
    {
        Converged();
        // A stale index is what git status would like to rewrite.
        Sh.Run($"touch {_checkout.File("README")}").Code.ShouldBe(0);
        var before = Sh.Traces(_checkout.Path);

        Checkout.Look(_checkout.Spec(_checkout.First)).AskedAgain.ShouldBeTrue();

        Sh.Traces(_checkout.Path).ShouldBe(before);
    }

    [Fact]
    public void An_empty_folder_holds_no_checkout() => Checkout.Look(_checkout.Spec(_checkout.First)).ShouldBe((null, false));

    [Fact]
    public void A_repository_without_a_commit_has_no_head()
    {
        Sh.Run("git init -q .", _checkout.Path).Code.ShouldBe(0);

        var facts = Checkout.Look(_checkout.Spec(_checkout.First)).Facts.ShouldNotBeNull();

        facts.Head.ShouldBeNull();
        Checkout.Differences(_checkout.Spec(_checkout.First), facts).Single().Type.ShouldBe(DifferenceType.Add);
    }

    [Fact]
    public void A_head_that_the_login_may_not_read_is_unknown_and_the_way_out_is_said() =>
        CheckoutProbe.ReadCheap(_checkout.Spec(_checkout.First), null, "hidden\n")
            .ShouldBeOfType<Reading.Observed>().Observation.ShouldBeOfType<Observation.Unknown>().Why.ShouldContain("chmod o+rx");

    [Fact]
    public void A_status_that_broke_off_is_unknown_and_not_clean() =>
        CheckoutProbe.ReadDear(null, "head 123\nnow 5\nedited project/views.py\n")
            .ShouldBeOfType<Reading.Observed>().Observation.ShouldBeOfType<Observation.Unknown>();
}
