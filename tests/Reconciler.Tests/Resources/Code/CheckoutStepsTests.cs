using Reconciler.Model;

namespace Reconciler.Tests.Resources.Code;

public sealed class CheckoutStepsTests : IDisposable
{
    private readonly Checkout _checkout = new();

    public void Dispose() => _checkout.Dispose();

    [Fact]
    public void First_code_and_then_newer_code_is_checked_out_and_laid_out_beside()
    {
        _checkout.Deploy(_checkout.Spec(_checkout.First));
        File.ReadAllText(_checkout.File("project/views.py")).ShouldBe("one\n");

        _checkout.Deploy(_checkout.Spec(_checkout.Second));

        File.ReadAllText(_checkout.File("project/views.py")).ShouldBe("two\n");
        File.ReadAllText($"{_checkout.Path}.d/{_checkout.Second}/project/views.py").ShouldBe("two\n");
        _checkout.Git("rev-parse", "HEAD").Trim().ShouldBe(_checkout.Second);
        _checkout.Git("status", "--porcelain").ShouldBeEmpty();
        Checkout.Differences(_checkout.Spec(_checkout.Second), Checkout.Look(_checkout.Spec(_checkout.Second)).Facts).ShouldBeEmpty();
    }

    [Fact]
    public void Preparing_leaves_the_live_code_as_it_was()
    {
        _checkout.Deploy(_checkout.Spec(_checkout.First));
        var spec = _checkout.Spec(_checkout.Second);

        foreach (var step in Checkout.Steps(spec, Checkout.Look(spec).Facts).Where(step => step is { Phase: Phase.Prepare, Request.Verb: "run-with-input" }))
            _ = _checkout.Run(step).Good;

        File.ReadAllText(_checkout.File("project/views.py")).ShouldBe("one\n");
        _checkout.Git("rev-parse", "HEAD").Trim().ShouldBe(_checkout.First);
        Checkout.Look(spec).Facts.ShouldNotBeNull().Worktrees.ShouldBe([_checkout.First, _checkout.Second], ignoreOrder: true);
    }

    [Fact]
    public void Only_what_the_server_lacks_is_sent()
    {
        _checkout.Deploy(_checkout.Spec(_checkout.First));
        var spec = _checkout.Spec(_checkout.Second);

        var pack = Checkout.Steps(spec, Checkout.Look(spec).Facts).SelectMany(step => step.Request!.Payload).OfType<PayloadPart.GitPack>().Single();

        pack.Has.ShouldBe([_checkout.First]);
        _checkout.PackOf(pack).Length.ShouldBeLessThan(_checkout.PackOf(pack with { Has = [] }).Length);
    }

    [Fact]
    public void Preparing_may_be_repeated_and_repairs_a_half_laid_out_worktree()
    {
        var spec = _checkout.Spec(_checkout.First);
        var step = Checkout.Steps(spec, null).Single(step => step.Request!.Verb == "run-with-input");
        Directory.CreateDirectory(spec.Worktree);
        File.WriteAllText($"{spec.Worktree}/half", "");

        Sh.Run(step.Proof!).Code.ShouldNotBe(0);
        _ = _checkout.Run(step).Good;
        _ = _checkout.Run(step).Good;

        Sh.Run(step.Proof!).Code.ShouldBe(0);
        File.Exists($"{spec.Worktree}/half").ShouldBeFalse();
        File.ReadAllText($"{spec.Worktree}/README").ShouldBe("reefs\n");
    }

    [Fact]
    public void A_pack_cut_short_leaves_no_worktree_that_counts_as_ready()
    {
        var spec = _checkout.Spec(_checkout.First);
        var step = Checkout.Steps(spec, null).Single(step => step.Request!.Verb == "run-with-input");
        var pack = _checkout.PackOf(step.Request!.Payload.OfType<PayloadPart.GitPack>().Single());

        var outcome = Sh.Run(((PayloadPart.Text)step.Request.Payload[0]).Value, _checkout.Path, pack[..^30]);

        outcome.Code.ShouldNotBe(0);
        Sh.Run(step.Proof!).Code.ShouldNotBe(0);
        Directory.Exists(spec.Worktree).ShouldBeFalse();
    }

    [Fact]
    public void A_disk_that_is_full_while_code_is_fetched_leaves_the_live_code_and_nothing_that_counts_as_ready()
    {
        using var disk = new SmallDisk(_checkout.Path, "2m");
        _checkout.Deploy(_checkout.Spec(_checkout.First));
        var noise = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(3_000_000));
        var spec = _checkout.Spec(_checkout.Source.Commit("large", ("large", noise)));
        var step = Checkout.Steps(spec, Checkout.Look(spec).Facts).Single(step => step.Request!.Verb == "run-with-input");

        var outcome = _checkout.Run(step);

        outcome.Code.ShouldNotBe(0);
        outcome.Error.ShouldContain("No space left on device");
        Sh.Run(step.Proof!).Code.ShouldNotBe(0);
        Directory.Exists(spec.Worktree).ShouldBeFalse();
        (_checkout.Git("rev-parse", "HEAD").Trim(), File.ReadAllText(_checkout.File("project/views.py"))).ShouldBe((_checkout.First, "one\n"));
        disk.Grow("32m");
        _checkout.Git("status", "--porcelain").ShouldBeEmpty();
        _ = _checkout.Run(step).Good;
        Sh.Run(step.Proof!).Code.ShouldBe(0);
    }

    [Fact]
    public void A_hook_of_the_repository_is_not_run()
    {
        _checkout.Deploy(_checkout.Spec(_checkout.First));
        var trace = _checkout.File(".git/hook-ran");
        var hook = _checkout.File(".git/hooks/post-checkout");
        Directory.CreateDirectory(Path.GetDirectoryName(hook)!);
        File.WriteAllText(hook, $"#!/bin/sh\ntouch {trace}\n");
        File.SetUnixFileMode(hook, (UnixFileMode)0b111_101_101);

        _checkout.Deploy(_checkout.Spec(_checkout.Second));

        File.Exists(trace).ShouldBeFalse();
    }

    [Fact]
    public void A_head_moved_since_the_plan_stops_the_switch()
    {
        _checkout.Deploy(_checkout.Spec(_checkout.First));
        var spec = _checkout.Spec(_checkout.Second);
        var seen = Checkout.Look(spec).Facts.ShouldNotBeNull();
        var prepare = Checkout.Steps(spec, seen);
        _ = _checkout.Run(prepare.Single(step => step.Request!.Verb == "run-with-input")).Good;
        _checkout.Git("commit", "--quiet", "--allow-empty", "-m", "meanwhile");

        var outcome = _checkout.Run(prepare.Single(step => step.Phase == Phase.Code));

        outcome.Code.ShouldBe(1);
        outcome.Error.ShouldContain("HEAD has moved since the plan was made");
    }

    [Fact]
    public void A_file_edited_since_the_plan_stops_the_switch_and_is_left_as_it_is()
    {
        _checkout.Deploy(_checkout.Spec(_checkout.First));
        var spec = _checkout.Spec(_checkout.Second);
        var steps = Checkout.Steps(spec, Checkout.Look(spec).Facts);
        _ = _checkout.Run(steps.Single(step => step.Request!.Verb == "run-with-input")).Good;
        File.WriteAllText(_checkout.File("README"), "edited meanwhile\n");

        var outcome = _checkout.Run(steps.Single(step => step.Phase == Phase.Code));

        outcome.Code.ShouldBe(1);
        outcome.Error.ShouldContain("tracked files were edited since the plan was made");
        File.ReadAllText(_checkout.File("README")).ShouldBe("edited meanwhile\n");
    }

    [Fact]
    public void An_edit_that_the_plan_knew_of_and_somebody_said_yes_to_is_kept_as_a_patch_and_replaced()
    {
        _checkout.Deploy(_checkout.Spec(_checkout.First));
        File.WriteAllText(_checkout.File("README"), "edited by hand\n");

        _checkout.Deploy(_checkout.Spec(_checkout.Second));

        _checkout.Git("rev-parse", "HEAD").Trim().ShouldBe(_checkout.Second);
        File.ReadAllText(_checkout.File("README")).ShouldNotBe("edited by hand\n");
        File.ReadAllText(Directory.GetFiles(_checkout.Spec(_checkout.Second).Path + ".d", ".kept-*.patch").ShouldHaveSingleItem())
            .ShouldContain("+edited by hand");
    }

    [Fact]
    public void Discarding_keeps_a_patch_of_the_edits_and_a_bundle_of_the_commits()
    {
        _checkout.Deploy(_checkout.Spec(_checkout.First));
        File.WriteAllText(_checkout.File("README"), "committed by hand\n");
        _checkout.Git("commit", "--quiet", "--all", "-m", "by hand");
        var byHand = _checkout.Git("rev-parse", "HEAD").Trim();
        File.WriteAllText(_checkout.File("project/views.py"), "edited by hand\n");

        _checkout.Deploy(_checkout.Spec(_checkout.Second, discard: true));

        File.ReadAllText(_checkout.File("project/views.py")).ShouldBe("two\n");
        _checkout.Git("rev-parse", "HEAD").Trim().ShouldBe(_checkout.Second);
        var patch = Directory.GetFiles(_checkout.Path + ".d", ".kept-*.patch").Single();
        File.ReadAllText(patch).ShouldContain("+edited by hand");
        File.GetUnixFileMode(patch).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _checkout.Git("bundle", "list-heads", Directory.GetFiles(_checkout.Path + ".d", ".kept-*.bundle").Single()).ShouldContain(byHand);
        _checkout.Git("for-each-ref", "--format=%(objectname)", "refs/reconciler-kept").Trim().ShouldBe(byHand);
        _checkout.Git("status", "--porcelain").ShouldBeEmpty();
    }

    [Fact]
    public void Edits_that_cannot_be_kept_whole_are_not_discarded()
    {
        var spec = _checkout.Spec(_checkout.First, discard: true);
        _checkout.Deploy(spec);
        var edit = string.Concat(Enumerable.Range(0, 20_000).Select(line => $"{line}\n"));
        File.WriteAllText(_checkout.File("README"), edit);
        var step = Checkout.Steps(spec, Checkout.Look(spec).Facts).Single();

        // As on a full disk: no file may grow beyond 4 KiB, so the patch ends in the middle.
        Sh.Run("ulimit -f 8\n" + ((PayloadPart.Text)step.Request!.Payload[0]).Value, _checkout.Path).Code.ShouldNotBe(0);

        File.ReadAllText(_checkout.File("README")).ShouldBe(edit);
    }

    [Fact]
    public void What_git_does_not_track_is_linked_into_the_worktree_that_new_code_is_tried_in()
    {
        _checkout.Deploy(_checkout.Spec(_checkout.First));
        File.WriteAllText(_checkout.File("project/site settings.py"), "");
        var spec = _checkout.Spec(_checkout.Second);

        _ = _checkout.Run(Checkout.Steps(spec, Checkout.Look(spec).Facts).Single(step => step.Request!.Verb == "run-with-input")).Good;

        new FileInfo($"{spec.Worktree}/project/site settings.py").LinkTarget.ShouldBe($"{_checkout.Path}.d/.live/project/site settings.py");
        File.ReadAllText($"{spec.Worktree}/project/views.py").ShouldBe("two\n");
    }

    [Fact]
    public void Discarding_edits_alone_needs_no_bundle()
    {
        _checkout.Deploy(_checkout.Spec(_checkout.First));
        File.WriteAllText(_checkout.File("README"), "edited by hand\n");

        _checkout.Deploy(_checkout.Spec(_checkout.First, discard: true));

        File.ReadAllText(_checkout.File("README")).ShouldBe("reefs\n");
        File.ReadAllText(Directory.GetFiles(_checkout.Path + ".d", ".kept-*.patch").Single()).ShouldContain("+edited by hand");
    }

    [Fact]
    public void Old_worktrees_are_tidied_away()
    {
        _checkout.Deploy(_checkout.Spec(_checkout.First));
        _checkout.Deploy(_checkout.Spec(_checkout.Second));

        Directory.Exists($"{_checkout.Path}.d/{_checkout.First}").ShouldBeFalse();
        _checkout.Git("worktree", "list").ShouldNotContain(_checkout.First[..12] + " ");
        Checkout.Look(_checkout.Spec(_checkout.Second)).Facts.ShouldNotBeNull().Worktrees.ShouldBe([_checkout.Second]);
    }
}
