using System.Text.Json;
using Reconciler.Documents.Reading;
using Reconciler.Documents.Rendering;
using Reconciler.Documents.Yaml;

namespace Reconciler.Tests.Documents;

public sealed class RenderingTests
{
    private static readonly Reconciler.Documents.DesiredEnvironment Production = DocumentReader.Read(Trees.Example,
        ReadOptions.Default).Environments["production"];

    [Fact]
    public void The_merged_example_is_printed_with_the_origin_of_every_line() =>
        GoldenFile.Check("tests/Reconciler.Tests/Documents/cases/rendering/production.yaml", YamlRendering.Render(Production));

    [Fact]
    public void Origins_are_comments_so_what_is_printed_says_the_same_when_read()
    {
        foreach (var (text, document) in YamlRendering.Render(Production).Split("---\n").Zip(MergedDocument.Of(Production)))
        {
            var read = (MapNode)YamlReader.Read("printed", text, [])!;
            Flat(read["spec"]!.Value).ShouldBe(Flat(document.Spec));
        }
    }

    [Fact]
    public void As_json_every_value_has_its_type_and_its_origin()
    {
        using var json = JsonDocument.Parse(JsonRendering.Render(Production));
        var services = json.RootElement.GetProperty("documents").EnumerateArray()
            .Single(document => document.GetProperty("kind").GetString() == "Services"
                && document.GetProperty("name").GetString() == "coralnet");
        services.GetProperty("spec").GetProperty("gunicorn").GetProperty("port").GetInt32().ShouldBe(8000);
        services.GetProperty("origins").GetProperty("/gunicorn/port").GetString().ShouldBe("base/coralnet/services.yaml:5:42");
    }

    private static string Flat(Node node) => node switch
    {
        MapNode map => $"{{{string.Join(", ", map.Entries.Select(entry => $"{entry.Key}: {Flat(entry.Value)}"))}}}",
        SequenceNode list => $"[{string.Join(", ", list.Items.Select(Flat))}]",
        ScalarNode scalar => $"{scalar.Plain} {scalar.Text}",
        _ => "",
    };
}
