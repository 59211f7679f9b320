using Reconciler.Documents.Reading;

namespace Reconciler.Tests.Documents;

public sealed class SchemasTests
{
    public static TheoryData<string> Kinds => [.. DocumentKind.All.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_committed_schema_is_the_one_that_the_contract_gives(string kind) =>
        GoldenFile.Check($"schemas/{kind.ToLowerInvariant()}.schema.json", Schemas.Of(DocumentKind.Named(kind)));

    /// <summary>An attribute cannot ask for the list, so it is held against it here.</summary>
    [Fact]
    public void The_kinds_that_selfHeal_takes_are_those_that_there_are() =>
        Schemas.Of(DocumentKind.Named("Environment")).ShouldContain($"Kinds: {string.Join(", ", Reconciler.Resources.ResourceKinds.All.Keys.Order(StringComparer.Ordinal))}.");

    [Fact]
    public void There_is_no_schema_of_anything_else() =>
        Directory.EnumerateFiles(Path.Combine(Trees.Repository, "schemas"), "*.json").Select(Path.GetFileName).Order()
            .ShouldBe(Schemas.All().Keys.Order());

    /// <summary>The same files go through ajv in <c>schemas/check</c>: editors and the program agree.</summary>
    [Fact]
    public void What_a_schema_must_refuse_the_reader_refuses_too()
    {
        var files = Directory.EnumerateFiles(Path.Combine(DocumentCase.Folder, "schemas"), "*.yaml").ToList();
        files.Count.ShouldBeGreaterThan(3);
        foreach (var file in files)
        {
            var kind = DocumentKind.All.Single(kind => Path.GetFileName(file).EndsWith("." + kind.FileName, StringComparison.Ordinal));
            var path = kind.Home.HasFlag(Home.Environment) ? $"production/{kind.FileName}" : kind.Home.HasFlag(Home.Application)
                ? $"production/coralnet/{kind.FileName}" : $"production/host/{kind.FileName}";
            var result = DocumentReader.Read(SmallTree.Valid.With(path, File.ReadAllText(file)), ReadOptions.Default);
            result.Diagnostics.ShouldContain(diagnostic => diagnostic.Place.File == path && diagnostic.Place.Line > 0,
                Path.GetFileName(file));
        }
    }
}
