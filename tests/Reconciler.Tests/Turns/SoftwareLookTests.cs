using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Remote;
using Reconciler.Resources.Packages;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>How often apt is asked: when something changed, and else never.</summary>
public sealed class SoftwareLookTests : IDisposable
{
    private static readonly ResourceId Apt = new("web1", "host", "Packages", "apt");
    private readonly TurnWorld _world = new();
    private readonly Counting _servers = new();

    public void Dispose() => _world.Dispose();

    private static PackagesFacts Facts(string signature) => new(signature, "git", false,
        new Dictionary<string, InstalledPackage> { ["git"] = new("2.39", "ii"), ["gone"] = new("1", "rc") }, new Dictionary<string, string>(), [])
    {
        System = "Debian",
        Kernel = "6.1",
        BootId = "first",
        Up = TimeSpan.FromMinutes(3),
    };

    private async Task<ServerSoftware?> LookAsync(PackagesFacts? facts, bool counts = true)
    {
        var (unit, clock) = (_world.Version(1), _world.Clock);
        var observed = new Observed(new Dictionary<ResourceId, Observation>
        {
            [Apt] = facts is null ? new Observation.Unknown("web1 did not answer") : new Observation.Found(facts),
        }, new Dictionary<string, string>());
        var software = await new SoftwareLook(_servers, new ServerAddresses(null), _world.Ledger, clock)
            .AtAsync(_world.Environment(unit), observed, counts, TestContext.Current.CancellationToken);
        _world.Ledger.SaveServersSeen(TurnWorld.Production, [new(TurnWorld.Production, "web1", "web1", ["web"], clock.GetUtcNow(),
            clock.GetUtcNow(), null) { Software = software.GetValueOrDefault("web1") }]);
        return software.GetValueOrDefault("web1");
    }

    [Fact]
    public async Task Upgrades_are_counted_once_and_again_when_packages_or_lists_changed()
    {
        (await LookAsync(Facts("1,1,1;")))!.Upgrades!.All.ShouldBe(1);
        _world.Restart();
        var again = await LookAsync(Facts("1,1,1;"));
        _servers.Asked.ShouldBe(1);
        again!.Upgrades!.All.ShouldBe(1);

        await LookAsync(Facts("2,2,1;"));
        _servers.Asked.ShouldBe(2);
    }

    [Fact]
    public async Task Who_only_wants_to_see_a_plan_does_not_wait_for_it()
    {
        (await LookAsync(Facts("1,1,1;"), counts: false))!.Upgrades.ShouldBeNull();
        _servers.Asked.ShouldBe(0);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_told_as_last_seen_and_the_boot_is_reckoned_once()
    {
        var booted = _world.Clock.GetUtcNow() - TimeSpan.FromMinutes(3);
        var first = await LookAsync(Facts("1,1,1;"));
        first!.Packages.ShouldBe(new Dictionary<string, string> { ["git"] = "2.39" });
        first.Booted.ShouldBe(booted);
        _world.Clock.Advance(TimeSpan.FromSeconds(7));

        (await LookAsync(Facts("1,1,1;")))!.Booted.ShouldBe(booted);
        (await LookAsync(null))!.Kernel.ShouldBe("6.1");
        (await LookAsync(Facts("1,1,1;") with { BootId = "second", Up = TimeSpan.FromSeconds(7) }))!.Booted.ShouldBe(booted + TimeSpan.FromMinutes(3));
    }

    private sealed class Counting : IServerSessions
    {
        public int Asked { get; private set; }

        public IServerSession For(ServerAddress server)
        {
            Asked++;
            return new Session(server);
        }

        private sealed class Session(ServerAddress server) : IServerSession
        {
            public ServerAddress Server => server;

            public Task<ShellReply> RunAsync(ShellRequest request, CancellationToken cancellation)
            {
                var marker = System.Text.RegularExpressions.Regex.Match(request.Script, @"printf '\\n([0-9a-f]{32}) 0 ").Groups[1].Value;
                return Task.FromResult(new ShellReply(0,
                    System.Text.Encoding.UTF8.GetBytes($"Inst git [1] (2 Debian:12/stable [amd64])\nend\n{marker} 0 \n"), false));
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
