using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Reporting;
using Reconciler.Tests.Converging;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>A server that takes half a minute to answer keeps nobody from being told of the others; what is done waits for it.</summary>
public sealed class EarlyVerdictsTests : IDisposable
{
    private readonly TurnWorld _world = new() { Webs = ["web1", "web2"] };
    private readonly ExpandedEnvironment _desired;
    private EnvironmentLook _look = null!;
    private Observer _observer = null!;
    private EarlyVerdicts _early = null!;

    public EarlyVerdictsTests()
    {
        var unit = _world.Version(1);
        _world.Converged(unit);
        _desired = _world.Environment(unit);
        Start();
    }

    public void Dispose() => _world.Dispose();

    private void Start() => (_look, _observer, _early) = _world.Watching();

    private ApplicationStatus? Status => StatusBuilder.Of(_world.Ledger.StatusOf(TurnWorld.Production, "coralnet"));

    private Task SaveAsync(Observed soFar) => _early.SaveAsync(_desired, soFar, new Dictionary<ResourceId, DateTimeOffset>(), _world.Progress, default);

    private Task<Observed> LookAsync(Func<Observed, Task>? meanwhile) => _look.LookAsync(_desired, byPerson: false, TestContext.Current.CancellationToken, meanwhile);

    /// <summary>A look in which web2 answers when somebody was told of the others, or nobody was.</summary>
    private async Task<(Observed? SoFar, Observed Whole)> SlowLookAsync()
    {
        var answer = new TaskCompletionSource<ScriptedServers.Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _world.Servers.Answers[("web2", "look")] = () => answer.Task;
        Observed? early = null;
        var whole = await LookAsync(async soFar =>
        {
            early = soFar;
            await SaveAsync(soFar);
            answer.SetResult(ScriptedServers.Answer.Done);
        });
        return (early, whole);
    }

    [Fact]
    public async Task The_others_are_told_of_with_what_was_seen_of_the_slow_one_before()
    {
        await SaveAsync(await LookAsync(null));
        _world["web1", "Packages"] = "packages-9";
        _world["web2", "Packages"] = "packages-8";

        var (soFar, whole) = await SlowLookAsync();

        Status.ShouldNotBeNull().Differences.Select(difference => difference.Server).ShouldBe(["web1"]);
        Status!.Sync.ShouldBe(SyncStatus.OutOfSync);
        Status.Unseen.ShouldBeEmpty();
        soFar.ShouldNotBeNull().Awaited.ShouldBeEmpty();
        whole.Resources[TurnWorld.Id("Packages") with { Server = "web2" }].FactsOf<ToyFacts>()!.Live.ShouldBe("packages-8");
        _world.Servers.Begun.ShouldBeEmpty();
        _world.Ledger.Runs(TurnWorld.Production, "coralnet", 10).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nobody_is_told_early_where_all_answer_in_time()
    {
        var told = 0;
        await LookAsync(_ =>
        {
            told++;
            return Task.CompletedTask;
        });

        told.ShouldBe(0);
    }

    [Fact]
    public async Task Of_a_server_that_nobody_has_seen_yet_nothing_is_known()
    {
        var (soFar, _) = await SlowLookAsync();

        soFar.ShouldNotBeNull().Awaited.ShouldBe(["web2"]);
        Status.ShouldNotBeNull().Unseen.ShouldContain(line => line.Contains("web2 has not answered yet", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_controller_that_has_just_begun_takes_no_word_back()
    {
        await SaveAsync(await LookAsync(null));
        Start();

        await SlowLookAsync();

        Status.ShouldNotBeNull().Sync.ShouldBe(SyncStatus.Synced);
    }

    [Fact]
    public async Task What_was_seen_before_a_run_counts_no_more()
    {
        await LookAsync(null);
        _observer.Forget([TurnWorld.Id("Code") with { Server = "web2" }]);

        (await SlowLookAsync()).SoFar.ShouldNotBeNull().Awaited.ShouldBe(["web2"]);
    }

    [Fact]
    public async Task What_would_be_done_waits_for_the_slow_one()
    {
        await SaveAsync(await LookAsync(null));
        _world["web1", "Service"] = "down";

        await SlowLookAsync();

        Status.ShouldNotBeNull().Conditions.ShouldContain(condition => condition.Message.Contains("not all servers have answered yet", StringComparison.Ordinal));
    }
}
