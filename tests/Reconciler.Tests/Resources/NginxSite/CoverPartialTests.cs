using System.Runtime.CompilerServices;
using Reconciler.Resources.NginxSite;

namespace Reconciler.Tests.Resources.NginxSite;

public sealed class CoverPartialTests
{
    private static readonly CoverPartial Reef = new("reef", "main", ["/healthz", "/probe/v1.0/"], "0123456789abcdefTOKEN", ["127.0.0.1", "::1"]);

    [Fact]
    public void The_cover_is_the_text_that_was_tried_on_a_real_nginx() => MatchGolden(Reef.Render() + "\n");

    [Fact]
    public void A_site_with_the_part_for_a_notice_can_be_asked_what_it_puts_into_pages()
    {
        var lines = (Reef with { Notice = true }).Render()[Reef.Render().Length..].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldBe("location = /.reconciler/notice/reef {");
        lines.ShouldContain("    include /var/lib/reconciler/cover/reef/[n]otice.conf;");
        lines.ShouldContain(line => line.Contains("0123456789abcdefTOKEN") && line.Contains("return 404"));
        CoverPartial.RenderNotice("reef").ShouldBe("include /var/lib/reconciler/cover/reef/[n]otice.conf;");
    }

    [Theory]
    [InlineData("/", false)]
    [InlineData("healthz", false)]
    [InlineData("/a b", false)]
    [InlineData("/a;return 200", false)]
    [InlineData("/$uri", false)]
    [InlineData("/a\"", false)]
    [InlineData("/a\n", false)]
    [InlineData("/%41", false)]
    [InlineData("/healthz", true)]
    [InlineData("/hooks/", true)]
    public void Only_plain_paths_can_be_excepted(string path, bool can)
    {
        CoverPartial.IsExceptable(path).ShouldBe(can);
        if (!can)
            Should.Throw<ArgumentException>((Reef with { Except = [path] }).Render);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("0123456789abcdef\"")]
    [InlineData("0123456789abcde.*")]
    public void A_token_that_means_something_to_nginx_is_refused(string token) =>
        Should.Throw<ArgumentException>((Reef with { CheckToken = token }).Render);

    [Fact]
    public void A_sealed_site_answers_the_digest_of_what_it_was_before()
    {
        var text = "server { " + Reef.Render() + " }";
        var sealedSite = SealedSite.Of(text);

        sealedSite.Content.ShouldContain($"return 200 {sealedSite.Digest};");
        sealedSite.Content.ShouldNotContain(SealedSite.Placeholder);
        SealedSite.Of(text + " ").Digest.ShouldNotBe(sealedSite.Digest);
    }

    private static void MatchGolden(string text, [CallerFilePath] string here = "")
    {
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(Path.Combine(Path.GetDirectoryName(here)!, "cases", "cover.conf"), text);
        else
            text.ShouldBe(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Resources", "NginxSite", "cases", "cover.conf")));
    }
}
