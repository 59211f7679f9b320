using System.Collections.Concurrent;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

public sealed class EnvironmentTurnsTests
{
    private static readonly string[] Both = ["production", "staging"];

    private readonly ConcurrentQueue<string> _begun = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<bool>> _blocked = new();
    private readonly EnvironmentTurns _turns;
    private int _looks;

    public EnvironmentTurnsTests() => _turns = new(TurnAsync, () => Interlocked.Increment(ref _looks));

    private Task<bool> TurnAsync(string environment)
    {
        _begun.Enqueue(environment);
        return _blocked.TryGetValue(environment, out var blocked) ? blocked.Task : Task.FromResult(false);
    }

    private TaskCompletionSource<bool> Block(string environment) => _blocked[environment] = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int TurnsOf(string environment) => _begun.Count(each => each == environment);

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        soon.CancelAfter(TimeSpan.FromSeconds(20));
        while (!condition())
            await Task.Delay(5, soon.Token);
    }

    /// <summary>Looks until staging has had so many turns.</summary>
    private Task StagingReachesAsync(int turns, string revision) => UntilAsync(() =>
    {
        _turns.Begin(Both, revision);
        return TurnsOf("staging") >= turns;
    });

    [Fact]
    public async Task A_long_run_in_one_environment_keeps_no_other_waiting_and_has_no_second_beside_it()
    {
        Block("production");

        await StagingReachesAsync(5, "one");

        TurnsOf("production").ShouldBe(1);
    }

    [Fact]
    public async Task What_was_accepted_meanwhile_is_turned_to_as_soon_as_the_long_run_is_over()
    {
        var production = Block("production");
        await StagingReachesAsync(1, "one");
        await StagingReachesAsync(2, "two");
        TurnsOf("production").ShouldBe(1);

        Block("production");
        production.SetResult(false);

        await UntilAsync(() => TurnsOf("production") == 2);
    }

    [Fact]
    public async Task Without_anything_new_the_next_turn_waits_for_the_next_look()
    {
        var production = Block("production");
        await StagingReachesAsync(2, "one");

        _blocked.Clear();
        production.SetResult(true);
        // The look that it asks for comes when it is over, else it would find it busy and be lost.
        await UntilAsync(() => Volatile.Read(ref _looks) == 1);
        TurnsOf("production").ShouldBe(1);

        _turns.Begin(["production"], "one");
        await UntilAsync(() => TurnsOf("production") == 2);
    }

    [Fact]
    public async Task Stopping_waits_for_the_run_that_acts_and_begins_no_other()
    {
        var production = Block("production");
        await StagingReachesAsync(1, "one");
        await UntilAsync(() => TurnsOf("production") == 1);
        _turns.Begin(["production"], "two");

        var ending = _turns.EndAsync();
        ending.IsCompleted.ShouldBeFalse();
        production.SetResult(false);
        await ending;

        _turns.Begin(Both, "three");
        TurnsOf("production").ShouldBe(1);
    }

    [Fact]
    public async Task A_fault_that_a_turn_does_not_survive_is_told()
    {
        Block("production").SetException(new InvalidOperationException("the disk is full"));

        _turns.Begin(Both, "one");

        (await Should.ThrowAsync<InvalidOperationException>(_turns.Faulted)).Message.ShouldBe("the disk is full");
        await _turns.EndAsync();
    }
}
