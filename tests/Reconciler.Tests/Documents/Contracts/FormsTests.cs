using System.Text.RegularExpressions;
using Reconciler.Documents.Contracts;

namespace Reconciler.Tests.Documents.Contracts;

/// <summary>Patterns are matched with backtracking, whose matcher is made far sooner: so no text may make one of them go back and forth.</summary>
public sealed class FormsTests
{
    private static readonly string[] Pieces = ["a", "A", "0", "-", ".", "/", ":", " ", "_", "*", "a-", "a/", "a.", "a:", "0:", "0 ", "-a", "/a", ".a", "aa/", "task:a"];

    public static TheoryData<string> All => [.. Enum.GetNames<Form>()];

    [Theory, MemberData(nameof(All))]
    public void No_text_keeps_a_form_busy(string form)
    {
        var rule = Forms.Of(Enum.Parse<Form>(form));
        var length = Math.Min(rule.Longest, 4000);
        var judge = new Regex(rule.Pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));
        var oracle = new Regex(rule.Pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        foreach (var first in Pieces)
            foreach (var rest in Pieces)
                foreach (var end in new[] { "", "!", "\u0001", "a", "0" })
                {
                    var text = first + string.Concat(Enumerable.Repeat(rest, length / rest.Length)) + end;
                    judge.IsMatch(text).ShouldBe(oracle.IsMatch(text), text);
                }
    }
}
