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

    private static Import Of(string name, int? page = 200, Func<string, string>? first = null, Func<string, string>? second = null)
    {
        var request = Request with { User = name == "shared" ? "reef" : null };
        var server = FirstLook.Read(first?.Invoke(Case(name, "first.txt")) ?? Case(name, "first.txt"));
        var look = SecondLook.Read(second?.Invoke(Case(name, "second.txt")) ?? Case(name, "second.txt"));
        var found = Analysis.Of(request, server, Candidate.Of(request, server), look);
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
    [InlineData("tutorial")]
    [InlineData("snippets")]
    [InlineData("shared")]
    public void A_handmade_server_becomes_documents_with_their_guesses_and_what_was_left_alone(string name) =>
        GoldenFile.Check($"tests/Reconciler.Tests/Importing/cases/{name}/expected.txt", Shown(Of(name)));

    [Theory]
    [InlineData("supervisor")]
    [InlineData("own-supervisor")]
    [InlineData("systemd")]
    [InlineData("tutorial")]
    [InlineData("snippets")]
    [InlineData("shared")]
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

    private static string Left(Import import, string what) =>
        import.LeftAlone.Where(left => left.What.Contains(what)).ShouldHaveSingleItem().Why;

    [Fact]
    public void A_socket_of_systemds_is_where_its_service_listens()
    {
        var files = Of("tutorial").Files;

        files["production/coralnet/services.yaml"].ShouldContain("gunicorn: {part: web, on: [web], unit: gunicorn, reads:");
        files["production/coralnet/nginx.conf"].ShouldContain("{{> cover}}");
    }

    [Fact]
    public void A_site_that_proxies_by_a_snippet_is_found() =>
        Of("snippets").Files["production/coralnet/nginx.conf"].ShouldContain("    listen 443 ssl http2;\n    listen [::]:443");

    [Fact]
    public void Without_a_site_it_is_said_that_nothing_covers() =>
        Left(Of("snippets", first: text => text.Replace("proxy_pass", "#proxy_pass")), "nginx").ShouldContain("no maintenance page covers a deploy");

    [Fact]
    public void A_server_block_outside_of_the_sites_is_to_be_moved() =>
        Left(Of("snippets", first: text => text.Replace("sites-enabled/photos.conf", "nginx.conf")), "nginx:")
            .ShouldContain("move the block into one there");

    [Fact]
    public void A_file_with_the_site_of_another_application_is_left_alone()
    {
        var import = Of("shared", first: text => text.Replace("mode /etc/nginx/sites-enabled/blog 644 root root\nfile /etc/nginx/sites-enabled/blog\n", ""));

        import.Files.Keys.ShouldNotContain("production/coralnet/nginx.yaml");
        Left(import, "nginx:").ShouldContain("is the site of another application (blog, of user blog): give each a file of its own");
    }

    [Fact]
    public void A_program_of_a_group_is_named_with_it() =>
        Of("shared").Files["production/coralnet/services.yaml"].ShouldContain("reef-web: {part: web, on: [web], program: \"reef:reef-web\", port: 8000");

    [Fact]
    public void What_a_timer_starts_or_runs_once_or_is_a_template_is_no_service()
    {
        var import = Of("snippets");

        Left(import, "photos-clear").ShouldContain("photos-clear.timer starts it");
        Left(import, "photos-warm").ShouldContain("Type=oneshot");
        Left(import, "photos-queue@").ShouldContain("a template of units");
        import.Files["production/coralnet/services.yaml"].ShouldNotContain("clear");
    }

    [Fact]
    public void Databases_that_no_document_is_about_are_said_with_what_follows()
    {
        Left(Of("tutorial"), "the database").ShouldContain("without a password (peer or trust)");
        Left(Of("snippets"), "the database").ShouldContain("within DATABASE_URL");
        Left(Of("shared"), "the database").ShouldContain("inside the checkout the new code is tried without it");
        Left(Of("shared", second: text => text.Replace("/srv/www/reef/db", "/srv/data/db")), "the database").ShouldNotContain("inside the checkout");
        Left(Of("shared", second: text => text.Replace("sqlite3\"", "mysql\"")), "the database").ShouldContain("nothing is dumped before them");
        Left(Of("shared", second: text => text.Replace("backends.sqlite3", "backends.postgresql").Replace("\"none\"", "\"given\"")), "the database")
            .ShouldContain("no key of a secrets file");
    }

    [Fact]
    public void A_secrets_file_in_our_layout_needs_no_note()
    {
        Of("shared").Notes.ShouldNotContain(note => note.Contains("secrets.json"));
        Of("shared", second: text => text.Replace("layout ours", "layout other")).Notes.ShouldContain(note => note.Contains("another order and indentation"));
    }

    [Fact]
    public void Folders_that_the_runner_must_be_allowed_are_named_once()
    {
        Of("snippets").Roots.ShouldBe(["/home/deploy"]);
        Of("shared").Roots.ShouldBeEmpty();
    }

    [Fact]
    public void Variables_without_which_it_starts_are_only_told()
    {
        Left(Of("snippets", second: text => text.Replace(", \"needed\": \"yes\"", "")), "variable(s)").ShouldEndWith("manage.py is run without them");
        Left(Of("snippets", second: text => text.Replace("\"needed\": \"yes\"", "\"needed\": \"no\"")), "variable(s)").ShouldContain("starts without them");
    }

    [Fact]
    public void Another_checkout_of_the_same_user_is_another_application()
    {
        string Two(string text) => text + text[text.IndexOf("\ntop ", StringComparison.Ordinal)..].Replace("/srv/reef/src", "/srv/reef/old");
        var request = Request with { Path = "/srv/reef/old" };
        var server = FirstLook.Read(Case("systemd", "first.txt"));
        var found = Analysis.Of(request, server, Candidate.Of(request, server), SecondLook.Read(Two(Case("systemd", "second.txt"))));

        found.LeftAlone.ShouldContain(left => left.What.StartsWith("gunicorn (") && left.Why.Contains("import that with --path FOLDER"));
    }
}
