using Reconciler.Model;
using Reconciler.Remote;
using Reconciler.Tests.Converging;

namespace Reconciler.Tests.Turns;

/// <summary>What looks remember: since when something differs, and whether git moved or the server.</summary>
public sealed class DriftMemoryTests : IDisposable
{
    private readonly TurnWorld _world = new();

    public void Dispose() => _world.Dispose();

    private void Later(int minutes = 10) => _world.Clock.Advance(TimeSpan.FromMinutes(minutes));

    [Fact]
    public async Task A_server_that_moved_while_git_did_not_is_corrective_since_the_first_look_that_saw_it()
    {
        var one = _world.Version(1);
        _world.Converged(one);
        var synced = (await _world.LookAsync(one))["Code"].SeenAt;
        Later();
        _world["Code"] = "edited";

        var first = (await _world.LookAsync(one))["Code"];
        Later();
        var second = (await _world.LookAsync(one))["Code"];

        (first.Cause, first.SyncedAt, first.DiffersSince).ShouldBe((DriftCause.Corrective, synced, synced + TimeSpan.FromMinutes(10)));
        (second.Cause, second.DiffersSince).ShouldBe((first.Cause, first.DiffersSince));
        second.SeenAt.ShouldBe(first.SeenAt + TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task A_time_at_which_it_was_only_remembered_is_not_called_as_git_said()
    {
        var one = _world.Version(1);
        _world.Converged(one);
        var verified = _world.Clock.GetUtcNow();
        Later();

        var seen = await _world.LookAsync(one, observed => observed with { VerifiedAt = new Dictionary<ResourceId, DateTimeOffset> { [TurnWorld.Id("Code")] = verified } });

        seen["Code"].SyncedAt.ShouldBe(verified);
        seen["Checks"].SyncedAt.ShouldBe(_world.Clock.GetUtcNow());
    }

    [Fact]
    public async Task Drift_that_ended_is_kept_with_its_sentence_how_long_it_was_and_what_ended_it()
    {
        var one = _world.Version(1);
        _world.Converged(one);
        await _world.LookAsync(one);
        Later();
        var right = _world["Code"];
        _world["Code"] = "edited";
        var began = (await _world.LookAsync(one))["Code"];
        Later(25);
        await _world.LookAsync(one);
        _world.Ledger.DriftEnded(TurnWorld.Production, DateTimeOffset.MinValue).ShouldBeEmpty();
        _world["Code"] = right;
        await _world.LookAsync(one);
        Later();
        await _world.LookAsync(one);

        var ended = _world.Ledger.DriftEnded(TurnWorld.Production, DateTimeOffset.MinValue).ShouldHaveSingleItem();
        ended.ShouldSatisfyAllConditions(
            it => it.Resource.ShouldBe(TurnWorld.Id("Code")), it => it.Cause.ShouldBe(DriftCause.Corrective),
            it => it.Since.ShouldBe(began.DiffersSince!.Value), it => (it.Until - it.Since).ShouldBe(TimeSpan.FromMinutes(25)),
            it => it.How.ShouldBe("changed back on the server"), it => it.Sentence.ShouldNotBeNull().ShouldBe(began.Sentence));
        _world.Ledger.DriftEnded(TurnWorld.Production, ended.Until.AddSeconds(1)).ShouldBeEmpty();
        _world.Ledger.DriftEnded("staging", DateTimeOffset.MinValue).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_git_moved_and_a_run_brought_is_no_drift_that_ended()
    {
        _world.Converged(_world.Version(1));
        await _world.LookAsync(_world.Version(1));
        (await _world.LookAsync(_world.Version(2)))["Code"].Cause.ShouldBe(DriftCause.Intentional);
        Later();
        await _world.LookAsync(_world.Version(1));

        _world.Ledger.DriftEnded(TurnWorld.Production, DateTimeOffset.MinValue).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_git_took_over_ended_by_git()
    {
        _world.Converged(_world.Version(1));
        await _world.LookAsync(_world.Version(1));
        _world["Code"] = "code-2";
        (await _world.LookAsync(_world.Version(1)))["Code"].Cause.ShouldBe(DriftCause.Corrective);
        Later();
        await _world.LookAsync(_world.Version(2));

        _world.Ledger.DriftEnded(TurnWorld.Production,
            DateTimeOffset.MinValue).ShouldHaveSingleItem().How.ShouldBe("git says now what was there");
    }

    [Fact]
    public async Task What_git_moved_and_no_run_brought_yet_is_intentional()
    {
        _world.Converged(_world.Version(1));
        await _world.LookAsync(_world.Version(1));
        Later();

        var seen = await _world.LookAsync(_world.Version(2));

        seen["Code"].Cause.ShouldBe(DriftCause.Intentional);
        seen["Checks"].ShouldSatisfyAllConditions(checks => checks.Cause.ShouldBeNull(), checks => checks.DiffersSince.ShouldBeNull());
    }

    [Fact]
    public async Task When_git_moves_after_an_edit_both_are_why_and_it_is_the_edits_alone_when_git_goes_back()
    {
        _world.Converged(_world.Version(1));
        await _world.LookAsync(_world.Version(1));
        _world["Code"] = "edited";
        var edited = (await _world.LookAsync(_world.Version(1)))["Code"];
        Later();

        var seen = (await _world.LookAsync(_world.Version(2)))["Code"];

        (seen.Cause, seen.DiffersSince).ShouldBe((DriftCause.Both, edited.DiffersSince));
        (await _world.LookAsync(_world.Version(1)))["Code"].Cause.ShouldBe(DriftCause.Corrective);
    }

    [Fact]
    public async Task What_is_edited_while_gits_word_is_refused_is_corrective_whatever_its_secrets_are_taken_for()
    {
        _world.Converged(_world.Version(1));
        await _world.LookAsync(_world.Version(1));
        Later();
        _world["Code"] = "edited";

        var inForce = _world.Version(1, code: "code-as-seen") with { Refusal = new("2", "a secret is not to be had") };
        var seen = (await _world.LookAsync(inForce))["Code"];

        (seen.Cause, seen.DiffersSince).ShouldBe((DriftCause.Corrective, seen.SeenAt));
    }

    [Fact]
    public async Task What_waited_for_a_commit_that_is_refused_by_now_is_not_gits_doing()
    {
        _world.Converged(_world.Version(1));
        await _world.LookAsync(_world.Version(1));
        _world["Packages"] = "edited";
        await _world.LookAsync(_world.Version(2, packages: 2));
        Later();

        var seen = await _world.LookAsync(_world.Version(1) with { Refusal = new("2", "no branch has it") });

        (seen["Packages"].Cause, seen["Packages"].DiffersSince).ShouldBe((DriftCause.Corrective, _world.Clock.GetUtcNow()));
        seen["Code"].Cause.ShouldBeNull();
    }

    [Fact]
    public async Task What_waits_for_its_run_and_is_then_edited_is_both_gits_and_a_hands_since_the_edit()
    {
        _world.Converged(_world.Version(1));
        await _world.LookAsync(_world.Version(1));
        await _world.LookAsync(_world.Version(2));
        Later();
        _world["Code"] = "edited";

        var seen = (await _world.LookAsync(_world.Version(2)))["Code"];

        (seen.Cause, seen.DiffersSince).ShouldBe((DriftCause.Both, seen.SeenAt));
    }

    [Fact]
    public async Task What_a_failed_run_of_ours_left_behind_is_nobodys_edit()
    {
        _world.Converged(_world.Version(1));
        await _world.LookAsync(_world.Version(1));
        Later();
        _world.Break("migrate");
        await _world.TurnAsync(_world.Version(2, schema: 1));
        _world["Service"].ShouldBe("down");

        (await _world.LookAsync(_world.Version(2, schema: 1)))["Service"].Cause.ShouldBe(DriftCause.Intentional);
    }

    [Fact]
    public async Task What_somebody_edited_that_a_failed_run_never_touched_is_corrective()
    {
        _world.Converged(_world.Version(1));
        await _world.LookAsync(_world.Version(1));
        Later();
        _world["Packages"] = "edited";
        _world.Break("prepare");
        await _world.TurnAsync(_world.Version(2));

        var seen = await _world.LookAsync(_world.Version(2));

        (seen["Packages"].Cause, seen["Code"].Cause).ShouldBe((DriftCause.Corrective, DriftCause.Intentional));
    }

    [Fact]
    public async Task What_is_mended_has_no_since_any_more_and_the_next_edit_counts_anew()
    {
        var one = _world.Version(1);
        _world.Converged(one);
        await _world.LookAsync(one);
        _world["Code"] = "edited";
        await _world.LookAsync(one);
        _world["Code"] = "code-1";
        Later();
        (await _world.LookAsync(one))["Code"].DiffersSince.ShouldBeNull();
        Later();
        _world["Code"] = "edited again";

        (await _world.LookAsync(one))["Code"].DiffersSince.ShouldBe(_world.Clock.GetUtcNow());
    }

    [Fact]
    public async Task What_could_not_be_seen_stays_as_it_was_last_seen_and_survives_a_restart()
    {
        var one = _world.Version(1);
        _world.Converged(one);
        var before = (await _world.LookAsync(one))["Code"];
        Later();
        _world.Restart();
        _world["Code"] = "unseen";

        (await _world.LookAsync(one))["Code"].ShouldBe(before);
        _world.Ledger.Seen(TurnWorld.Production, "coralnet").ShouldContain(before);
    }

    [Fact]
    public async Task A_server_keeps_when_it_was_last_verified_while_it_does_not_answer()
    {
        var one = _world.Version(1);
        _world.Converged(one);
        await _world.LookAsync(one);
        var verified = _world.Clock.GetUtcNow();
        Later();
        _world.Servers["web1", "look"] = ScriptedServers.Answer.Thrown(SessionFailure.Lost, sent: false);
        await _world.LookAsync(one);

        var server = _world.Ledger.ServersSeen(TurnWorld.Production).ShouldHaveSingleItem();
        (server.Server, server.VerifiedAt, server.LookedAt).ShouldBe(("web1", verified, _world.Clock.GetUtcNow()));
        server.Trouble.ShouldNotBeNull();
        server.Roles.ShouldBe(["web"]);
    }
}
