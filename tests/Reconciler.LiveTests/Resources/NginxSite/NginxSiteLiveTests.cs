using Reconciler.Model;
using Reconciler.Resources.Checks;
using Reconciler.Resources.Maintenance;
using Reconciler.Resources.NginxSite;

namespace Reconciler.LiveTests.Resources.NginxSite;

/// <summary>A site from nothing to edited, broken and covered, on a real nginx, through the runner.</summary>
public sealed class NginxSiteLiveTests(SiteHost host) : IClassFixture<SiteHost>
{
    private const string Token = "0123456789abcdefTOKEN";
    private static readonly PageTarget Nginx = new("127.0.0.1", 80, false, "reef.test");
    private static readonly PageTarget Application = new("127.0.0.1", 8000, false, "reef.test");

    [Fact]
    public async Task A_site_is_tried_placed_served_covered_and_found_out_when_a_reload_does_not_take()
    {
        await host.StartApplicationAsync();
        var (site, kind) = (Site("listen 80;"), new NginxSiteKind());

        (await host.TurnAsync(kind, site)).ShouldBe(["Prepare nginx-try: done"]);
        (await host.TurnAsync(kind, site)).ShouldBe(["Nginx place: done", "Nginx link: done", "Nginx nginx: done"]);
        (await host.TurnAsync(kind, site)).ShouldBeEmpty();

        await CoverAndUncover();

        // Another program holds port 8000: nginx -t passes all the same.
        var wider = Site("listen 80; listen 8000;");
        (await host.TurnAsync(kind, wider)).ShouldBe(["Prepare nginx-try: done"]);
        var said = await host.TurnAsync(kind, wider);
        said[^1].ShouldStartWith("Nginx nginx: exit 1: ");
        said[^1].ShouldContain("bind() to 0.0.0.0:8000 failed");
        (await host.LookAsync(kind, wider)).Differences.Single().Sentence
            .ShouldBe("the configuration on disk is not the one that nginx serves: a reload did not take (is a port taken?)");

        // Back to the one of before, edited by hand meanwhile, and loaded so.
        (await host.TurnAsync(kind, site)).ShouldBe(["Prepare nginx-try: done"]);
        (await host.TurnAsync(kind, site)).ShouldBe(["Nginx place: done", "Nginx nginx: done"]);
        await host.Host.ShellAsync("sed -i 's/reef.test;/reef.test edited.test;/' /etc/nginx/sites-available/reef-main && systemctl reload nginx");
        (await host.LookAsync(kind, site)).Differences.Single().Gate.ShouldBe("drift");
        (await host.TurnAsync(kind, site)).ShouldBe(["Nginx place: done", "Nginx nginx: done"]);

        var broken = Site("lisen 80;");
        (await host.TurnAsync(kind, broken)).Single().ShouldContain("unknown directive \"lisen\"");
        (await host.TurnAsync(kind, site)).ShouldBeEmpty();
    }

    private async Task CoverAndUncover()
    {
        var (cover, kind) = (Of("Maintenance", new MaintenanceSpec("reef", false, "<h1>soon back</h1>", 300, [Nginx], null)), new MaintenanceKind());
        var check = Of("Checks", new CheckSpec("reef", "home", "/", 200, "the reef", Application, Nginx, Token));

        (await host.TurnAsync(kind, cover, change => change with { Cover = true }, until: Phase.Cover))
            .ShouldBe(["Cover directory: done", "Cover place: done", "Cover place: done"]);
        foreach (var method in new[] { "GET", "POST", "PUT", "DELETE" })
            (await host.Host.ShellAsync($"curl -s -i -X {method} -d x=1 -H 'Host: reef.test' http://127.0.0.1/any"))
                .ShouldSatisfyAllConditions(
                    answer => answer.ShouldStartWith("HTTP/1.1 503"),
                    answer => answer.ShouldContain("Retry-After: 120\r\n"),
                    answer => answer.ShouldEndWith("<h1>soon back</h1>"));
        (await host.LookAsync(new ChecksKind(), check)).Observation.FactsOf<CheckFacts>()!.Ailment.ShouldBeNull();
        (await host.TurnAsync(new ChecksKind(), check)).ShouldBe(
            ["Check proof: done", "Check proof: done", "Uncover proof: / answered 503 as users see it, expected 200: soon back"]);
        (await host.LookAsync(kind, cover)).Differences.Single().Sentence.ShouldBe("reef is covered although the maintenance flag is off");

        (await host.TurnAsync(kind, cover)).ShouldBe(["Uncover remove: done"]);
        (await host.TurnAsync(new ChecksKind(), check)).ShouldBe(["Check proof: done", "Check proof: done", "Uncover proof: done"]);
        (await host.TurnAsync(kind, cover)).ShouldBeEmpty();
    }

    private static Resource Site(string listen)
    {
        var cover = new CoverPartial("reef", "main", ["/healthz"], Token, ["127.0.0.1"]).Render();
        var site = SealedSite.Of($"server {{\n{cover}\n{listen}\nserver_name reef.test;\nlocation / {{ proxy_pass http://127.0.0.1:8000; }}\n}}\n");
        return Of("NginxSite", new NginxSiteSpec("reef", "main", site.Content, site.Digest, Nginx, Token));
    }

    private static Resource Of(string kind, ResourceSpec spec) => new(new("web1", "reef", kind, "main"), spec, new Place("base/reef/nginx.yaml", 5, 3));
}
