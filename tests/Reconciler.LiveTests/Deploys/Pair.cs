namespace Reconciler.LiveTests.Deploys;

[CollectionDefinition]
public sealed class OnPair : ICollectionFixture<Pair>;

/// <summary>Two web servers; the first has the database, the second the worker and beat.</summary>
public sealed class Pair() : Site("production", new Dictionary<string, int> { ["web1"] = 1, ["web2"] = 3 })
{
    internal SiteServer First => Servers["web1"];

    internal SiteServer Second => Servers["web2"];
}
