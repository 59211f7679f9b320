using System.Text;
using System.Text.Json;
using Reconciler.Cli;
using Reconciler.Documents.Expansion;
using Reconciler.LiveTests.Support;

namespace Reconciler.Benchmarks.Recording;

/// <summary>The recorded environment many times, and with many servers: desired state, code, secrets and ledger in a folder of their own.</summary>
internal sealed class SimulatedWorld : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("reconciler-simulated-").FullName;

    private SimulatedWorld(Recorded recorded, int environments) =>
        (Recorded, Environments) = (recorded, [.. Enumerable.Range(1, environments).Select(number => $"e{number:000}")]);

    public Recorded Recorded { get; }

    public IReadOnlyList<string> Environments { get; }

    public string State => Path.Combine(_folder, "state");

    public string Folder => _folder;

    /// <summary>The repository of the desired state.</summary>
    public string Desired => Path.Combine(_folder, "desired");

    public ControllerSettings Settings => RecordCommand.Settings(_folder, State);

    /// <summary>Of the servers of an environment, from 1 on.</summary>
    public static string NameOf(int number) => $"web{number}";

    public static async Task<SimulatedWorld> MakeAsync(string recording, int environments, int servers)
    {
        var world = new SimulatedWorld(Recorded.Read(recording), environments);
        await Command.OkAsync("cp", "--archive", $"{recording}/.", world._folder);
        EmptyLedger.Make(world.State, world.Recorded.DigestKey);
        var desired = world.Desired;
        var model = Path.Combine(desired, world.Recorded.Environment);
        foreach (var file in Directory.EnumerateFiles(desired, "*.yaml", SearchOption.AllDirectories))
            await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace(world.Recorded.World, world._folder, StringComparison.Ordinal));
        for (var number = 0; number < environments; number++)
        {
            var folder = Path.Combine(desired, world.Environments[number]);
            await Command.OkAsync("cp", "--archive", model, folder);
            foreach (var file in Directory.EnumerateFiles(folder, "*.yaml"))
                await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file))
                    .Replace($"{{name: {world.Recorded.Environment}}}", $"{{name: {world.Environments[number]}}}", StringComparison.Ordinal));
            await File.WriteAllTextAsync(Path.Combine(folder, "servers.yaml"), Servers(world.Environments[number], number * servers, servers));
        }
        Directory.Delete(model, recursive: true);
        Directory.Delete(Path.Combine(desired, ".git"), recursive: true);
        await GitAsync(desired, "init", "--quiet", "--initial-branch=main");
        await world.CommitAsync("Many");
        await world.WriteSitesAsync();
        return world;
    }

    /// <summary>The code's next commit is to run everywhere.</summary>
    public async Task DeployNextAsync()
    {
        var commits = (await GitAsync(Path.Combine(_folder, "coralnet.git"), "rev-list", "--reverse", "--all")).Split('\n');
        foreach (var environment in Environments)
        {
            var file = Path.Combine(Desired, environment, "coralnet", "application.yaml");
            await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace(commits[0], commits[1], StringComparison.Ordinal));
        }
        await CommitAsync("Next");
    }

    /// <summary>The environments as a controller expands them, and the seconds of a core from the documents in git to their resources.</summary>
    public async Task<(IReadOnlyList<ExpandedEnvironment> Environments, double Seconds)> ExpandAsync()
    {
        var state = Path.Combine(_folder, "expanding");
        EmptyLedger.Make(state, Recorded.DigestKey);
        await using var controller = Reconciler.Cli.Controller.Open(Settings with { State = state }, TimeProvider.System, "watch");
        var began = Environment.CpuUsage.TotalTime;
        var look = await controller.Desired.LookAsync(CancellationToken.None);
        if (look.Trouble is not null)
            throw new InvalidOperationException($"{look.Trouble}\n{string.Join('\n', look.Diagnostics.Take(3))}");
        var expanded = new List<ExpandedEnvironment>();
        foreach (var environment in Environments)
            expanded.Add(await controller.Desired.InForceAsync(environment, CancellationToken.None));
        return (expanded, (Environment.CpuUsage.TotalTime - began).TotalSeconds);
    }

    /// <summary>By address, what each server is to answer for its environment's site.</summary>
    private async Task WriteSitesAsync()
    {
        var sites = new Dictionary<string, string>();
        foreach (var environment in (await ExpandAsync()).Environments)
        {
            var site = RecordCommand.SiteOf(environment.Units.SelectMany(unit => unit.Resources));
            foreach (var server in environment.Servers.Values)
                sites[server.Address] = site;
        }
        await File.WriteAllTextAsync(Path.Combine(_folder, SitesName), JsonSerializer.Serialize(sites));
    }

    public static Dictionary<string, string> SitesIn(string folder) => JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(Path.Combine(folder, SitesName)))!;

    private const string SitesName = "sites.json";

    private async Task CommitAsync(string message)
    {
        await GitAsync(Desired, "add", "--all");
        await GitAsync(Desired, "-c", "user.name=Alex", "-c", "user.email=alex@coralnet.example", "commit", "--quiet", "--message", message);
    }

    private static Task<string> GitAsync(string folder, params string[] arguments) => Command.OkAsync("git", ["-c", "safe.directory=*", "-C", folder, .. arguments]);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Servers(string environment, int before, int count)
    {
        var text = new StringBuilder($"apiVersion: reconciler/v1\nkind: Servers\nmetadata: {{name: {environment}}}\nspec:\n");
        for (var number = 1; number <= count; number++)
            text.Append($"  {NameOf(number)}: {{address: {AddressOf(before + number)}, roles: [web, worker, redis{(number == 1 ? ", beat" : "")}], hostKey: \"{HostKey}\"}}\n");
        return text.ToString();
    }

    private static string AddressOf(int number) => $"10.{number >> 16}.{number >> 8 & 255}.{number & 255}";

    private const string HostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
}
