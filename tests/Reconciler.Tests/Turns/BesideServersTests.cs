using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>While the servers themselves wait (for a window, a notice, a person), what runs on them is kept running.</summary>
public sealed class BesideServersTests : IDisposable
{
    private readonly TurnWorld _world = new();

    public void Dispose() => _world.Dispose();

    private static TurnOptions Waiting(bool mayMend) =>
        TurnOptions.Watch with { Hindrance = "the servers themselves come first: `windows` of environment.yaml", WaitsForServers = true, MayMend = mayMend };

    [Theory]
    [InlineData(true, "up")]
    [InlineData(false, "down")]
    public async Task A_service_that_died_is_started_where_that_takes_nothing_from_the_servers(bool mayMend, string service)
    {
        _world.Converged(_world.Version(1))["Service"] = "down";

        var verdict = await _world.TurnAsync(_world.Version(1), Waiting(mayMend));

        _world["Service"].ShouldBe(service);
        verdict.Standing.ShouldBe(mayMend ? Standing.Synced : Standing.Failed);
    }

    [Fact]
    public async Task A_newer_commit_waits_and_what_was_converged_is_mended_meanwhile()
    {
        _world.Converged(_world.Version(1))["Service"] = "down";

        var verdict = await _world.TurnAsync(_world.Version(2), Waiting(mayMend: true));

        (_world["Service"], _world["Code"]).ShouldBe(("up", "code-1"));
        (verdict.Standing, verdict.Reason).ShouldBe((Standing.Failed, "the servers themselves come first: `windows` of environment.yaml"));
        (await _world.TurnAsync(_world.Version(2))).Converged.ShouldBeTrue();
        _world["Code"].ShouldBe("code-2");
    }

    [Fact]
    public async Task What_failed_because_a_server_was_lost_is_not_tried_again_before_the_servers_are_through()
    {
        _world.Converged(_world.Version(1));
        _world.Ledger.PutAside(TurnWorld.Production, "coralnet", "digest-2", "web1 was lost", run: null, lostServer: "web1");

        (await _world.TurnAsync(_world.Version(2), Waiting(mayMend: true))).Standing.ShouldBe(Standing.SetAside);

        _world["Code"].ShouldBe("code-1");
        _world.Ledger.SetAsideAs(TurnWorld.Production, "coralnet", "digest-2").ShouldNotBeNull();
    }
}
