using Reconciler.Diffing;
using Reconciler.Model;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>What history says moved in git.</summary>
public sealed class ChangeWordsTests
{
    [Theory]
    [InlineData(nameof(DifferenceType.Unknown), null, ": code")]
    [InlineData(nameof(DifferenceType.Change), "databaseAhead", ": code")]
    [InlineData(nameof(DifferenceType.Change), null, ": code, migrations")]
    public void Migrations_are_named_where_some_are_known_to_be_pending(string type, string? gate, string words)
    {
        Difference[] differences =
        [
            new(TurnWorld.Id("Code"), DifferenceType.Change, "it is older"),
            new(TurnWorld.Id("Migrations"), Enum.Parse<DifferenceType>(type), "which it needs") { Gate = gate },
        ];
        var diff = new Diff(differences.ToDictionary(each => each.Resource, each => (IReadOnlyList<Difference>)[each]), []);

        ChangeWords.Of(diff, diff.ByResource.Keys).ShouldBe(words);
    }
}
