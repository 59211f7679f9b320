namespace Reconciler.LiveTests.Deploys;

/// <summary>One server that two applications share, with its nginx, redis and PostgreSQL.</summary>
public sealed class SharedServer() : Site("shared", new Dictionary<string, int> { ["web1"] = 6 })
{
    /// <summary>The server as those see it who care for coralnet.</summary>
    internal SiteServer Coralnet => Servers["web1"];

    /// <summary>Likewise, for the other one.</summary>
    internal SiteServer Seagrass => new(Coralnet.Host, "seagrass.example", 6) { Application = "seagrass" };
}
