using Reconciler.Importing;

namespace Reconciler.Tests.Importing;

public sealed class NginxTextTests
{
    private const string Site = "# server { in a comment\nserver {\n\tlisten 80;\n\tadd_header X \"server { }\";\n\tlocation / { proxy_pass http://127.0.0.1:8000/; }\n}\nserver { return 301 https://$host; }\n";

    [Fact]
    public void Server_blocks_are_found_and_comments_and_quotes_are_not_taken_for_them()
    {
        var blocks = NginxText.Servers(Site);

        blocks.Select(block => (block.Line, block.Passes)).ShouldBe([(2, "127.0.0.1:8000"), (7, null)]);
        NginxText.PortOf(Site, blocks[0].Passes!).ShouldBe(8000);
    }

    [Fact]
    public void The_cover_becomes_the_first_line_of_the_block_indented_as_the_next_one() =>
        NginxText.WithCover(Site, NginxText.Servers(Site)[0]).ShouldBe(Site.Replace("server {\n\tlisten", "server {\n\t{{> cover}}\n\tlisten"));

    [Fact]
    public void A_block_on_one_line_gets_the_cover_on_one_of_its_own() =>
        NginxText.WithCover(Site, NginxText.Servers(Site)[1]).ShouldContain("server {\n    {{> cover}}\n return 301");

    [Theory]
    [InlineData("location /static/ { alias /srv/static/; }", "/srv/static")]
    [InlineData("location ^~ /static/ {\n expires 1d;\n alias /srv/static;\n}", "/srv/static")]
    [InlineData("location /static { root /srv/shared; }", "/srv/shared/static")]
    [InlineData("location /media/ { alias /srv/media/; }", null)]
    public void Static_files_are_where_nginx_serves_them_from(string block, string? folder) => NginxText.StaticOf(block).ShouldBe(folder);

    [Theory]
    [InlineData("server_name _ *.x.org reef.example www.reef.example;", "reef.example")]
    [InlineData("server_name _;", null)]
    [InlineData("server_name ~^(.+)$;", null)]
    public void The_first_whole_name_is_the_domain(string block, string? name) => NginxText.NameOf(block).ShouldBe(name);

    [Fact]
    public void A_block_that_is_never_closed_is_none() => NginxText.Servers("server { location / {").ShouldBeEmpty();
}
