using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>What drift says will happen is what happens.</summary>
public sealed class DriftWordsTests : IDisposable
{
    private readonly TurnWorld _world = new();

    public void Dispose() => _world.Dispose();

    private async Task<DriftWords> WordsAsync(string kind, DriftCause cause, Unit unit, TurnOptions? options = null)
    {
        var verdict = await _world.TurnAsync(unit, options ?? TurnOptions.Plan);
        return DriftWords.Of(_world.Environment(unit), unit, verdict, verdict.Diff.ByResource[TurnWorld.Id(kind)][0], cause);
    }

    [Fact]
    public async Task What_git_moved_comes_with_the_next_run_and_nothing_is_to_be_typed()
    {
        _world.Converged(_world.Version(1));

        (await WordsAsync("Code", DriftCause.Intentional, _world.Version(2)))
            .ShouldBe(new("brings it to the server with the next run", null));
        (await _world.TurnAsync(_world.Version(2))).Converged.ShouldBeTrue();
    }

    [Fact]
    public async Task Drift_of_a_kind_that_policy_mends_is_mended()
    {
        _world.Converged(_world.Version(1));
        _world["Service"] = "down";

        (await WordsAsync("Service", DriftCause.Corrective, _world.Version(1))).ShouldBe(new("mends it by itself at its next look", null));
        (await _world.TurnAsync(_world.Version(1))).Converged.ShouldBeTrue();
    }

    [Fact]
    public async Task Drift_of_a_kind_that_policy_reports_names_the_command_that_mends_it()
    {
        _world.Converged(_world.Version(1));
        _world["Packages"] = "packages-9";

        var words = await WordsAsync("Packages", DriftCause.Corrective, _world.Version(1));

        words.ShouldBe(new("only reports it: selfHeal says report for Packages", "reconciler retry production coralnet --heal"));
        (await _world.TurnAsync(_world.Version(1))).Converged.ShouldBeFalse();
        (await _world.TurnAsync(_world.Version(1), new(DryRun: false, ByPerson: true, HealAll: true))).Converged.ShouldBeTrue();
    }

    [Fact]
    public async Task What_failed_is_not_tried_again_without_a_word()
    {
        _world.Converged(_world.Version(1));
        _world.Break("code");
        await _world.TurnAsync(_world.Version(2));

        var words = await WordsAsync("Code", DriftCause.Intentional, _world.Version(2));

        words.Does.ShouldStartWith("does not try this again by itself: it failed");
        words.Command.ShouldBe("reconciler retry production coralnet");
    }

    [Fact]
    public async Task A_difference_that_needs_a_person_says_what_they_decide()
    {
        _world.Converged(_world.Version(1));

        (await WordsAsync("Code", DriftCause.Intentional, _world.Version(2, code: "impossible"))).Does
            .ShouldBe("does nothing before a person has decided: decide");
    }
}
