using System.Globalization;

namespace Reconciler.Benchmarks.NoChange;

/// <summary>What the daemon, as users have it, holds while nothing changes.</summary>
/// <param name="Resident">MiB of the process, with what it shares with others; <paramref name="Private"/> without.</param>
/// <param name="Clients">MiB that its ssh clients have for themselves, all together; <paramref name="Connections"/>: how many there are.</param>
internal sealed record AtRest(int Servers, double Resident, double Private, double Clients, int Connections)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(5);

    // The second look, which learns what short calls ask, and some quiet turns after it.
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(4);

    public static async Task<AtRest> OfAsync(BenchSite site)
    {
        await using var daemon = site.Controller.Start("watch", "--interval", "60", "--listen", "127.0.0.1:0");
        foreach (var unit in (string[])["host", "coralnet"])
            await daemon.WaitForAsync($"bench/{unit}: Synced", Soon);
        await Task.Delay(Rest);
        var (own, clients) = (Memory.Of(daemon.Id), Cost.SshChildren(daemon.Id).Select(Memory.Of).ToList());
        await site.Controller.StopAsync(daemon);
        return new(site.All.Count, own.Resident, own.Private, clients.Sum(client => client.Private), clients.Count);
    }

    /// <param name="Resident">MiB; <paramref name="Private"/> of it nobody else's.</param>
    private sealed record Memory(double Resident, double Private)
    {
        public static Memory Of(int process)
        {
            var lines = File.ReadAllLines($"/proc/{process}/smaps_rollup").Select(line => line.Split(':')).Where(words => words.Length == 2)
                .ToDictionary(words => words[0], words => words[1].Trim().Split(' ')[0]);
            double MiB(string key) => double.Parse(lines[key], CultureInfo.InvariantCulture) / 1024;
            return new(MiB("Rss"), MiB("Private_Clean") + MiB("Private_Dirty"));
        }
    }
}
