using System.Globalization;
using Reconciler.LiveTests.Deploys;
using Reconciler.LiveTests.Support;

namespace Reconciler.Benchmarks.NoChange;

/// <summary>
/// Full Django servers of one environment, deployed, with nothing left to do; the first has the database as well. Beyond <see cref="MostHosts"/>, hosts have several
/// addresses, each of which is a server with a connection and checks of its own, and looks at the same files and processes as the host's others.
/// </summary>
public sealed class BenchSite(int servers)
    : Site("bench", Enumerable.Range(1, Math.Min(servers, MostHosts)).ToDictionary(number => $"bench{number}", number => number == 1 ? 3 : 2))
{
    /// <summary>Each takes 300 MB.</summary>
    private const int MostHosts = 20;

    // Hosts have 10.77.LAB.11 and what follows.
    private const int FirstFurther = 40;

    /// <summary>All servers as hosts, at their addresses; the first ones are <see cref="Site.Servers"/>.</summary>
    internal IReadOnlyDictionary<string, TestHost> All { get; private set; } = new Dictionary<string, TestHost>();

    /// <summary>Of all hosts, since they were made.</summary>
    internal double ServerSeconds => Servers.Values.Sum(server => CpuSeconds(server.Host));

    internal async Task SetUpAsync()
    {
        await InitializeAsync();
        // A page costs what the application costs.
        await Desired.RemoveAsync("base/coralnet/checks.yaml");
        All = Servers.ToDictionary(server => server.Key, server => server.Value.Host);
        await DeclareAsync();
        // With nobody else to answer, PostgreSQL listens for itself alone.
        if (Servers.Count == 1)
            await Desired.EditAsync("bench/coralnet/application.yaml", "\"{{servers.bench1.address}}\"", "127.0.0.1");
        await ConvergeAsync();
        if (servers > MostHosts)
        {
            All = Enumerable.Range(0, servers).ToDictionary(number => $"bench{number + 1}", number => FurtherOf(All[$"bench{number % MostHosts + 1}"], number / MostHosts));
            foreach (var further in All.Values.Skip(MostHosts))
                await further.ShellAsync($"ip address add {further.Address}/24 dev eth0");
            await DeclareAsync();
            await ConvergeAsync();
        }
        // Ansible's apt module asks for it.
        foreach (var server in Servers.Values)
            await server.Host.ShellAsync("export DEBIAN_FRONTEND=noninteractive; apt-get -qq update && apt-get -qq install -y --no-install-recommends python3-apt >/dev/null 2>&1");
    }

    private Task DeclareAsync() => Desired.AddAsync("bench/servers.yaml", "apiVersion: reconciler/v1\nkind: Servers\nmetadata: {name: bench}\nspec:\n" + string.Concat(All.Select(server =>
        $"  {server.Key}: {{address: {server.Value.Address}, roles: [web, worker, redis{(server.Key == "bench1" ? ", beat, database" : "")}], hostKey: \"{server.Value.HostKey}\"}}\n")));

    private async Task ConvergeAsync()
    {
        var deployed = await Controller.ConvergeAsync();
        if (deployed.ExitCode != 0)
            throw new InvalidOperationException(deployed.All);
    }

    private static TestHost FurtherOf(TestHost host, int number)
    {
        var dot = host.Address.LastIndexOf('.') + 1;
        return number == 0 ? host : host with { Address = $"{host.Address[..dot]}{int.Parse(host.Address[dot..], CultureInfo.InvariantCulture) + number * FirstFurther}" };
    }

    /// <summary>Seconds of a core that a host has used since it was made.</summary>
    internal static double CpuSeconds(TestHost host) => Cgroup.CpuSeconds(File.ReadAllText(Path.Combine(host.Folder(), "cgroup")).Trim());
}
