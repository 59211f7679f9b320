using Reconciler.Journaling;
using Reconciler.Remote;
using Reconciler.Reporting;
using Reconciler.Tests.Converging;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>
/// <c>maxUnavailable: 1</c>, three web servers behind a balancer: the row "one server fails or is lost" of safety.md, "What a failure leads to", and fault 14.
/// </summary>
public sealed class MissingServersTests : IDisposable
{
    private readonly TurnWorld _world = Fleet();

    public void Dispose() => _world.Dispose();

    private static TurnWorld Fleet(int most = 1, int webs = 3, bool balancer = true)
    {
        var world = new TurnWorld
        {
            Webs = [.. Enumerable.Range(1, webs).Select(number => $"web{number}")], HasBalancer = balancer, MaxUnavailable = most,
        };
        return world.Converged(world.Version(1));
    }

    private void Lose(string server) => _world.Servers.Silent[server] = true;

    private void Find(string server) => _world.Servers.Silent.TryRemove(server, out _);

    private Task<Verdict> DeployAsync(int number = 2, int schema = 0) => _world.TurnAsync(_world.Version(number, schema));

    private IEnumerable<string> LeftOut => _world.Ledger.LeftOut(TurnWorld.Production, "coralnet").Select(left => left.Server);

    private string Site => _world["lb1", "NginxSite"];

    private IEnumerable<string> Codes => _world.Webs.Select(web => _world[web, "Code"].Split(' ')[0]);

    private IEnumerable<string> OnWeb(string web) => _world.DoneWhere.Where(line => line.StartsWith($"{web} ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1]);

    [Fact]
    public async Task A_run_goes_without_a_server_that_does_not_answer_and_is_no_success()
    {
        Lose("web2");

        var verdict = await DeployAsync();

        verdict.Standing.ShouldBe(Standing.Incomplete);
        verdict.Headline.ShouldStartWith("3 of 4 servers are as git says: web2 does not answer");
        Codes.ShouldBe(["code-2", "code-1", "code-2"]);
        (Site, _world["lb1", "Maintenance"], _world["web1", "Service"]).ShouldBe(("ours-web2", "off", "up"));
        (_world.LastRun, _world.Ledger.LastConverged(TurnWorld.Production, "coralnet")!.Digest).ShouldBe((RunState.Incomplete, "digest-2"));
        LeftOut.ShouldBe(["web2"]);
        _world.Ledger.ReleaseOf(TurnWorld.Production, "coralnet", new('2', 40), "base")?.HealthySince.ShouldBeNull("29 of 30 proves nothing");
        var status = VerdictStatus.Of(_world.Environment(_world.Version(2)), _world.Version(2), verdict, null, _world.Clock.GetUtcNow());
        (status.Health, status.Sync, status.Conditions[0].Status, status.Conditions[0].Reason).ShouldBe(
            (Health.Degraded, SyncStatus.Unknown, "False", "ServersMissing"));
    }

    [Fact]
    public async Task As_long_as_it_is_away_nothing_more_is_done_and_its_mark_is_no_drift()
    {
        Lose("web2");
        await DeployAsync();

        var verdict = await DeployAsync();

        (verdict.Standing, _world.Done.Count).ShouldBe((Standing.Incomplete, 0));
        var seen = await _world.LookAsync(_world.Version(2));
        seen["NginxSite"].DiffersSince.ShouldBeNull();
    }

    [Fact]
    public async Task One_that_is_back_with_old_code_is_brought_up_by_itself_before_requests_go_to_it()
    {
        Lose("web2");
        await DeployAsync();
        Find("web2");
        var marked = true;
        _world.Servers.Answers[("web2", "uncover")] = () =>
        {
            marked = Site == "ours-web2";
            return Task.FromResult(ScriptedServers.Answer.Done);
        };

        var verdict = await DeployAsync();

        verdict.Standing.ShouldBe(Standing.Synced, verdict.Reason);
        _world.DoneWhere.ShouldBe(
            ["web2 prepare", "web2 cover", "web2 stop", "web2 code", "web2 start", "web2 check", "web2 uncover", "lb1 try", "lb1 place"]);
        marked.ShouldBeTrue("it is marked until it is as git says");
        (Site, LeftOut.Any()).ShouldBe(("ours", false));
        Codes.ShouldAllBe(code => code == "code-2");
    }

    [Fact]
    public async Task What_is_new_by_then_comes_after_it_is_back()
    {
        Lose("web2");
        await DeployAsync();
        Find("web2");

        var verdict = await DeployAsync(3, schema: 1);

        verdict.Standing.ShouldBe(Standing.Synced, verdict.Reason);
        _world.DoneWhere.Take(4).ShouldBe(["web2 prepare", "web2 cover", "web2 stop", "web2 code"]);
        _world.DoneWhere.TakeWhile(line => line != "lb1 place").ShouldAllBe(line => line.StartsWith("web2 ") || line == "lb1 try");
        Codes.ShouldAllBe(code => code == "code-3");
        (Site, LeftOut.Any()).ShouldBe(("ours", false));
    }

    [Fact]
    public async Task One_that_is_back_and_cannot_be_brought_up_stays_out()
    {
        Lose("web2");
        await DeployAsync();
        Find("web2");
        _world.Servers["web2", "start"] = ScriptedServers.Answer.Exit(1, "no such thing");

        var verdict = await DeployAsync();

        (verdict.Standing, Site).ShouldBe((Standing.Incomplete, "ours-web2"));
        verdict.Headline.ShouldContain("3 of 4 servers are as git says: web2 is back, and stays out of the upstreams: ");
        verdict.Headline.ShouldContain("start");
        _world.DoneWhere.ShouldAllBe(line => line.StartsWith("web2 "));
        _world.Servers.Answers.TryRemove(("web2", "start"), out _);
        _world.Clock.Advance(TimeSpan.FromMinutes(5));

        (await DeployAsync()).Standing.ShouldBe(Standing.Synced);

        (Site, _world["web2", "Maintenance"]).ShouldBe(("ours", "off"));
    }

    /// <summary>The upstreams without it are tried in the midst of the run: that this fails is no failure before anything began.</summary>
    [Theory]
    [InlineData(0, nameof(Standing.SetAside), "off", "code-1")]
    [InlineData(1, nameof(Standing.Synced), "off", "code-2")]
    public async Task Where_nobody_can_be_told_to_leave_it_out_the_run_goes_back_or_is_tried_once_more_as_from_where_it_was(int schema, string standing, string page, string code)
    {
        _world.Servers["web2", "start"] = ScriptedServers.Answer.Exit(1, "no such thing");
        _world.Servers.Answers[("lb1", "try")] = () =>
        {
            foreach (var mended in new[] { ("web2", "start"), ("lb1", "try") })
                _world.Servers.Answers.TryRemove(mended, out _);
            return Task.FromResult(ScriptedServers.Answer.Exit(1, "nginx: [emerg] no such thing"));
        };

        var verdict = await DeployAsync(2, schema);

        $"{verdict.Standing}".ShouldBe(standing, verdict.Reason);
        _world["lb1", "Maintenance"].ShouldBe(page);
        Codes.ShouldAllBe(each => each == code);
    }

    [Fact]
    public async Task What_was_done_on_one_that_stays_out_all_the_same_is_seen_before_anything_is_planned_on_it()
    {
        Lose("web2");
        await DeployAsync();
        Find("web2");
        _world.Servers["lb1", "place"] = ScriptedServers.Answer.Exit(1, "Read-only file system");
        var prepared = new List<string>();
        _world.Servers.Answers[("web2", "cover")] = () =>
        {
            prepared.Add(_world["web2", "Code"]);
            return Task.FromResult(ScriptedServers.Answer.Done);
        };

        await DeployAsync(3);

        prepared.Take(2).ShouldBe(["code-1 code-2", "code-2 code-3"]);
    }

    [Fact]
    public async Task A_plan_says_that_it_comes_first()
    {
        Lose("web2");
        await DeployAsync();
        Find("web2");

        var plan = await _world.TurnAsync(_world.Version(2), TurnOptions.Plan);

        (plan.Standing, _world.Done.Count).ShouldBe((Standing.Planned, 0));
        plan.Reason.ShouldContain("web2, which was left out, is back, and comes first");
        plan.Plan.Steps.ShouldAllBe(step => step.Resource.Server == "web2");
    }

    [Theory]
    [InlineData(1, "web2,web3", "2 servers are missing (web2, web3), and `maxUnavailable` of production/environment.yaml is 1")]
    [InlineData(0, "web2", "web2 did not answer")]
    [InlineData(3, "web1,web2,web3", "gunicorn runs on no other server")]
    [InlineData(1, "lb1", "it passes requests on to others")]
    public async Task More_than_may_be_missing_or_one_that_may_not_and_nothing_starts(int most, string lost, string why)
    {
        using var world = Fleet(most);
        foreach (var server in lost.Split(','))
            world.Servers.Silent[server] = true;

        var verdict = await world.TurnAsync(world.Version(2));

        (verdict.Standing, world.Done.Count).ShouldBe((Standing.Unseen, 0));
        verdict.Reason.ShouldContain(why);
    }

    [Fact]
    public async Task A_web_server_that_no_upstream_names_may_not_be_missing_when_the_code_changes()
    {
        using var world = Fleet(balancer: false);
        world.Servers.Silent["web2"] = true;

        var verdict = await world.TurnAsync(world.Version(2));

        verdict.Standing.ShouldBe(Standing.Unseen);
        verdict.Reason.ShouldContain("no site's {{> upstream}} names it");
    }

    [Fact]
    public async Task A_plan_with_a_migration_misses_no_server_that_may_run_old_code()
    {
        Lose("web2");

        var verdict = await DeployAsync(schema: 1);

        (verdict.Standing, verdict.Deferral!.Gate).ShouldBe((Standing.Deferred, RunGates.ServersGate));
        verdict.Reason.ShouldContain("web2 does not answer");
        verdict.Reason.ShouldContain("`gone: \"(why)\"` beside its address in production/servers.yaml");
        _world.Done.ShouldAllBe(verb => verb == "prepare" || verb == "try");
        Codes.ShouldAllBe(code => code == "code-1");
        Find("web2");

        (await DeployAsync(schema: 1)).Standing.ShouldBe(Standing.Synced);
        _world["Migrations"].ShouldBe("schema-1");
    }

    [Fact]
    public async Task Where_nobody_can_say_which_migrations_are_needed_nothing_starts()
    {
        Lose("web1");

        var verdict = await DeployAsync();

        (verdict.Standing, _world.Done.Count).ShouldBe((Standing.Deferred, 0));
        verdict.Reason.ShouldContain("which migrations the new code needs only it can say");
    }

    [Fact]
    public async Task With_no_run_on_hand_nothing_is_done_and_it_is_said_who_is_missing()
    {
        Lose("web2");

        var verdict = await DeployAsync(1);

        (verdict.Standing, _world.Done.Count, Site, LeftOut.Any()).ShouldBe((Standing.Incomplete, 0, "ours", false));
        Find("web2");

        (await DeployAsync(1)).Standing.ShouldBe(Standing.Synced);
        _world.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_others_are_mended_while_one_is_away()
    {
        Lose("web2");
        _world["web3", "Service"] = "down";

        var verdict = await DeployAsync(1);

        (verdict.Standing, _world["web3", "Service"], Site).ShouldBe((Standing.Incomplete, "up", "ours"));
    }

    [Theory]
    [InlineData("code")]
    [InlineData("start")]
    [InlineData("check")]
    public async Task One_that_fails_after_Cover_is_left_out_with_its_services_stopped_and_the_others_finish(string verb)
    {
        _world.Servers["web2", verb] = ScriptedServers.Answer.Exit(1, "no such thing");

        var verdict = await DeployAsync();

        verdict.Standing.ShouldBe(Standing.Incomplete, verdict.Reason);
        verdict.Headline.ShouldContain("web2 failed in ");
        (_world["web2", "Service"], _world["web2", "Maintenance"], Site).ShouldBe(("down", "on", "ours-web2"));
        (_world["web1", "Service"], _world["web3", "Code"], _world["lb1", "Maintenance"]).ShouldBe(("up", "code-2", "off"));
        (_world.LastRun, LeftOut.Single()).ShouldBe((RunState.Incomplete, "web2"));
        _world.Servers.Answers.TryRemove(("web2", verb), out _);

        (await DeployAsync()).Standing.ShouldBe(Standing.Synced);

        (_world["web2", "Service"], _world["web2", "Maintenance"], Site).ShouldBe(("up", "off", "ours"));
    }

    [Fact]
    public async Task More_than_may_fail_and_all_go_back()
    {
        foreach (var web in new[] { "web2", "web3" })
            _world.Servers[web, "start"] = ScriptedServers.Answer.Exit(1, "no such thing");
        var tries = 0;
        _world.Servers.Answers[("web1", "code")] = () =>
        {
            if (++tries == 2)
                foreach (var web in new[] { "web2", "web3" })
                    _world.Servers.Answers.TryRemove((web, "start"), out _);
            return Task.FromResult(ScriptedServers.Answer.Done);
        };

        var verdict = await DeployAsync();

        verdict.Standing.ShouldBe(Standing.SetAside, verdict.Reason);
        Codes.ShouldAllBe(code => code == "code-1");
        (Site, LeftOut.Any(), _world.LastRun).ShouldBe(("ours", false, RunState.RolledBack));
    }

    [Fact]
    public async Task A_second_one_that_fails_later_leads_all_that_answer_back()
    {
        _world.Servers["web2", "code"] = ScriptedServers.Answer.Exit(1, "no such thing");
        var tries = 0;
        _world.Servers.Answers[("web3", "start")] = () =>
        {
            _world.Servers.Answers.TryRemove(("web2", "code"), out _);
            return Task.FromResult(tries++ == 0 ? ScriptedServers.Answer.Exit(1, "no such thing") : ScriptedServers.Answer.Done);
        };

        var verdict = await DeployAsync();

        verdict.Standing.ShouldBe(Standing.SetAside, verdict.Reason);
        Codes.ShouldAllBe(code => code == "code-1");
        _world.Webs.ShouldAllBe(web => _world[web, "Service"] == "up");

        await DeployAsync();

        (Site, LeftOut.Any()).ShouldBe(("ours", false));
    }

    [Fact]
    public async Task While_a_migration_is_to_come_one_that_fails_leads_all_back()
    {
        var tries = 0;
        _world.Servers.Answers[("web2", "code")] = () => Task.FromResult(tries++ == 0 ? ScriptedServers.Answer.Exit(1, "no such thing") : ScriptedServers.Answer.Done);

        var verdict = await DeployAsync(schema: 1);

        (verdict.Standing, _world["Migrations"]).ShouldBe((Standing.SetAside, "schema-0"));
        Codes.ShouldAllBe(code => code == "code-1");
    }

    [Fact]
    public async Task After_the_migration_one_that_fails_is_left_out_rather_than_all_held()
    {
        _world.Servers["web2", "start"] = ScriptedServers.Answer.Exit(1, "no such thing");

        var verdict = await DeployAsync(schema: 1);

        (verdict.Standing, _world["Migrations"]).ShouldBe((Standing.Incomplete, "schema-1"));
        (_world["web2", "Service"], Site).ShouldBe(("down", "ours-web2"));
    }

    [Fact]
    public async Task After_the_migration_the_server_that_ran_it_is_not_left_out()
    {
        _world.Servers["web1", "start"] = ScriptedServers.Answer.Exit(1, "no such thing");

        var verdict = await DeployAsync(schema: 1);

        (verdict.Standing, LeftOut.Any()).ShouldBe((Standing.Held, false));
    }

    [Fact]
    public async Task After_the_migration_a_second_failure_beyond_the_number_holds()
    {
        _world.Servers["web2", "start"] = ScriptedServers.Answer.Exit(1, "no such thing");
        _world.Servers["web3", "check"] = ScriptedServers.Answer.Exit(1, "no such thing");

        var verdict = await DeployAsync(schema: 1);

        (verdict.Standing, _world["Migrations"]).ShouldBe((Standing.Held, "schema-1"));
        Codes.ShouldAllBe(code => code == "code-2", "there is no way back over a migration");
    }

    [Fact]
    public async Task One_that_is_lost_after_Cover_is_asked_what_became_of_its_step_before_anything_else_is_done_on_it()
    {
        _world.Servers.Answers[("web2", "code")] = () =>
        {
            Lose("web2");
            return Task.FromResult(ScriptedServers.Answer.Thrown(SessionFailure.Lost, sent: true));
        };

        var verdict = await DeployAsync();

        verdict.Standing.ShouldBe(Standing.Incomplete, verdict.Reason);
        (Site, _world.LastRun, _world.Ledger.OpenIntents().Count).ShouldBe(("ours-web2", RunState.Incomplete, 0));
        (await DeployAsync(3)).Standing.ShouldBe(Standing.Incomplete, "the others do not wait for it");
        Find("web2");
        _world.Servers.Answers.TryRemove(("web2", "code"), out _);
        _world.Servers["web2", "settle"] = ScriptedServers.Answer.Says("running o");

        (await DeployAsync(3)).Headline.ShouldContain("still runs on web2");

        OnWeb("web2").ShouldBe(["settle"]);
        _world.Servers["web2", "settle"] = ScriptedServers.Answer.Withdrawn;

        (await DeployAsync(3)).Standing.ShouldBe(Standing.Synced);

        OnWeb("web2").First().ShouldBe("settle");
        (Site, _world["web2", "Code"]).ShouldBe(("ours", "code-3"));
    }

    [Fact]
    public async Task A_controller_that_died_in_the_middle_goes_on_without_the_server_that_was_lost_meanwhile()
    {
        _world.Servers.Answers[("web2", "code")] = () => throw new KilledException();
        await Should.ThrowAsync<KilledException>(() => DeployAsync());
        _world.Restart();
        Lose("web2");

        var verdict = await DeployAsync();

        verdict.Standing.ShouldBe(Standing.Incomplete, verdict.Reason);
        (Site, _world["web1", "Code"], _world["lb1", "Maintenance"]).ShouldBe(("ours-web2", "code-2", "off"));
        LeftOut.ShouldBe(["web2"]);
    }

    [Fact]
    public async Task One_that_git_has_no_more_is_forgotten()
    {
        Lose("web2");
        await DeployAsync();
        using var fewer = new TurnWorld { Webs = ["web1", "web3"], HasBalancer = true, MaxUnavailable = 1 };
        fewer.Ledger.LeaveOut(TurnWorld.Production, "coralnet", "web2", "digest-2", "web2 does not answer");

        await fewer.Converged(fewer.Version(2)).TurnAsync(fewer.Version(2));

        fewer.Ledger.LeftOut(TurnWorld.Production, "coralnet").ShouldBeEmpty();
    }
}
