using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Tests.Converging;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary><c>strategy: rolling</c>: web servers behind a balancer, and what became of a user's request at any moment.</summary>
public sealed class RollingTests : IDisposable
{
    private TurnWorld _world = Fleet();

    public void Dispose() => _world.Dispose();

    private static TurnWorld Fleet(int webs = 2, int batch = 1, bool balancer = true, bool covers = true)
    {
        var world = new TurnWorld
        {
            Webs = [.. Enumerable.Range(1, webs).Select(number => $"web{number}")], HasBalancer = balancer,
            Rolling = new(batch, TimeSpan.FromSeconds(10), covers),
        };
        return world.Converged(world.Version(1));
    }

    private void Use(TurnWorld world)
    {
        _world.Dispose();
        _world = world;
    }

    private Task<Verdict> DeployAsync(int number = 2, int schema = 0) => _world.TurnAsync(_world.Version(number, schema));

    private string Site => _world["lb1", "NginxSite"];

    private IEnumerable<string> Codes => _world.Webs.Select(web => _world[web, "Code"].Split(' ')[0]);

    private int At(string line) => _world.DoneWhere.ToList().IndexOf(line);

    [Fact]
    public async Task One_server_after_the_other_gets_no_requests_while_it_changes_and_nothing_is_covered()
    {
        var verdict = await DeployAsync();

        verdict.Standing.ShouldBe(Standing.Synced, verdict.Reason);
        _world.DoneWhere.Where(line => !line.EndsWith(" prepare", StringComparison.Ordinal)).ShouldBe(
        [
            "lb1 drain", "web1 stop", "web1 code", "web1 start", "web1 check", "lb1 return",
            "lb1 drain", "web2 stop", "web2 code", "web2 start", "web2 check", "lb1 return",
        ]);
        (Site, _world.LastRun).ShouldBe(("ours", RunState.Succeeded));
        Codes.ShouldBe(["code-2", "code-2"]);
    }

    [Fact]
    public async Task A_server_is_marked_while_it_stops_and_until_its_pages_have_answered()
    {
        var seen = new List<string>();
        foreach (var verb in new[] { "stop", "check" })
            _world.Servers.Answers[("web1", verb)] = () =>
            {
                seen.Add($"{verb} {Site}");
                return Task.FromResult(ScriptedServers.Answer.Done);
            };

        await DeployAsync();

        seen.ShouldBe(["stop ours-web1", "check ours-web1"]);
    }

    [Fact]
    public async Task Two_at_a_time_where_git_says_so_but_never_all()
    {
        Use(Fleet(webs: 3, batch: 5));

        await DeployAsync();

        _world.DoneWhere.Count(line => line == "lb1 drain").ShouldBe(2);
        At("web2 start").ShouldBeLessThan(At("web3 stop"));
        Codes.ShouldAllBe(code => code == "code-2");
    }

    [Fact]
    public async Task A_migration_goes_behind_the_page_and_the_plan_says_why()
    {
        var dry = await _world.TurnAsync(_world.Version(2, schema: 1), TurnOptions.Watch with { DryRun = true });
        var verdict = await DeployAsync(2, schema: 1);

        verdict.Standing.ShouldBe(Standing.Synced, verdict.Reason);
        dry.Plan.WhyCovered.ShouldNotBeNull().ShouldContain("migrate");
        _world.Done.ShouldContain("cover");
        _world.Done.ShouldNotContain("drain");
    }

    [Fact]
    public async Task Where_git_says_so_a_migration_waits_for_a_person()
    {
        Use(Fleet(covers: false));

        var refused = await DeployAsync(2, schema: 1);
        var before = Codes.ToList();
        var acknowledged = await _world.TurnAsync(_world.Version(2, schema: 1) with { Acknowledged = new HashSet<string> { Rolling.Gate } });

        refused.Standing.ShouldBe(Standing.Refused);
        refused.Reason.ShouldContain("acknowledge `rolling`");
        before.ShouldBe(["code-1", "code-1"]);
        acknowledged.Standing.ShouldBe(Standing.Synced, acknowledged.Reason);
        _world.Done.ShouldContain("cover");
    }

    [Theory]
    [InlineData(1, true, "alone serves")]
    [InlineData(2, false, "no site's {{> upstream}}")]
    public async Task Where_nobody_could_serve_meanwhile_it_covers(int webs, bool balancer, string why)
    {
        Use(Fleet(webs, balancer: balancer));

        var dry = await _world.TurnAsync(_world.Version(2), TurnOptions.Watch with { DryRun = true });
        await DeployAsync();

        dry.Plan.WhyCovered.ShouldNotBeNull().ShouldContain(why);
        _world.Done.ShouldContain("cover");
    }

    [Fact]
    public async Task What_the_first_batch_finds_out_the_others_never_get()
    {
        _world.Break("start");
        _world.Servers.Answers[("web1", "code")] = () =>
        {
            if (_world["Code"].StartsWith("code-2", StringComparison.Ordinal))
                _world.Mend("start");
            return Task.FromResult(ScriptedServers.Answer.Done);
        };

        var verdict = await DeployAsync();

        verdict.Standing.ShouldBe(Standing.SetAside, verdict.Reason);
        _world.DoneWhere.ShouldNotContain("web2 stop");
        (Site, _world["Service"], _world["web2", "Service"]).ShouldBe(("ours", "up", "up"));
        Codes.ShouldBe(["code-1", "code-1"]);
        _world.Done.ShouldNotContain("cover");
    }

    [Fact]
    public async Task Where_there_is_no_way_back_either_the_others_serve_on()
    {
        _world.Break("start");

        var verdict = await DeployAsync();

        verdict.Standing.ShouldBe(Standing.Held, verdict.Reason);
        verdict.Reason.ShouldContain("the others serve");
        (Site, _world["web2", "Service"], Codes.Last()).ShouldBe(("ours-web1", "up", "code-1"));
        _world.Done.ShouldNotContain("cover");

        _world.Mend("start");
        (await DeployAsync(3)).Standing.ShouldBe(Standing.Synced);
        (Site, _world.Held).ShouldBe(("ours", null));
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("start")]
    [InlineData("check")]
    public async Task A_controller_that_dies_amid_a_batch_leaves_a_server_out_that_the_next_one_brings_to_its_end_first(string verb)
    {
        _world.KillAt(verb);
        await Should.ThrowAsync<KilledException>(() => DeployAsync());
        Site.ShouldBe("ours-web1");
        _world.Mend(verb);
        _world.Restart();

        var verdict = await DeployAsync();

        verdict.Standing.ShouldBe(Standing.Synced, verdict.Reason);
        (Site, string.Join(' ', Codes)).ShouldBe(("ours", "code-2 code-2"));
        At("web1 check").ShouldBeInRange(0, At("web2 stop"));
        _world.Done.ShouldNotContain("cover");
    }

    [Fact]
    public async Task Whoever_is_left_out_and_as_git_says_is_looked_at_and_taken_back()
    {
        _world["lb1", "NginxSite"] = "ours-web2";

        var verdict = await DeployAsync(1);

        verdict.Standing.ShouldBe(Standing.Synced, verdict.Reason);
        Site.ShouldBe("ours");
        At("web2 check").ShouldBeInRange(0, At("lb1 place"));
    }

    [Fact]
    public async Task What_a_dead_controller_left_half_done_is_undone_when_git_goes_back()
    {
        _world.KillAt("start");
        await Should.ThrowAsync<KilledException>(() => DeployAsync());
        _world.Mend("start");
        _world.Restart();

        await DeployAsync(1);
        var verdict = await _world.TurnAsync(_world.Version(1), TurnOptions.Watch with { HealAll = true, ByPerson = true });

        verdict.Standing.ShouldBe(Standing.Synced, verdict.Reason);
        (Site, string.Join(' ', Codes)).ShouldBe(("ours", "code-1 code-1"));
    }

    [Fact]
    public async Task A_person_who_asks_to_hold_is_heard_between_two_batches()
    {
        _world.During("stop", () => _world.Ask("hold", "{}"));

        var verdict = await DeployAsync();

        verdict.Standing.ShouldBe(Standing.Held, verdict.Reason);
        (Site, string.Join(' ', Codes)).ShouldBe(("ours", "code-2 code-1"));
    }
}
