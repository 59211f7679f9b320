using Reconciler.Reporting;

namespace Reconciler.Tests.Reporting;

/// <summary>As <c>diff -u</c> prints it.</summary>
public sealed class UnifiedDiffTests
{
    private static string Of(string before, string after) => UnifiedDiff.Of(before, after, "git", "server");

    private static string Lines(int from, int to) =>
        string.Concat(Enumerable.Range(from, to - from + 1).Select(number => $"line {number}\n"));

    [Fact]
    public void The_same_text_has_none() => Of("a\nb\n", "a\nb\n").ShouldBeEmpty();

    [Fact]
    public void A_changed_line_stands_between_three_lines_of_context() =>
        Of(Lines(1, 9), Lines(1, 4) + "edited\n" + Lines(6, 9)).ShouldBe("""
            --- git
            +++ server
            @@ -2,7 +2,7 @@
             line 2
             line 3
             line 4
            -line 5
            +edited
             line 6
             line 7
             line 8

            """);

    [Fact]
    public void Changes_far_apart_are_two_hunks_with_their_own_numbers()
    {
        var diff = Of(Lines(1, 30), "first\n" + Lines(1, 29));

        diff.Split('\n').Where(line => line.StartsWith("@@", StringComparison.Ordinal)).ShouldBe(["@@ -1,3 +1,4 @@", "@@ -27,4 +28,3 @@"]);
    }

    [Fact]
    public void What_a_server_holds_cannot_draw_on_the_terminal() => Of("a\n", "\u001b[2Ja\n").ShouldContain("+\uFFFD[2Ja\n");

    [Fact]
    public void A_long_one_is_cut_and_says_so()
    {
        var diff = Of("", Lines(1, 500));

        diff.Split('\n').Length.ShouldBeLessThan(130);
        diff.ShouldContain(" more lines)");
    }

    [Theory]
    [InlineData("# password=hunter2secret", "# password=...")]
    [InlineData("proxy_set_header Authorization \"Bearer hunter2\";", "proxy_set_header Authorization ...")]
    [InlineData("API_KEY: 'hunter2'", "API_KEY: ...")]
    [InlineData("proxy_pass https://ada:hunter2@10.0.0.7/;", "proxy_pass https://...@10.0.0.7/;")]
    [InlineData("server_tokens off;", "server_tokens off;")]
    [InlineData("ssl_certificate_key /etc/ssl/site.key;", "ssl_certificate_key /etc/ssl/site.key;")]
    public void What_only_the_server_has_is_shown_without_what_is_named_as_a_secret(string line, string shown) =>
        UnifiedDiff.Of("a\n", $"a\n{line}\n", "git", "server").ShouldEndWith($"\n+{shown}\n");
}
