using System.Text;
using Reconciler.Cli;
using Reconciler.Documents;
using Reconciler.Documents.Reading;
using Reconciler.Importing;
using Reconciler.Model;
using Reconciler.Tests.Documents;

namespace Reconciler.Tests.Importing;

/// <summary>What looks at real servers answered (the lab's handmade ones), and the documents that come of it.</summary>
public sealed class ImportTests
{
    internal static string Case(string name, string file) =>
        File.ReadAllText(Path.Combine(Trees.Repository, "tests/Reconciler.Tests/Importing/cases", name, file));

    private static ImportRequest Request => new("production", "coralnet", "web1", "10.0.0.11",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAII8m6rFzDeiLUR6Itwpypf9qnwh2xg8rwnJ6ujAfcV8X");

    private static Import Of(string name, int? page = 200)
    {
        var server = FirstLook.Read(Case(name, "first.txt"));
        var found = Analysis.Of(Request, server, Candidate.Of(Request, server), SecondLook.Read(Case(name, "second.txt")));
        return Import.Of(found, page, "/etc/reconciler/secrets");
    }

    private static string Shown(Import import)
    {
        var text = new StringWriter();
        foreach (var (file, content) in import.Files)
            text.Write($"==== {file}\n{content}");
        text.Write("==== said\n");
        new ImportText(text, Request, "desired-state").Write(import);
        return text.ToString();
    }

    [Theory]
    [InlineData("supervisor")]
    [InlineData("own-supervisor")]
    [InlineData("systemd")]
    public void A_handmade_server_becomes_documents_with_their_guesses_and_what_was_left_alone(string name) =>
        GoldenFile.Check($"tests/Reconciler.Tests/Importing/cases/{name}/expected.txt", Shown(Of(name)));

    [Theory]
    [InlineData("supervisor")]
    [InlineData("own-supervisor")]
    [InlineData("systemd")]
    public void The_documents_are_without_fault(string name)
    {
        var files = Of(name).Files.ToDictionary(file => file.Key, file => new TreeFile(Encoding.UTF8.GetBytes(file.Value)));

        var read = DocumentReader.Read(new DocumentTree(new string('0', 40), files), ReadOptions.Default);

        read.Diagnostics.Where(fault => fault.Severity == Severity.Error).Select(fault => $"{fault}").ShouldBeEmpty();
        read.Environments.Keys.ShouldBe(["production"]);
    }

    [Fact]
    public void No_value_of_a_secret_is_written_or_said() => Shown(Of("systemd")).ShouldNotContain("canary");

    [Fact]
    public void A_front_page_that_answers_otherwise_is_checked_as_it_answers() =>
        Of("supervisor", 302).Files["production/coralnet/checks.yaml"].ShouldContain("home: {path: /, status: 302}");

    [Fact]
    public void The_same_looks_give_the_same_documents() => Shown(Of("systemd")).ShouldBe(Shown(Of("systemd")));
}
