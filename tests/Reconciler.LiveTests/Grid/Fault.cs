using System.Diagnostics;
using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Grid;

/// <summary>Makes one fault happen to a controller that has stopped itself, and to its server.</summary>
internal sealed class Fault(GridSite site, RunningProgram program, string operation)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    /// <summary>The step was under way when it happened: begun on the server, and without a receipt.</summary>
    public bool InTheMiddle { get; private set; }

    public async Task HappenAsync(GridCase one)
    {
        var middle = one.Point == "middle";
        if (middle)
            await FreezeInTheMiddleAsync();
        switch (one.Fault)
        {
            case "killed":
                await program.KillAsync();
                Freeze(false);
                break;
            case "cut":
                await CutAsync(middle);
                break;
            default:
                await Command.OkAsync(TestHosts.Script, "stop", site.Host.Lab, site.Host.Name);
                Freeze(false);
                await GoAsync(middle);
                await Command.OkAsync(TestHosts.Script, "start", site.Host.Lab, site.Host.Name);
                break;
        }
    }

    // The connection ends for the controller, while the server hears nothing of it; it comes back when the controller has tried another.
    private async Task CutAsync(bool middle)
    {
        await site.Server.CutAsync();
        await Command.RunAsync("pkill", ["-KILL", "-P", $"{program.Id}", "-x", "ssh"]);
        Freeze(false);
        await GoAsync(middle);
        var began = Stopwatch.GetTimestamp();
        while (!program.HasEnded && Stopwatch.GetElapsedTime(began) < Soon && (await Command.RunAsync("pgrep", ["-P", $"{program.Id}", "-x", "ssh"])).ExitCode != 0)
            await Task.Delay(20);
        await site.Server.MendAsync();
    }

    private async Task GoAsync(bool went)
    {
        if (!went && !program.HasEnded)
            await program.TellAsync("go");
    }

    /// <summary>Stops all that runs on the server as soon as the runner has noted that the step begins.</summary>
    private async Task FreezeInTheMiddleAsync()
    {
        var receipts = $"/proc/{site.Host.Leader()}/root/var/lib/reconciler/server/receipts/{operation}";
        await program.TellAsync("go");
        var began = Stopwatch.GetTimestamp();
        await Task.Run(() =>
        {
            while (!File.Exists($"{receipts}.begun") && !File.Exists(receipts) && !program.HasEnded && Stopwatch.GetElapsedTime(began) < Soon)
                Thread.Yield();
            Freeze(true);
        });
        InTheMiddle = File.Exists($"{receipts}.begun") && !File.Exists(receipts);
    }

    private void Freeze(bool frozen)
    {
        var cgroup = File.ReadAllText(Path.Combine(site.Host.Folder(), "cgroup")).Trim();
        var (file, events) = (Path.Combine(cgroup, "cgroup.freeze"), Path.Combine(cgroup, "cgroup.events"));
        File.WriteAllText(file, frozen ? "1" : "0");
        SpinWait.SpinUntil(() => File.ReadAllText(events).Contains(frozen ? "frozen 1" : "frozen 0", StringComparison.Ordinal), Soon);
    }
}
