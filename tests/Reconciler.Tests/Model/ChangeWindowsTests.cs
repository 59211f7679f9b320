using FsCheck;
using FsCheck.Fluent;
using Reconciler.Model;

namespace Reconciler.Tests.Model;

/// <summary>When runs may begin: against a walk through all minutes, over the days on which the clocks change.</summary>
public sealed class ChangeWindowsTests
{
    private static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kathmandu"];

    // Around the changes of those zones in 2026, and an ordinary day.
    private static readonly DateTimeOffset[] Days =
    [
        At("2026-03-28T20:00:00Z"), At("2026-10-24T20:00:00Z"), At("2026-03-08T05:00:00Z"), At("2026-11-01T04:00:00Z"),
            At("2026-04-04T10:00:00Z"),
        At("2026-10-03T11:00:00Z"), At("2026-07-01T00:00:00Z"),
    ];

    private static readonly string[] Crons =
    [
        "30 2 * * *", "0 3 * * *", "15 1 * * *", "*/20 1-2 * * *", "0 */5 * * *", "59 23 * * 6", "0 0 1 * *", "45 2 29 3 *",
            "0 12 * * 1-5", "30 1 1 * 0", "10 2,3 * * 0,7",
    ];

    private static Gen<ChangeWindow> Windows =>
        from allows in Gen.Elements(true, false)
        from cron in Gen.Elements(Crons)
        from minutes in Gen.Choose(1, 300)
        from zone in Gen.Elements(Zones)
        select new ChangeWindow(allows, CronExpression.Parse(cron), null, TimeSpan.FromMinutes(minutes),
            TimeZoneInfo.FindSystemTimeZoneById(zone));

    [Fact]
    public void What_is_open_and_when_it_opens_next_is_what_a_walk_through_the_minutes_says() => Prop.ForAll(
        (from windows in Gen.ListOf(Windows).Where(list => list.Count is > 0 and < 4)
         from day in Gen.Elements(Days)
         from minute in Gen.Choose(0, 12 * 60)
         select (windows: new ChangeWindows([.. windows]), time: day.AddMinutes(minute))).ToArbitrary(),
        given =>
        {
            var walk = Walk(given.windows, given.time.AddDays(-2), 4 * 24 * 60);
            var from = 2 * 24 * 60;
            for (var minute = from; minute < from + 180; minute++)
                given.windows.IsOpen(given.time.AddMinutes(minute - from))
                    .ShouldBe(walk[minute], $"{given.time.AddMinutes(minute - from):u}");
            var next = Array.IndexOf(walk, true, from);
            var found = given.windows.NextOpen(given.time);
            if (next >= 0)
                found!.Value.At.ShouldBe(given.time.AddMinutes(next - from));
            else if (found is { } later)
                later.At.ShouldBeGreaterThanOrEqualTo(given.time.AddMinutes(walk.Length - from));
        }).QuickCheckThrowOnFailure();

    /// <summary>
    /// Minute by minute: the local label is compared; one that the clocks jump over counts at the jump, one that comes again does not
    /// count again.
    /// </summary>
    private static bool[] Walk(ChangeWindows windows, DateTimeOffset from, int minutes)
    {
        var open = windows.All.Select(window => Walk(window, from, minutes)).ToList();
        return [.. Enumerable.Range(0, minutes).Select(minute =>
            !windows.All.Where((window, i) => !window.Allows && open[i][minute]).Any()
            && (!windows.All.Any(window => window.Allows) || windows.All.Where((window, i) => window.Allows && open[i][minute]).Any()))];
    }

    private static bool[] Walk(ChangeWindow window, DateTimeOffset from, int minutes)
    {
        var (open, seen, lead) = (new bool[minutes], new HashSet<DateTime>(), 2 * 24 * 60);
        DateTime Label(int minute) => TimeZoneInfo.ConvertTime(from.AddMinutes(minute), window.Zone).DateTime;
        for (var minute = -lead; minute < minutes; minute++)
        {
            var starts = false;
            for (var label = Label(minute - 1).AddMinutes(1); label < Label(minute); label = label.AddMinutes(1))
                starts |= seen.Add(label) && window.Cron!.Matches(label);
            starts |= seen.Add(Label(minute)) && window.Cron!.Matches(Label(minute));
            for (var lasts = 0; starts && lasts < window.Duration.TotalMinutes; lasts++)
                if (minute + lasts >= 0 && minute + lasts < minutes)
                    open[minute + lasts] = true;
        }
        return open;
    }

    [Theory]
    [InlineData("30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z",
        "02:30 does not exist on 2026-03-29 in Europe/Berlin: it begins when the clocks have moved on")]
    [InlineData("30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z",
        "02:30 comes twice on 2026-10-25 in Europe/Berlin: it begins the first time")]
    [InlineData("30 2 * * *", "2026-10-25T00:40:00Z", "2026-10-26T01:30:00Z", null)]
    [InlineData("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-28T23:00:00Z", null)]
    public void A_start_that_the_clocks_skip_or_repeat_happens_once_and_is_explained(string cron, string from, string opens, string? note)
    {
        var window = new ChangeWindow(true, CronExpression.Parse(cron), null, TimeSpan.FromMinutes(5),
            TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));

        new ChangeWindows([window]).NextOpen(At(from)).ShouldBe(new WindowStart(At(opens), note));
    }

    [Fact]
    public void Deny_wins_and_without_a_window_that_allows_the_rest_is_open()
    {
        ChangeWindow Fixed(bool allows, string at, int hours) => new(allows, null, At(at), TimeSpan.FromHours(hours), TimeZoneInfo.Utc);
        var deny = Fixed(false, "2026-12-24T12:00:00+02:00", 2);

        new ChangeWindows([deny]).IsOpen(At("2026-12-24T09:59:00Z")).ShouldBeTrue();
        new ChangeWindows([deny]).NextOpen(At("2026-12-24T10:00:00Z"))!.Value.At.ShouldBe(At("2026-12-24T12:00:00Z"));
        new ChangeWindows([deny, Fixed(true, "2026-12-24T09:00:00Z", 2)]).NextOpen(At("2026-12-24T10:30:00Z")).ShouldBeNull();
        new ChangeWindows([deny, Fixed(true, "2026-12-24T09:00:00Z", 4)])
            .NextOpen(At("2026-12-24T10:30:00Z"))!.Value.At.ShouldBe(At("2026-12-24T12:00:00Z"));
    }

    [Fact]
    public void Where_all_is_denied_for_ever_none_is_found()
    {
        var always = new ChangeWindow(false, CronExpression.Parse("0 0 * * *"), null, TimeSpan.FromDays(2), TimeZoneInfo.Utc);

        new ChangeWindows([always]).NextOpen(At("2026-01-01T00:00:00Z")).ShouldBeNull();
    }

    [Theory]
    [InlineData("0 8 * * 1-5", null)]
    [InlineData("*/5,3 0-6/2 1,15 * 7", null)]
    [InlineData("0 8 * *", "has 4 fields")]
    [InlineData("60 8 * * *", "says `60` for the minute")]
    [InlineData("0 8-3 * * *", "says `8-3` for the hour")]
    [InlineData("0 8 0 * *", "says `0` for the day of the month")]
    [InlineData("0 8 * * MON", "says `MON` for the day of the week")]
    [InlineData("*/0 8 * * *", "says `*/0` for the minute")]
    [InlineData("0 8 * * 1/2/3", "says `1/2/3` for the day of the week")]
    public void What_cron_would_not_understand_is_named(string text, string? fault)
    {
        if (fault is null)
            CronExpression.FaultOf(text).ShouldBeNull();
        else
            CronExpression.FaultOf(text).ShouldNotBeNull().ShouldStartWith(fault);
    }

    [Fact]
    public void Where_both_days_are_restricted_either_will_do()
    {
        var cron = CronExpression.Parse("0 0 13 * 5");

        cron.MatchesDay(new(2026, 1, 13)).ShouldBeTrue();
        cron.MatchesDay(new(2026, 1, 16)).ShouldBeTrue();
        cron.MatchesDay(new(2026, 1, 14)).ShouldBeFalse();
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
