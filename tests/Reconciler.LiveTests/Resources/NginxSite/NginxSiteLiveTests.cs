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

    [Fact]
    public async Task A_banner_is_in_the_pages_of_its_site_alone_once_announced_and_gone_when_withdrawn()
    {
        await host.StartCompressingAsync();
        var (site, kind) = (SiteWithPart("coral", "coral.test"), new MaintenanceKind());
        foreach (var one in new[] { site, SiteWithPart("kelp", "kelp.test") })
            (await host.TurnAsync(new NginxSiteKind(), one), await host.TurnAsync(new NginxSiteKind(), one)).Item2[^1].ShouldBe("Nginx nginx: done");
        var target = ((NginxSiteSpec)site.Spec).Ask;
        var spec = new MaintenanceSpec("coral", false, "<h1>soon back</h1>", 300, [target], null)
        { Banner = new("{{startsAt}}: Bob's $new <reefs> \\ soon", null, [target], "/", Token) };
        var start = new DateTimeOffset(2035, 1, 2, 3, 0, 0, TimeSpan.Zero);
        var told = Of("Maintenance", spec with { Begins = start });
        var before = await host.Host.ShellAsync("cat /run/nginx.pid; systemctl show -P MainPID compressing");
        (await host.TurnAsync(kind, Of("Maintenance", spec), until: Phase.Cover)).ShouldNotContain(said => said.Contains("exit", StringComparison.Ordinal));
        (await PageAsync("coral.test")).ShouldEndWith("<h1>the reef</h1></BODY></html>");

        (await host.TurnAsync(kind, told)).ShouldBe(["Announce nginx-try: done", "Announce place: done", "Announce nginx: done"]);
        (await PageAsync("coral.test")).ShouldSatisfyAllConditions(
            page => page.ShouldStartWith("HTTP/1.1 200"),
            page => page.ShouldContain("X-Host: coral.test"),
            page => page.ShouldContain("2035-01-02 03:00 UTC</time>: Bob&#39;s &#36;new &#60;reefs&#62; &#92; soon</div></body></html>"));
        (await PageAsync("coral.test", "-H 'If-None-Match: \"1\"'")).ShouldContain("Bob&#39;s");
        (await PageAsync("kelp.test")).ShouldEndWith("<h1>the reef</h1></BODY></html>");
        (await host.TurnAsync(kind, told)).ShouldBeEmpty();

        // By hand, and by a controller that died before the reload.
        await host.Host.ShellAsync("sed -i s/Bob/Bib/ /var/lib/reconciler/cover/coral/notice.conf");
        (await host.LookAsync(kind, told)).Differences.Single().Sentence.ShouldContain("/var/lib/reconciler/cover/coral/notice.conf was edited");
        (await host.TurnAsync(kind, told)).ShouldBe(["Announce nginx-try: already so", "Announce place: done", "Announce nginx: already so"]);
        // nginx reads the files at its own time after `reload`: the notice is back only once its absence is served.
        await host.Host.ShellAsync("cd /var/lib/reconciler/cover/coral && mv notice.conf x && systemctl reload nginx");
        using var soon = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while ((await PageAsync("coral.test")).Contains("Bob", StringComparison.Ordinal))
            await Task.Delay(50, soon.Token);
        await host.Host.ShellAsync("cd /var/lib/reconciler/cover/coral && mv x notice.conf");
        (await host.LookAsync(kind, told)).Differences.Single().Sentence.ShouldStartWith("nginx has not taken the notice of coral");
        (await host.TurnAsync(kind, told)).ShouldBe(["Announce nginx-try: already so", "Announce place: already so", "Announce nginx: done"]);

        await host.Host.ShellAsync("rm /var/lib/reconciler/cover/coral/notice.conf");
        (await host.LookAsync(kind, Of("Maintenance", spec))).Differences.Single().Sentence.ShouldStartWith("nginx still tells users of coral");
        (await host.TurnAsync(kind, Of("Maintenance", spec))).ShouldBe(["Uncover remove: already so", "Uncover nginx: done"]);
        (await PageAsync("coral.test")).ShouldEndWith("<h1>the reef</h1></BODY></html>");
        (await host.TurnAsync(kind, Of("Maintenance", spec))).ShouldBeEmpty();
        (await host.Host.ShellAsync("cat /run/nginx.pid; systemctl show -P MainPID compressing")).ShouldBe(before);

        // Another site in its place has no part: users would not be told.
        await host.Host.ShellAsync("sed -i 's,reconciler/notice/coral,reconciler/other,; /otice.conf/d' /etc/nginx/sites-available/coral-main && systemctl reload nginx");
        (await host.TurnAsync(kind, told))[^1].ShouldContain("the site that it serves may have no {{> notice}} yet");
        await host.Host.ShellAsync("rm -f /var/lib/reconciler/cover/coral/notice.conf /etc/nginx/sites-*/coral-main /etc/nginx/sites-*/kelp-main; systemctl reload nginx");
    }

    /// <summary>As a browser gets it: head and body, uncompressed.</summary>
    private Task<string> PageAsync(string name, string more = "") =>
        host.Host.ShellAsync($"curl -s -i --compressed {more} -H 'Host: {name}' http://127.0.0.1/");

    private static Resource SiteWithPart(string application, string name)
    {
        var cover = new CoverPartial(application, "main", [], Token, ["127.0.0.1"]) { Notice = true }.Render();
        var site = SealedSite.Of($"server {{\n{cover}\nlisten 80;\nserver_name {name};\nlocation / {{ proxy_pass http://127.0.0.1:8002;\n"
            + $"proxy_set_header Host $host;\n{CoverPartial.RenderNotice(application)}\n}}\n}}\n");
        return new(new("web1", application, "NginxSite", "main"),
            new NginxSiteSpec(application, "main", site.Content, site.Digest, Nginx with { Host = name }, Token), new Place("base/reef/nginx.yaml", 5, 3));
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
