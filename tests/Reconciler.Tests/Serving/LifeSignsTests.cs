using Reconciler.Serving;

namespace Reconciler.Tests.Serving;

public sealed class LifeSignsTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(60);
    private readonly HandClock _clock = new();
    private readonly LifeSigns _signs;

    public LifeSignsTests() => _signs = new(_clock, Interval);

    [Fact]
    public void Before_the_first_look_it_lives_and_is_not_ready()
    {
        _signs.Overdue.ShouldBeNull();
        _signs.Unready.ShouldBe("nothing is in force: the repository was not looked at yet");
    }

    [Fact]
    public void A_first_look_that_never_ends_is_overdue()
    {
        _clock.Pass(TimeSpan.FromMinutes(8));

        _signs.Overdue.ShouldBe("no look at the repository has ended for 8 min, and one is due every 60 s");
    }

    [Fact]
    public void Without_anything_in_force_it_is_not_ready_and_says_why()
    {
        _signs.Looked([], "it cannot be reached");
        _signs.Unready.ShouldBe("nothing is in force: it cannot be reached");

        // Trouble later leaves what is in force in force.
        _signs.Looked(["staging"], "it cannot be reached");
        _signs.Unready.ShouldBeNull();
    }

    [Fact]
    public void Turns_that_do_not_begin_any_more_are_overdue()
    {
        _signs.Looked(["staging"], null);
        _signs.TurnBegan("staging");
        _signs.TurnEnded("staging");
        _clock.Pass(TimeSpan.FromMinutes(9));
        _signs.Looked(["staging"], null);

        _signs.Overdue.ShouldBe("no turn of staging has begun for 9 min, and one is due every 60 s");

        _signs.Looked([], null);
        _signs.Overdue.ShouldBeNull();
    }

    [Fact]
    public void A_turn_may_be_silent_for_as_long_as_its_step_may_take()
    {
        _signs.TurnBegan("staging");
        _signs.Heard("staging", TimeSpan.FromHours(2));
        void Pass(TimeSpan time)
        {
            _clock.Pass(time);
            _signs.Looked(["staging"], null);
        }

        Pass(TimeSpan.FromMinutes(100));
        _signs.Overdue.ShouldBeNull();
        // Another server's short step has ended; the long one still runs.
        _signs.Heard("staging", TimeSpan.Zero);
        Pass(TimeSpan.FromMinutes(20));
        _signs.Overdue.ShouldBeNull();
        Pass(TimeSpan.FromMinutes(20));
        _signs.Overdue.ShouldBe("the turn of staging has shown no sign for 40 min");
    }

    [Fact]
    public void A_turn_that_sends_nothing_has_a_quarter_of_an_hour()
    {
        _signs.TurnBegan("staging");
        _clock.Pass(TimeSpan.FromMinutes(17));
        _signs.Looked(["staging"], null);

        _signs.Overdue.ShouldBe("the turn of staging has shown no sign for 17 min");
    }
}
