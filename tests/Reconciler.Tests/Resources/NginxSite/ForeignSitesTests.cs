using Reconciler.Model;
using Reconciler.Resources.NginxSite;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Resources.NginxSite;

/// <summary>Files beside our sites, found by the real fragment under the real shell in a folder of the test's own.</summary>
public sealed class ForeignSitesTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public ForeignSitesTests()
    {
        foreach (var folder in new[] { "nginx/sites-enabled", "nginx/sites-available", "nginx/conf.d", "placed" })
            Directory.CreateDirectory(_scratch.In(folder));
    }

    public void Dispose() => _scratch.Dispose();

    private static NginxSiteSpec Spec(params string[] without) => new("reef", "main",
        "server {\n  listen 80 default_server;\n  server_name reef.example www.reef.example;\n}\n", new('a', 64),
        new("127.0.0.1", 80, false, "reef.example"), "token")
    { Without = [.. without] };

    private string Nginx => _scratch.In("nginx");

    private void Write(string file, string text, bool placed = false)
    {
        File.WriteAllText($"{Nginx}/{file}", text);
        if (!placed)
            return;
        var record = $"{_scratch.In("placed")}{Nginx}/{file}";
        Directory.CreateDirectory(Path.GetDirectoryName(record)!);
        File.WriteAllText(record, "note");
    }

    private IReadOnlyList<ForeignSite> Look(params string[] without) =>
        ForeignSites.Read(Sh.Run(ForeignSites.Script(Spec(without), Nginx, _scratch.In("placed"))).Good);

    private static Unmanaged Say(ForeignSite foreign) => ForeignSites.Say(new("web1", "reef", "NginxSite", "main"), Spec(), foreign);

    [Fact]
    public void Our_sites_our_files_and_what_git_wants_gone_are_not_named_and_nothing_is_left_behind()
    {
        Write("sites-available/reef-main", "server { server_name reef.example; }\n", placed: true);
        File.CreateSymbolicLink($"{Nginx}/sites-enabled/reef-main", $"{Nginx}/sites-available/reef-main");
        Write("conf.d/limits.conf", "client_max_body_size 1m;\n", placed: true);
        Write("sites-enabled/default", "server { listen 80 default_server; }\n");
        Write("conf.d/README", "nginx does not read this\n");
        var before = Sh.Traces(_scratch.Path);

        Look($"{Nginx}/sites-enabled/default").ShouldBeEmpty();

        Sh.Traces(_scratch.Path).ShouldBe(before);
    }

    [Fact]
    public void A_file_added_by_hand_is_named_with_what_it_answers_for_and_since_when()
    {
        Write("sites-enabled/a file", "# server_name old.example;\nserver { listen 8081; server_name _ extra.example; }\n");

        var foreign = Look().ShouldHaveSingleItem();

        foreign.Path.ShouldBe($"{Nginx}/sites-enabled/a file");
        foreign.Names.ShouldBe(["extra.example"]);
        foreign.Since.ShouldNotBeNull().ShouldBeGreaterThan(TimeProvider.System.GetUtcNow().AddMinutes(-10));
        var said = Say(foreign);
        (said.Loud, said.What).ShouldBe((false, foreign.Path));
        said.Sentence.ShouldBe($"nginx reads {foreign.Path}, which does not come from git: it answers for extra.example");
    }

    [Fact]
    public void A_link_to_what_somebody_else_wrote_is_theirs_though_it_is_called_like_ours()
    {
        Write("sites-available/reef-main", "server { server_name reef.example; }\n", placed: true);
        Write("sites-available/other", "server { server_name other.example; }\n");
        File.CreateSymbolicLink($"{Nginx}/sites-enabled/reef-main", $"{Nginx}/sites-available/other");

        Look().ShouldHaveSingleItem().Names.ShouldBe(["other.example"]);
    }

    [Fact]
    public void One_that_claims_our_name_is_said_loudly()
    {
        var said = Say(new("/etc/nginx/conf.d/legacy.conf", null, ["www.reef.example", "old.example"], []));

        said.Loud.ShouldBeTrue();
        said.Sentence.ShouldContain("answers for www.reef.example, as reef-main does: nginx uses the one that it reads first");
    }

    [Fact]
    public void One_that_wants_to_be_the_default_server_too_will_break_the_next_reload()
    {
        var said = Say(new("/etc/nginx/conf.d/legacy.conf", null, [], ["80"]));

        (said.Loud, said.Sentence).ShouldBe((true,
            "nginx reads /etc/nginx/conf.d/legacy.conf, which does not come from git and wants to be the default_server on 80, "
            + "as reef-main does: nginx refuses that at its next reload or start"));
    }

    [Fact]
    public void A_folder_without_any_is_empty_and_a_binary_file_harmless()
    {
        Look().ShouldBeEmpty();
        File.WriteAllBytes($"{Nginx}/conf.d/junk.conf", [0, 1, 2, 255, 10, 13]);

        Look().ShouldHaveSingleItem().Names.ShouldBeEmpty();
    }

    [Fact]
    public void Debians_default_site_is_told_only_where_it_is_in_the_way()
    {
        IEnumerable<Unmanaged> Told(params string[] defaults) => ForeignSites.Say(
            new("web1", "reef", "NginxSite", "main"), Spec(), [new ForeignSite("/etc/nginx/sites-enabled/default", null, [],
                [.. defaults])]);

        Told("[::]:80").ShouldBeEmpty();
        Told("80").ShouldHaveSingleItem().Loud.ShouldBeTrue();
    }
}
