using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Tests.Documents.Expansion;
using Reconciler.Tests.Git;
using Reconciler.Tests.Planning;
using Reconciler.Tests.Watching;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>A turn is not gone through again where git, servers and ledger are what they were.</summary>
public sealed class QuietTurnsTests : IDisposable
{
    private const string Name = "production";

    private readonly ScratchFolder _folder = new();
    private readonly ILedger _ledger;
    private readonly World _world = new(new Expanded());
    private readonly QuietTurns _quiet;

    public QuietTurnsTests()
    {
        _ledger = SqliteLedger.OpenForWriting(_folder.In("ledger"), new ManualClock());
        _quiet = new(_ledger);
    }

    public void Dispose()
    {
        _ledger.Dispose();
        _folder.Dispose();
    }

    private Observed Seen => new(_world.Seen, new Dictionary<string, string>());

    private static Verdict Synced => new(Standing.Synced, "as git says", new World(new Expanded()).PlanFor("coralnet"), new(new Dictionary<ResourceId, IReadOnlyList<Difference>>(), []), []);

    private void End(Func<Verdict, Verdict>? verdict = null, Func<Unit, Unit>? unit = null) => _quiet.Ended(_world.Environment, _world.Environment, Seen, TurnOptions.Watch,
        [new(_world.Environment, (unit ?? (same => same))(_world.UnitOf("coralnet")), (verdict ?? (same => same))(Synced))]);

    private QuietTurns.Quiet? Of(TurnOptions? options = null) => _quiet.Of(_world.Environment, options ?? TurnOptions.Watch);

    [Fact]
    public void The_next_turn_of_the_same_in_which_nothing_was_to_be_done_comes_to_the_same()
    {
        Of().ShouldBeNull();
        End();

        var last = Of().ShouldNotBeNull();
        QuietTurns.IsSame(last, Seen).ShouldBeTrue();
    }

    [Fact]
    public void Another_environment_object_or_a_turn_that_somebody_asked_for_is_gone_through()
    {
        End();

        Of(TurnOptions.Plan).ShouldBeNull();
        Of(TurnOptions.Watch with { ByPerson = true }).ShouldBeNull();
        _quiet.Of(_world.Environment with { }, TurnOptions.Watch).ShouldBeNull();
    }

    [Fact]
    public void Whatever_is_not_quiet_is_judged_each_time()
    {
        var ailment = KeyValuePair.Create(_world.Find("Service", "web1").Id, "it is down");
        foreach (var verdict in new Func<Verdict, Verdict>[]
        {
            verdict => verdict with { Standing = Standing.Held },
            verdict => verdict with { Ailments = [ailment] },
            verdict => verdict with { Alarm = "maintenance goes on for long" },
            verdict => verdict with { Deferral = new("windows", "later", null) },
            verdict => verdict with { Converged = true },
            verdict => verdict with { Diff = new(new Dictionary<ResourceId, IReadOnlyList<Difference>> { [ailment.Key] = [new(ailment.Key, DifferenceType.Change, "x")] }, []) },
        })
        {
            End();
            End(verdict);
            Of().ShouldBeNull();
        }
        foreach (var unit in new Func<Unit, Unit>[] { unit => unit with { Flag = true }, unit => unit with { Begins = DateTimeOffset.UnixEpoch } })
        {
            End();
            End(unit: unit);
            Of().ShouldBeNull();
        }
    }

    [Fact]
    public void What_came_into_the_ledger_meanwhile_counts()
    {
        End();
        _ledger.KeepWord(new(Name, "coralnet", "digest", "ada", false));
        Of().ShouldBeNull();
        _ledger.ForgetWord(Name, "coralnet");
        Of().ShouldNotBeNull();

        _ledger.Suspend(Name, "coralnet", "INC-1", "ada", null);
        Of().ShouldBeNull();
        _ledger.Resume(Name, "coralnet");
        Of().ShouldNotBeNull();

        var run = _ledger.BeginRun(Name, "coralnet", new string('1', 40), "digest");
        Of().ShouldBeNull();
        _ledger.MoveRun(run.Id, RunState.Succeeded, null);
        _ledger.Announce(Name, "coralnet", "digest", DateTimeOffset.UnixEpoch);
        Of().ShouldBeNull();
    }

    [Fact]
    public void An_observation_made_anew_is_another_and_so_is_a_server_that_does_not_answer()
    {
        End();
        var last = Of()!;
        var id = _world.Find("Service", "web1").Id;

        QuietTurns.IsSame(last, Seen with { Unreachable = new Dictionary<string, string> { ["web1"] = "gone" } }).ShouldBeFalse();
        QuietTurns.IsSame(last, Seen with { Resources = _world.Seen.Where(entry => entry.Key != id).ToDictionary() }).ShouldBeFalse();
        QuietTurns.IsSame(last, Seen with
        {
            Resources = _world.Seen.ToDictionary(entry => entry.Key, entry => entry.Key == id ? new Observation.Found(entry.Value.FactsOf<ResourceFacts>()!) : entry.Value),
        }).ShouldBeFalse();
    }

    [Fact]
    public void Until_when_it_was_so_is_known_though_no_look_was_kept()
    {
        End();
        var id = _world.Find("Service", "web1").Id;
        var later = DateTimeOffset.UnixEpoch.AddHours(1);

        _quiet.SeenAgain(Of()!, Seen with { VerifiedAt = new Dictionary<ResourceId, DateTimeOffset> { [id] = later } });

        _quiet.VerifiedBefore(Name)[id].ShouldBe(later);
        _quiet.VerifiedBefore("staging").ShouldBeEmpty();
    }
}
