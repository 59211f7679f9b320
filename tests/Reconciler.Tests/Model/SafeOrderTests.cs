using Reconciler.Model;
using Reconciler.Tests.Architecture;

namespace Reconciler.Tests.Model;

public sealed class SafeOrderTests
{
    [Fact]
    public void Every_phase_stands_in_the_list_once_in_the_order_of_the_enum() =>
        SafeOrder.Phases.Select(rule => rule.Phase).ShouldBe(Enum.GetValues<Phase>());

    [Fact]
    public void The_table_of_the_README_is_the_list()
    {
        var rows = File.ReadLines(Path.Combine(ArrowsTests.Root(), "README.md"))
            .SkipWhile(line => line != "## The safe order")
            .SkipWhile(line => !line.StartsWith("|---", StringComparison.Ordinal))
            .Skip(1)
            .TakeWhile(line => line.StartsWith('|'));
        rows.ShouldBe(SafeOrder.Phases.Select(rule => $"| {rule.Phase} | {rule.What} | {rule.Why} |"));
    }
}
