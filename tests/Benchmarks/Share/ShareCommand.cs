using System.Diagnostics;
using System.Globalization;
using System.Text;
using Reconciler.Benchmarks.Recording;
using Reconciler.Benchmarks.Scale;
using Reconciler.Journaling;
using Reconciler.LiveTests.Journaling;
using Reconciler.LiveTests.Support;

namespace Reconciler.Benchmarks.Share;

/// <summary>
/// Several controllers, processes of their own, on one real PostgreSQL, sharing environments whose servers are simulated: how they divide them, and how long the
/// work of one that dies lies still.
/// </summary>
internal static class ShareCommand
{
    private const int Controllers = 3;
    private const int FirstPort = 19470;
    private const string Database = "ledger";
    private const string Taken = "/lease: works on it from now on";
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <param name="SpreadSeconds">From the start of the last controller until all have their share and nobody gives any back.</param>
    /// <param name="Shares">How many environments each had then.</param>
    /// <param name="LastTakenSeconds">From SIGKILL until others have taken the last of its environments.</param>
    /// <param name="LastVerdictSeconds">Until the last of them has been looked at by whoever took it.</param>
    private sealed record Result(int Environments, int ServersEach, double SpreadSeconds, IReadOnlyList<int> Shares, double FirstTakenSeconds, double LastTakenSeconds, double LastVerdictSeconds);

    public static async Task<int> RunAsync(string recording, int environments, int servers, string results)
    {
        await using var hosts = await TestHosts.UpAsync("bench-share", "db1:full");
        await LedgerServer.OpenAsync(hosts["db1"]);
        LedgerServer.Sql(AddressOf(hosts["db1"], "postgres"), $"CREATE DATABASE {Database}");
        var address = AddressOf(hosts["db1"], Database);
        using var world = await SimulatedWorld.MakeAsync(recording, environments, servers);
        PostgresLedger.Make(address, TimeProvider.System);
        using (var store = new PostgresStore(address, readOnly: false))
            EmptyLedger.GiveKey(store, world.Recorded.DigestKey);
        var config = await WriteConfigAsync(world, LedgerServer.TextOf(hosts["db1"], Database));
        var watches = new List<RunningProgram>();
        try
        {
            for (var number = 0; number < Controllers; number++)
                watches.Add(Start(world, config, number));
            var started = Stopwatch.GetTimestamp();
            var shares = await SpreadAsync(watches, environments);
            var spread = Stopwatch.GetElapsedTime(started).TotalSeconds;
            var result = await KillAsync(watches, world, shares);
            await WriteAsync(results, result with { Environments = environments, ServersEach = servers, SpreadSeconds = spread });
            return 0;
        }
        finally
        {
            foreach (var watch in watches)
                await watch.DisposeAsync();
        }
    }

    private static PostgresAddress AddressOf(TestHost host, string database) => PostgresAddress.Parse(LedgerServer.TextOf(host, database), "ledger.address")!;

    private static async Task<string> WriteConfigAsync(SimulatedWorld world, string address)
    {
        var (file, config) = (Path.Combine(world.Folder, "ledger.address"), Path.Combine(world.Folder, "controller.yaml"));
        await File.WriteAllTextAsync(file, address);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(config, $"apiVersion: reconciler/v1\nkind: Controller\nmetadata: {{name: controller}}\nspec:\n  ledger: {{postgresqlFile: \"{file}\"}}\n");
        return config;
    }

    private static RunningProgram Start(SimulatedWorld world, string config, int number)
    {
        var (program, arguments) = SimulatedProgram.Watch(world, Path.Combine(world.Folder, $"state{number}"), FirstPort + number, "--config", config);
        return RunningProgram.Start(new Dictionary<string, string>(), program, arguments);
    }

    /// <returns>How many environments each has, once every one is somebody's, all have been looked at, and nobody has more than a fair share.</returns>
    private static async Task<IReadOnlyList<int>> SpreadAsync(List<RunningProgram> watches, int environments)
    {
        var fair = (environments + Controllers - 1) / Controllers;
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var shares = watches.Select(watch => EnvironmentsOf(watch).Count).ToList();
            if (shares.Sum() == environments && shares.Max() <= fair + 1)
                return shares;
            if (watches.Find(watch => watch.HasEnded) is { } ended)
                throw new InvalidOperationException(ended.Output);
            if (Stopwatch.GetElapsedTime(began) > Longest)
                throw new TimeoutException($"The environments are not shared: {string.Join(", ", shares)}");
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
    }

    /// <summary>As its log tells: what it took and has not left to another since.</summary>
    private static HashSet<string> EnvironmentsOf(RunningProgram watch)
    {
        var have = new HashSet<string>();
        foreach (var line in watch.Output.Split('\n'))
            if (line.IndexOf("/lease: ", StringComparison.Ordinal) is > 0 and var at)
            {
                var name = line[(line.LastIndexOf(' ', at) + 1)..at];
                _ = line.Contains(Taken, StringComparison.Ordinal) ? have.Add(name) : have.Remove(name);
            }
        return have;
    }

    private static async Task<Result> KillAsync(List<RunningProgram> watches, SimulatedWorld world, IReadOnlyList<int> shares)
    {
        var lost = EnvironmentsOf(watches[0]);
        var others = watches.Skip(1).ToList();
        var verdicts = others.ToDictionary(watch => watch, watch => watch.Output.Length);
        var began = Stopwatch.GetTimestamp();
        await watches[0].KillAsync();
        var (taken, seen) = (new Dictionary<string, double>(), new Dictionary<string, double>());
        while (seen.Count < lost.Count)
        {
            var now = Stopwatch.GetElapsedTime(began).TotalSeconds;
            foreach (var watch in others)
            {
                var since = watch.Output[verdicts[watch]..];
                foreach (var environment in lost)
                {
                    if (since.Contains($" {environment}{Taken}", StringComparison.Ordinal))
                        taken.TryAdd(environment, now);
                    if (since.Contains($" {environment}/coralnet: Synced", StringComparison.Ordinal))
                        seen.TryAdd(environment, now);
                }
            }
            if (now > Longest.TotalSeconds)
                throw new TimeoutException($"{taken.Count} of {lost.Count} were taken over, {seen.Count} looked at.");
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
        return new(world.Environments.Count, 0, 0, shares, taken.Values.Min(), taken.Values.Max(), seen.Values.Max());
    }

    private static async Task WriteAsync(string results, Result result)
    {
        var text = new StringBuilder("| environments x servers | controllers | shared out after, s | shares | one is killed: first taken after, s | last taken, s | last looked at, s |\n|---|---|---|---|---|---|---|\n");
        text.Append(CultureInfo.InvariantCulture, $"| {result.Environments} x {result.ServersEach} | {Controllers} | {result.SpreadSeconds:0.0} | {string.Join(", ", result.Shares)} "
            + $"| {result.FirstTakenSeconds:0.0} | {result.LastTakenSeconds:0.0} | {result.LastVerdictSeconds:0.0} |\n");
        await ResultFiles.WriteAsync(results, "share", result, text.ToString());
    }
}
