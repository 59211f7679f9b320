using Reconciler.Reporting;

namespace Reconciler.Tests.Reporting;

public sealed class AgesTests
{
    [Theory]
    [InlineData(-0.4, "0 s")]
    [InlineData(-90, "0 s")]
    [InlineData(0.6, "0 s")]
    [InlineData(89.9, "89 s")]
    [InlineData(90, "1 min")]
    [InlineData(5399, "89 min")]
    [InlineData(5400, "1 h")]
    [InlineData(172799, "47 h")]
    [InlineData(259200, "3 days")]
    public void An_age_is_never_less_than_nothing_and_never_more_than_has_passed(double seconds, string said) =>
        Ages.Of(TimeSpan.FromSeconds(seconds)).ShouldBe(said);

    [Theory]
    [InlineData(0.2, "1 s")]
    [InlineData(153.2, "2 min 34 s")]
    [InlineData(180, "3 min")]
    [InlineData(179.9, "3 min")]
    [InlineData(850, "14 min")]
    [InlineData(3599.5, "60 min")]
    [InlineData(7200, "2 h")]
    public void What_is_still_to_come_is_said_to_the_second_where_it_is_near(double seconds, string said) => Ages.Until(TimeSpan.FromSeconds(seconds))
        .ShouldBe(said);
}
