using System.Text;
using Reconciler.Documents;
using Reconciler.Journaling;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>A new commit arrives during a converge: before Cover it takes over, after Cover the running one finishes first (safety.md, fault 12).</summary>
public sealed class OvertakenTests : IDisposable
{
    private const string NewerCommit = "9999999999aa9999999999999999999999999999";
    private readonly TurnWorld _world = new();

    public void Dispose() => _world.Dispose();

    private Task<Verdict> WithACommitDuringAsync(string verb)
    {
        _world.Converged(_world.Version(1));
        _world.During(verb, () => _world.Newer = NewerCommit);
        return _world.TurnAsync(_world.Version(2));
    }

    [Fact]
    public async Task Before_Cover_it_takes_over_and_nothing_of_the_one_before_reaches_users()
    {
        var verdict = await WithACommitDuringAsync("prepare");

        _world.Done.ShouldBe(["prepare"]);
        (_world["Maintenance"], _world["Service"], _world["Code"]).ShouldBe(("off", "up", "code-1 code-2"));
        verdict.Standing.ShouldBe(Standing.Deferred);
        verdict.Reason.ShouldBe("commit 9999999999aa came in before Cover, when nothing had been covered or stopped: it comes first");

        (_world.Newer, var next) = (null, _world.Version(3));
        _world.Mend("prepare");
        (await _world.TurnAsync(next)).Converged.ShouldBeTrue();

        _world["Code"].ShouldBe("code-3");
        _world.Ledger.Runs(TurnWorld.Production, "coralnet", 2).Select(run => run.State).ShouldBe([RunState.Succeeded, RunState.Superseded]);
    }

    [Fact]
    public async Task Where_it_asks_for_the_same_the_run_goes_on_with_what_it_has_prepared()
    {
        await WithACommitDuringAsync("prepare");

        _world.Newer = null;
        _world.Mend("prepare");
        (await _world.TurnAsync(_world.Version(2))).Converged.ShouldBeTrue();

        _world.Done.ShouldNotContain("prepare");
        _world.Ledger.Runs(TurnWorld.Production, "coralnet", 2).Count.ShouldBe(1);
        _world.LastRun.ShouldBe(RunState.Succeeded);
    }

    [Theory]
    [InlineData("cover")]
    [InlineData("stop")]
    [InlineData("code")]
    public async Task From_Cover_on_the_running_one_finishes_first(string verb)
    {
        (await WithACommitDuringAsync(verb)).Converged.ShouldBeTrue();

        (_world["Maintenance"], _world["Service"], _world["Code"]).ShouldBe(("off", "up", "code-2"));
    }

    [Fact]
    public async Task Where_the_site_is_down_already_it_finishes_first()
    {
        _world.Converged(_world.Version(1));
        _world.During("stop", () => throw new KilledException());
        await Should.ThrowAsync<KilledException>(() => _world.TurnAsync(_world.Version(2)));
        _world.Mend("stop");
        _world.Restart();
        _world.Newer = NewerCommit;

        (await _world.TurnAsync(_world.Version(2))).Converged.ShouldBeTrue();

        (_world["Maintenance"], _world["Service"], _world["Code"]).ShouldBe(("off", "up", "code-2"));
    }

    [Theory]
    [InlineData("production/servers.yaml", "a", true)]
    [InlineData("production/servers.yaml", "b", false)]
    [InlineData("production/more.yaml", "a", false)]
    [InlineData("staging/servers.yaml", "b", true)]
    [InlineData("production-eu/servers.yaml", "b", true)]
    public void A_commit_that_changes_nothing_here_takes_nothing_over(string path, string content, bool isTheSame)
    {
        var before = Tree(("production/servers.yaml", "a"), ("staging/servers.yaml", "a"));
        var after = Tree([.. new[] { ("production/servers.yaml", "a"), ("staging/servers.yaml", "a") }.Where(file => file.Item1 != path), (path, content)]);

        DocumentTree.HoldTheSame(before, after, "production/").ShouldBe(isTheSame);
        DocumentTree.HoldTheSame(after, before, "production/").ShouldBe(isTheSame);
    }

    private static DocumentTree Tree(params IEnumerable<(string Path, string Content)> files) =>
        new("revision", files.ToDictionary(file => file.Path, file => new TreeFile(Encoding.UTF8.GetBytes(file.Content))));
}
