using System.Text.Json;
using Reconciler.Benchmarks.Deploy;
using Reconciler.Journaling;
using Reconciler.LiveTests.Support;

namespace Reconciler.Benchmarks.Push;

/// <summary>Since the push was done, in milliseconds.</summary>
/// <param name="InForce">Until the daemon said that the revision is in force.</param>
/// <param name="Planned">Until it had looked at the server and told its plan.</param>
/// <param name="FirstStep">Until the intent of the first step was in the ledger, from where on the server may have been changed.</param>
internal sealed record Pushed(double InForce, double Planned, double FirstStep);

/// <summary>Pushes of a change that the server does not have yet: another content of a file.</summary>
/// <param name="address">Where the daemon fetches from.</param>
internal sealed class Pushes(DeploySite site, string address)
{
    private const string File = "deploy/host/files.yaml";

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    /// <summary>With what a converged run still leads to behind it: the daemon has looked once more and waits.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private int _number;

    private string Repository => Path.Combine(site.World, "desired");

    /// <param name="webhook">By which the daemon is told; null: it finds out by itself.</param>
    /// <param name="after">How long after the daemon has last found nothing to do.</param>
    public async Task<Pushed> PushAsync(Watch watch, Webhook? webhook, TimeSpan after)
    {
        await Task.Delay(webhook is null ? after : Rest + after);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Repository, File))!);
        await site.Desired.AddAsync(File, $"apiVersion: reconciler/v1\nkind: Files\nmetadata: {{name: host}}\nspec:\n  pushed: {{path: /srv/pushed, content: \"{++_number}\"}}\n");
        var (commit, at) = await GitServer.PushAsync(Repository);
        if (webhook is not null)
            await webhook.TellAsync(address, commit);
        await watch.Program.WaitForAsync($"\"message\":\"host converged\",\"revision\":\"{commit}\"", Deadline);
        return new((Said(watch.Program, "revision-in-force", commit) - at).TotalMilliseconds, (Said(watch.Program, "plan", commit) - at).TotalMilliseconds,
            (FirstStep(watch.State, commit) - at).TotalMilliseconds);
    }

    private static DateTimeOffset Said(RunningProgram program, string what, string commit)
    {
        foreach (var line in program.Output.Split('\n').Where(line => line.Contains(commit, StringComparison.Ordinal)))
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.GetProperty("event").GetString() == what)
                return json.RootElement.GetProperty("time").GetDateTimeOffset();
        }
        throw new InvalidOperationException($"No {what} with {commit}:\n{program.Output}");
    }

    private static DateTimeOffset FirstStep(string state, string commit)
    {
        using var ledger = SqliteLedger.OpenForReading(state, TimeProvider.System);
        return ledger.Runs("deploy", null, 10).Where(run => run.Revision == commit).SelectMany(run => ledger.Steps(run.Id)).Min(step => step.IntentAt);
    }
}
