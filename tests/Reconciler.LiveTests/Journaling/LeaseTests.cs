using Reconciler.Journaling;
using Reconciler.Model;

namespace Reconciler.LiveTests.Journaling;

/// <summary>Leases over a real PostgreSQL, with time that is moved by hand on both sides: the clock here, the rows there.</summary>
[Collection<OnLedgerServer>]
public sealed class LeaseTests(LedgerServer server)
{
    private static readonly string[] Environments = ["a", "b", "c"];
    private readonly PostgresAddress _address = server.NewDatabase();
    private readonly LateClock _clock = new();

    private ILedger Watch(TimeProvider? clock = null) =>
        PostgresLedger.OpenForWriting(_address, clock ?? _clock, LedgerHolder.Watch, new LeaseShare.Fair());

    private static string[] Held(ILedger ledger) => [.. Environments.Where(ledger.Leases.Holds)];

    /// <summary>Nobody renewed for long, by the database's clock.</summary>
    private void Expire() => LedgerServer.Sql(_address, "UPDATE leases SET expires = 0; UPDATE controllers SET seen = 0");

    [Fact]
    public void One_that_is_alone_takes_all_and_two_share()
    {
        using var one = Watch();
        one.Leases.Claim(Environments);
        Held(one).ShouldBe(Environments);
        using var two = Watch();
        two.Leases.Claim(Environments);
        Held(two).ShouldBeEmpty();
        one.Leases.Yield(environment => environment != "c");
        Held(one).ShouldBe(Environments);
        one.Leases.Yield(_ => true);
        Held(one).ShouldBe(["a", "b"]);
        two.Leases.Claim(Environments);
        Held(two).ShouldBe(["c"]);
        two.LeasesHeld()!.Where(lease => lease.Environment.Length > 0).Select(lease => lease.Holder.ProcessId)
            .ShouldBe(Enumerable.Repeat(Environment.ProcessId, 3));
    }

    [Fact]
    public void A_number_only_rises_whoever_takes_what()
    {
        long first;
        using (var one = Watch())
        {
            one.Leases.Claim(Environments);
            first = Environments.Max(one.FencingOf);
        }
        using var two = Watch();
        two.Leases.Claim(Environments);
        Environments.Min(two.FencingOf).ShouldBeGreaterThan(first);
        using var reader = PostgresLedger.OpenForReading(_address, _clock);
        reader.FencingOf("b").ShouldBe(two.FencingOf("b"));
    }

    [Fact]
    public void Who_ends_lets_go_at_once_and_who_died_when_its_time_is_over()
    {
        using var dead = Watch();
        dead.Leases.Claim(Environments);
        using var other = Watch();
        other.Leases.Claim(Environments);
        Held(other).ShouldBeEmpty();
        Expire();
        using var third = Watch();
        third.Leases.Claim(Environments);
        Held(third).ShouldNotBeEmpty();
    }

    [Fact]
    public void What_is_held_by_another_cannot_be_written_and_who_finds_that_out_acts_no_more()
    {
        using var old = Watch();
        old.Leases.Claim(Environments);
        var run = old.BeginRun("a", "site", "revision", "digest");
        Expire();
        using var fresh = Watch();
        fresh.Leases.Claim(Environments);
        Should.Throw<LedgerException>(() => old.Intend(run.Id, 1, Phase.Stop, new("web1", "site", "Service", "web"), "stop"))
            .Fault.ShouldBe(LedgerFault.LeaseLost);
        Should.Throw<LedgerException>(() => old.Accept("b", "revision")).Fault.ShouldBe(LedgerFault.LeaseLost);
        old.Leases.Lost.IsFaulted.ShouldBeTrue();
        fresh.Steps(run.Id).ShouldBeEmpty();
        fresh.FindRun(run.Id)!.Fencing.ShouldBeLessThan(fresh.FencingOf("a"));
    }

    [Fact]
    public void Past_its_time_by_its_own_clock_nothing_may_be_sent_though_nobody_has_taken_over()
    {
        using var ledger = Watch();
        ledger.Leases.Claim(Environments);
        ledger.Leases.RequireInTime("a");
        _clock.Late = LeaseTimes.SendsWithin + TimeSpan.FromSeconds(1);
        var fault = Should.Throw<LedgerException>(() => ledger.Leases.RequireInTime("a"));
        fault.Fault.ShouldBe(LedgerFault.LeaseLost);
        fault.Message.ShouldContain("a, b, c were not renewed for");
        ledger.Leases.Lost.IsFaulted.ShouldBeTrue();
        // Nor when the clock is as if nothing had been.
        _clock.Late = TimeSpan.Zero;
        Should.Throw<LedgerException>(() => ledger.Leases.RequireInTime("a"));
    }

    [Fact]
    public void A_command_about_one_environment_has_it_or_is_told_who_has()
    {
        using (var watch = Watch())
        {
            watch.Leases.Claim(["a"]);
            using var converge = PostgresLedger.OpenForWriting(_address, _clock, "converge", new LeaseShare.One("b"));
            converge.Leases.Claim(["b"]);
            Held(converge).ShouldBe(["b"]);
            using var refused = PostgresLedger.OpenForWriting(_address, _clock, "converge", new LeaseShare.One("a"));
            var fault = Should.Throw<LedgerException>(() => refused.Leases.Claim(["a"]));
            fault.Fault.ShouldBe(LedgerFault.Locked);
            fault.Message.ShouldContain($"`watch`, process {Environment.ProcessId}");
        }
    }

    [Fact]
    public async Task A_database_that_is_away_is_told_and_what_was_held_goes_on_when_it_is_back()
    {
        using var ledger = Watch();
        ledger.Leases.Claim(Environments);
        var number = ledger.FencingOf("a");
        await server.Host.ShellAsync("systemctl stop postgresql@15-main");
        Should.Throw<LedgerException>(() => ledger.Accept("a", "revision")).ShouldSatisfyAllConditions(
            fault => fault.Fault.ShouldBe(LedgerFault.Unreachable), fault => fault.Message.ShouldContain("does not answer"),
            fault => fault.Message.ShouldNotContain("only for"));
        await server.Host.ShellAsync("systemctl start postgresql@15-main");
        ledger.Accept("a", "revision");
        ledger.FencingOf("a").ShouldBe(number);
        ledger.Leases.Lost.IsFaulted.ShouldBeFalse();
    }

    [Fact]
    public void What_stands_in_the_way_of_a_ledger_is_said_with_what_mends_it()
    {
        static string Said(string text) => Should.Throw<LedgerException>(() => PostgresLedger.OpenForWriting(
            PostgresAddress.Parse(text, "/etc/reconciler/ledger")!, TimeProvider.System, null, new LeaseShare.Fair())).Message;

        Said($"postgresql://reconciler:wrong@{server.Host.Address}/postgres").ShouldContain("Correct the password or role in /etc/reconciler/ledger");
        Said(LedgerServer.TextOf(server.Host, "none")).ShouldContain("CREATE DATABASE none OWNER reconciler");
        Said(LedgerServer.TextOf(server.Host, "template1")).ShouldContain("Make that role the database's owner");
        Said($"postgresql://reconciler:x@{server.Host.Address}:1/x").ShouldContain("does not answer");
    }

    /// <summary>The machine's monotonic clock, put ahead by as long as the process is to have been stopped. Its timers never fire.</summary>
    private sealed class LateClock : TimeProvider
    {
        public TimeSpan Late { get; set; }

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Late.TotalSeconds * TimestampFrequency);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
