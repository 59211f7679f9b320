using Reconciler.Converging;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Remote;
using Reconciler.Tests.Git;
using static Reconciler.Tests.Converging.ScriptedServers;

namespace Reconciler.Tests.Converging;

/// <summary>What became of a step that a dead controller had sent: asked of the runner, and never guessed.</summary>
public sealed class IntentSettlerTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly ScriptedServers _servers = new();
    private readonly ILedger _ledger;
    private readonly Run _run;

    public IntentSettlerTests()
    {
        _ledger = SqliteLedger.OpenForWriting(_folder.In("controller"), new JumpingClock());
        _run = _ledger.BeginRun("production", "coralnet", "revision", "digest");
        _ledger.Intend(_run.Id, 1, Phase.Code, new ResourceId("web1", "coralnet", "Code", "code"), "check out");
    }

    public void Dispose()
    {
        _ledger.Dispose();
        _folder.Dispose();
    }

    private Task<string?> SettleAsync(params string[] servers) => new IntentSettler(_servers, _ledger)
        .SettleAsync(_run.Id, servers.ToDictionary(name => name, Address), TestContext.Current.CancellationToken);

    private StepState State => _ledger.Steps(_run.Id).Single().State;

    public static TheoryData<string, string> Answers => new()
    {
        { "done", "Verified" }, { "failed", "Failed" }, { "withdrawn", "NotStarted" }, { "interrupted", "Lost" }, { "fenced", "Lost" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task What_the_runner_knows_is_noted(string answer, string state)
    {
        _servers["web1", "settle"] = answer switch
        {
            "done" => Answer.Done,
            "failed" => Answer.Exit(1, "no such thing"),
            "withdrawn" => Answer.Withdrawn,
            "fenced" => Answer.Refused(RunnerCode.Fenced, "fence 9 was seen"),
            _ => Answer.Says(answer),
        };

        (await SettleAsync("web1")).ShouldBeNull();

        $"{State}".ShouldBe(state);
        _ledger.OpenIntents().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_still_runs_stays_open_and_is_named()
    {
        _servers["web1", "settle"] = Answer.Says("running 1-x.1.1");

        (await SettleAsync("web1")).ShouldBe("\"check out\" still runs on web1");

        State.ShouldBe(StepState.Intended);
    }

    [Fact]
    public async Task What_a_server_refuses_to_tell_stays_open_and_is_named()
    {
        _servers["web1", "settle"] = Answer.Refused(RunnerCode.CannotDo, "cannot write to /run/reconciler: is the disk full?");

        (await SettleAsync("web1")).ShouldBe("what became of \"check out\" is not told by web1: cannot write to /run/reconciler: is the disk full?");

        State.ShouldBe(StepState.Intended);
    }

    [Fact]
    public async Task What_cannot_be_asked_stays_open_and_is_named()
    {
        _servers["web1", "settle"] = Answer.Thrown(SessionFailure.Unreachable, sent: false);

        (await SettleAsync("web1")).ShouldNotBeNull().ShouldContain("what became of \"check out\" cannot be asked");

        State.ShouldBe(StepState.Intended);
    }

    [Fact]
    public async Task Of_a_server_that_git_no_longer_names_nobody_will_ever_know()
    {
        (await SettleAsync("web2")).ShouldBeNull();

        State.ShouldBe(StepState.Lost);
        _servers.Begun.ShouldBeEmpty();
    }

    [Fact]
    public async Task Steps_of_other_runs_are_left_alone()
    {
        var other = _ledger.BeginRun("staging", "coralnet", "revision", "digest");
        _ledger.Intend(other.Id, 1, Phase.Code, new ResourceId("web1", "coralnet", "Code", "code"), "check out there");

        await SettleAsync("web1");

        _ledger.OpenIntents().ShouldHaveSingleItem().Operation.Run.ShouldBe(other.Id);
    }
}
