using System.Diagnostics;
using Reconciler.LiveTests.Deploys;

namespace Reconciler.Benchmarks.Push;

/// <summary>What a poll that finds nothing new takes, as the difference between a daemon that polls each second and one that does not poll.</summary>
/// <param name="CpuMs">Of a core, the daemon with git and ssh, also what has ended.</param>
/// <param name="Connections">To the git host.</param>
/// <param name="Requests">For its refs or objects.</param>
internal sealed record EmptyPolls(string Environment, int Polls, double CpuMs, double Connections, double Requests)
{
    /// <summary>Of one in which nothing is due in the time that is measured.</summary>
    private const string Never = "1d";

    /// <summary>To this many times what is measured: until then what is called often is compiled once more, in the time of polls.</summary>
    private const int WarmUp = 3;

    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    /// <param name="environment">What is said of it in the table.</param>
    /// <param name="polls">About so many are measured.</param>
    /// <param name="verdict">What the daemon says when it has looked for the first time.</param>
    public static async Task<EmptyPolls> MeasureAsync(string environment, Controller controller, GitServer server, int polls, string verdict)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var time = TimeSpan.FromSeconds(polls);
        var polling = await UseAsync(controller, server, "1s", WarmUp * time, time, http, verdict);
        var idle = await UseAsync(controller, server, Never, Settled, time, http, verdict);
        if (polling.Turns == 0 || idle.Turns != 0)
            throw new InvalidOperationException($"{polling.Turns} turns were taken at one each second, and {idle.Turns} where none was due.");
        return new(environment, polling.Turns, (polling.CpuRate - idle.CpuRate) * polling.Seconds / polling.Turns * 1000,
            (double)polling.Connections / polling.Turns, (double)polling.Requests / polling.Turns);
    }

    private sealed record Use(int Turns, double Seconds, double CpuRate, int Connections, int Requests);

    private static async Task<Use> UseAsync(Controller controller, GitServer server, string interval, TimeSpan warmUp, TimeSpan time, HttpClient http, string verdict)
    {
        await using var watch = await Watch.StartAsync(controller, server, interval);
        await watch.Program.WaitForAsync(verdict, TimeSpan.FromMinutes(1));
        await Task.Delay(warmUp);
        var (turns, fetches) = (await TurnsTaken.AskAsync(http, Watch.Port), await server.FetchesAsync());
        var (began, cpu) = (Stopwatch.GetTimestamp(), watch.Cpu);
        await Task.Delay(time);
        var (seconds, used) = (Stopwatch.GetElapsedTime(began).TotalSeconds, watch.Cpu - cpu);
        var (turnsThen, fetchesThen) = (await TurnsTaken.AskAsync(http, Watch.Port), await server.FetchesAsync());
        return new((int)(turnsThen.Count - turns.Count), seconds, used / seconds, fetchesThen.Connections - fetches.Connections, fetchesThen.Requests - fetches.Requests);
    }
}
