using Reconciler.Benchmarks.Recording;
using Reconciler.Cli;

namespace Reconciler.Benchmarks.Scale;

/// <summary>The program as it is composed for users, a process of its own, but for what stands beyond its sessions: servers that were recorded.</summary>
internal static class SimulatedProgram
{
    public const string Name = "controller";

    /// <param name="folder">Of the world.</param>
    /// <param name="arguments">Of the program.</param>
    public static async Task<int> RunAsync(string folder, string[] arguments)
    {
        var parsed = Cli.CommandLine.Create(new ControllerPorts { Sessions = _ => new ReplayedSessions(Recorded.Read(folder), SimulatedWorld.SitesIn(folder), delays: true) }).Parse(arguments);
        parsed.InvocationConfiguration.ProcessTerminationTimeout = Cli.CommandLine.LongestEnd;
        return parsed.Errors.Count == 0 ? await parsed.InvokeAsync() : ExitCode.BadUsage;
    }

    /// <returns>Executable and arguments of a watch over a world.</returns>
    public static (string Program, IReadOnlyList<string> Arguments) Watch(SimulatedWorld world, string state, int port, params string[] more) =>
    (
        Environment.ProcessPath!,
        [
            Name, world.Folder, "watch", "--interval", "60s", "--listen", $"127.0.0.1:{port}", "--repository", world.Settings.Repository,
            "--state", state, "--identity", world.Settings.Identity!, "--secrets", world.Settings.Secrets, "--allow-local-repositories", .. more,
        ]
    );
}
