using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Reconciler.Documents.Reading;

namespace Reconciler.Tests.Documents;

public sealed class RobustnessTests
{
    private static readonly string[] Places =
        ["production/environment.yaml", "production/servers.yaml", "production/coralnet/application.yaml", "base/coralnet/services.yaml", "production/coralnet/nginx.conf", "base/host/databases.yaml"];

    /// <summary>Pieces of which nonsense is made that comes near to sense.</summary>
    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ": ", ":", ", ", "- ", "? ", "\n", "\n  ", "\n    ", "'", "\"", "|\n", ">-\n", "#", "&a ", "*a", "<<: ",
            "!!str ", "!x ", "%TAG ", "---\n", "...\n", "~", "null", "{{", "}}",
        "{{> cover}}", "{{#each servers.web}}", "{{/each}}", "spec:", "web1", "code", "commit", "roles", "on", "part", "web", "path",
            "/srv", "010", "1e3", "-", "é", "\u200b", "\u0000", "\t", "\r", "\uFEFF", "\\x", "@", "`", "a b",
        "apiVersion: reconciler/v1\n", "kind: Services\n", "metadata: {name: coralnet}\n", "password", "retired: true", "gone: x",
            "address: 10.0.0.1",
    ];

    [Fact]
    public void No_bytes_whatever_make_the_reader_throw() =>
        Check.One(Fuzz.Config(50),
            Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => Places.All(place => Reads(place, bytes))));

    [Fact]
    public void Nothing_that_comes_near_to_yaml_makes_the_reader_throw()
    {
        var text = Gen.Elements(Pieces).ListOf().Select(pieces => string.Concat(pieces));
        Check.One(Fuzz.Config(300), Prop.ForAll(text.ToArbitrary(), yaml =>
            Places.All(place => Reads(place, Encoding.UTF8.GetBytes(yaml)))));
    }

    [Fact]
    public void No_valid_document_with_one_piece_changed_makes_the_reader_throw()
    {
        var change = from path in Gen.Elements(SmallTree.Valid.Files.Keys.Order().ToArray())
                     from at in Gen.Choose(0, 400)
                     from cut in Gen.Choose(0, 12)
                     from piece in Gen.Elements(Pieces)
                     select (path, at, cut, piece);
        Check.One(Fuzz.Config(1000), Prop.ForAll(change.ToArbitrary(), changed =>
        {
            var text = SmallTree.Valid.Text(changed.path);
            var at = Math.Min(changed.at, text.Length);
            return Reads(changed.path,
                Encoding.UTF8.GetBytes(text[..at] + changed.piece + text[Math.Min(at + changed.cut, text.Length)..]));
        }));
    }

    [Fact]
    public void Of_a_file_that_cannot_be_read_that_alone_is_told_and_nothing_that_only_follows_from_it()
    {
        var told = new[] { SmallTree.Valid, Trees.Example }.SelectMany(tree => tree.Files.Keys.Where(path => path.EndsWith(".yaml", StringComparison.Ordinal))
            .SelectMany(path => DocumentReader.Read(tree.With(path, tree.Text(path) + "\n  broken: [\n"), ReadOptions.Default).Diagnostics
                .Where(diagnostic => diagnostic.Code != "yaml-syntax").Select(diagnostic => $"{path} is broken: {diagnostic}")));
        told.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("[", 100_000)]
    [InlineData("{a: ", 100_000)]
    [InlineData("- ", 100_000)]
    [InlineData("? ", 100_000)]
    [InlineData("[[]", 100_000)]
    [InlineData("{?", 100_000)]
    [InlineData("!", 100_000)]
    [InlineData("\"", 100_000)]
    [InlineData("#\n", 100_000)]
    [InlineData("a: b: ", 100_000)]
    [InlineData("- a\n", 200_000)]
    public void Repetition_without_end_is_refused_in_no_time(string piece, int times)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Reads("production/coralnet/files.yaml", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(piece, times)))).ShouldBeTrue();
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    /// <summary>Either it is accepted, or at least one error says why; every error has a sentence and a fix.</summary>
    private static bool Reads(string path, byte[] bytes)
    {
        var result = DocumentReader.Read(SmallTree.Valid.With(path, bytes), ReadOptions.Default);
        return result.Accepted == (result.Environments.Count > 0) && result.Diagnostics
            .All(diagnostic => diagnostic.What.Length > 0 && diagnostic.Fix.Length > 0);
    }
}
