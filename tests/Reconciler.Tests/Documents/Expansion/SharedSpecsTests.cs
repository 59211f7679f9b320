using Reconciler.Resources.NginxSite;
using Reconciler.Tests.Costs;

namespace Reconciler.Tests.Documents.Expansion;

/// <summary>What is the same of many servers is worked out and kept once, and what is a server's own stays its own.</summary>
public sealed class SharedSpecsTests
{
    [Fact]
    public void What_git_says_alike_of_servers_is_one_object()
    {
        var sites = SitesOf(Fleet.Of(3));
        sites.Keys.ShouldBe(["web1", "web2", "web3"], ignoreOrder: true);
        sites["web2"].ShouldBeSameAs(sites["web1"]);
        sites["web3"].ShouldBeSameAs(sites["web1"]);
    }

    [Fact]
    public void A_value_that_one_server_has_for_itself_stands_in_its_site_alone()
    {
        const string Template = "base/coralnet/nginx.conf";
        var fleet = Fleet.Of(3);
        fleet = fleet.With(Template, $"{fleet.Tree.Text(Template)}\n# {{{{workers}}}} workers on {{{{environment}}}}\n")
            .With("production/servers.yaml", "10.20.0.2, roles: [web],", "10.20.0.2, roles: [web], values: {workers: 8},");
        var sites = SitesOf(fleet);
        sites["web1"].Content.ShouldContain("# 4 workers on production");
        sites["web2"].Content.ShouldContain("# 8 workers on production");
        sites["web3"].ShouldBeSameAs(sites["web1"]);
    }

    private static Dictionary<string, NginxSiteSpec> SitesOf(Expanded fleet) => fleet.Application.Resources
        .Where(resource => resource.Id is { Kind: "NginxSite", Name: "coralnet" }).ToDictionary(resource => resource.Id.Server, resource => (NginxSiteSpec)resource.Spec);
}
