using Reconciler.Cli;

namespace Reconciler.Tests.Cli;

/// <summary>Only drift is told as a page.</summary>
public sealed class DriftFormatsTests
{
    private static IReadOnlyList<string> Faults(params string[] arguments) =>
        [.. CommandLine.Create().Parse(arguments).Errors.Select(error => error.Message)];

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    [InlineData("markdown")]
    [InlineData("html")]
    public void Drift_is_told_in_four_ways(string format)
    {
        Faults("drift", "production", "-o", format).ShouldBeEmpty();
        Faults("-o", format, "drift", "production").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("status")]
    [InlineData("plan")]
    [InlineData("history")]
    public void Others_are_not_and_say_so(string command)
    {
        Faults(command, "production", "-o", "html").ShouldBe([$"`{command}` is told as text or json; only `drift` is also told as html"]);
        Faults(command, "production", "--output", "markdown").ShouldHaveSingleItem().ShouldContain("only `drift` is also told as markdown");
        Faults(command, "production", "-o", "json").ShouldBeEmpty();
    }

    [Fact]
    public void What_is_no_format_is_refused() => Faults("drift", "-o", "pdf").ShouldNotBeEmpty();
}
