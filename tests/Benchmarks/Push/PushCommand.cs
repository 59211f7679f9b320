using System.Globalization;
using System.Text;
using Reconciler.Benchmarks.Deploy;
using Reconciler.LiveTests.Deploys;
using Reconciler.LiveTests.Support;

namespace Reconciler.Benchmarks.Push;

/// <summary>How long it takes from a push of the desired state to the first step on a server, and what it costs to find that nobody has pushed.</summary>
internal static class PushCommand
{
    private const int PollSeconds = 10, EmptyPollsMeasured = 60;

    private sealed record Measured(IReadOnlyList<Pushed> Webhook, int PollSeconds, IReadOnlyList<Pushed> Polling, IReadOnlyList<EmptyPolls> EmptyPolls);

    /// <param name="rounds">How often each way is measured, after one round that warms up.</param>
    /// <param name="results">Where <c>push.md</c> and <c>push.json</c> are written.</param>
    public static async Task<int> RunAsync(int rounds, string results)
    {
        await PublishedProgram.MakeSureAsync(results);
        await using var site = new DeploySite(heavy: false);
        await site.InitializeAsync();
        await site.AtAsync(1);
        var server = new GitServer(site.Server.Host, Path.Combine(site.World, "git-ssh"));
        await server.SetUpAsync();
        using var webhook = new Webhook();
        var address = await server.TakeAsync(Path.Combine(site.World, "desired"));
        var controller = site.Controller.FetchingFrom(address);
        var pushes = new Pushes(site, address);
        var measured = new Measured(
            await WebhookAsync(pushes, controller.WithConfig(await webhook.SettingsAsync(site.World)), server, webhook, rounds), PollSeconds,
            await PollingAsync(pushes, controller, server, rounds),
            [
                await EmptyPolls.MeasureAsync("none that could be looked at", await NobodyAsync(site, server), server, EmptyPollsMeasured, "\"event\":\"verdict\""),
                await EmptyPolls.MeasureAsync("one, the check of which is counted as well", controller, server, EmptyPollsMeasured, "\"event\":\"verdict\""),
            ]);
        await ResultFiles.WriteAsync(results, "push", measured, Table(measured));
        return 0;
    }

    private static async Task<IReadOnlyList<Pushed>> WebhookAsync(Pushes pushes, Controller controller, GitServer server, Webhook webhook, int rounds)
    {
        await using var watch = await Watch.StartAsync(controller, server, "1h");
        await watch.Program.WaitForAsync("\"event\":\"verdict\"", TimeSpan.FromMinutes(1));
        var all = new List<Pushed>();
        for (var round = 0; round <= rounds; round++)
            all.Add(Tell($"webhook, round {round}", await pushes.PushAsync(watch, webhook, TimeSpan.Zero)));
        return all[1..];
    }

    /// <summary>Pushed at moments spread over the interval: how long a poll is still away is a matter of chance.</summary>
    private static async Task<IReadOnlyList<Pushed>> PollingAsync(Pushes pushes, Controller controller, GitServer server, int rounds)
    {
        await using var watch = await Watch.StartAsync(controller, server, $"{PollSeconds}s");
        await watch.Program.WaitForAsync("\"event\":\"verdict\"", TimeSpan.FromMinutes(1));
        var all = new List<Pushed>();
        for (var round = 0; round <= rounds; round++)
            all.Add(Tell($"polling, round {round}", await pushes.PushAsync(watch, null, TimeSpan.FromSeconds(PollSeconds * (1 + (round + 0.5) / (rounds + 1))))));
        return all[1..];
    }

    private static Pushed Tell(string round, Pushed pushed)
    {
        Console.Error.WriteLine($"{round}: {pushed.InForce:0} ms until in force, {pushed.Planned:0} until planned, {pushed.FirstStep:0} until the first step");
        return pushed;
    }

    /// <summary>A controller of an environment whose only server is gone: its turn looks at nothing.</summary>
    private static async Task<Controller> NobodyAsync(DeploySite site, GitServer server)
    {
        var folder = Path.Combine(site.World, "nobody");
        Directory.CreateDirectory(Path.Combine(folder, "nobody"));
        foreach (var (name, kind, spec) in new[] { ("environment", "Environment", "{profile: staging}"), ("servers", "Servers", "{web1: {gone: never was there}}") })
            await File.WriteAllTextAsync(Path.Combine(folder, "nobody", $"{name}.yaml"), $"apiVersion: reconciler/v1\nkind: {kind}\nmetadata: {{name: nobody}}\nspec: {spec}\n");
        await Command.OkAsync("git", "-C", folder, "init", "--quiet", "--initial-branch=main");
        await Command.OkAsync("git", "-C", folder, "add", "--all");
        await Command.OkAsync("git", "-C", folder, "-c", "user.name=Alex", "-c", "user.email=alex@coralnet.example", "commit", "--quiet", "--message", "Nobody");
        return site.SecondController().FetchingFrom(await server.TakeAsync(folder));
    }

    private static string Table(Measured measured)
    {
        var text = new StringBuilder("| from a push | pushes | to the first step, ms, median | worst | until the revision is in force, median | until it is planned, median |\n|---|---|---|---|---|---|\n");
        Row("by webhook", measured.Webhook);
        Row($"by polling every {measured.PollSeconds} s", measured.Polling);
        text.Append("\n| a poll that finds nothing | polls | ms of a core | connections | requests |\n|---|---|---|---|---|\n");
        foreach (var polls in measured.EmptyPolls)
            text.Append(CultureInfo.InvariantCulture, $"| servers: {polls.Environment} | {polls.Polls} | {polls.CpuMs:0.0} | {polls.Connections:0.00} | {polls.Requests:0.00} |\n");
        return text.ToString();

        void Row(string how, IReadOnlyList<Pushed> pushes) => text.Append(CultureInfo.InvariantCulture,
            $"| {how} | {pushes.Count} | {Median(pushes, push => push.FirstStep):0} | {pushes.Max(push => push.FirstStep):0} | {Median(pushes, push => push.InForce):0} | {Median(pushes, push => push.Planned):0} |\n");
    }

    private static double Median(IReadOnlyList<Pushed> pushes, Func<Pushed, double> of) => pushes.Select(of).Order().ElementAt(pushes.Count / 2);
}
