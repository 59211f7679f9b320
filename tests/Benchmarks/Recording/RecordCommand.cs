using Reconciler.Benchmarks.NoChange;
using Reconciler.Cli;
using Reconciler.LiveTests.Support;
using Reconciler.Model;
using Reconciler.Resources.NginxSite;
using Reconciler.Turns;
using Controller = Reconciler.Cli.Controller;

namespace Reconciler.Benchmarks.Recording;

/// <summary>
/// Deploys two full Django servers on test hosts, looks at them as the controller does, and keeps all that they answered beside their desired state, code,
/// secrets and ledger: so that any number of servers can answer the same without any host.
/// </summary>
internal static class RecordCommand
{
    private const string Environment = "bench";

    // The first look is thorough, the second learns what it hangs on, the third is the first short one.
    private const int Looks = 6;

    /// <summary>Records where nothing was recorded yet.</summary>
    public static Task MakeSureAsync(string folder) => Recorded.IsIn(folder) ? Task.CompletedTask : RunAsync(folder);

    /// <param name="folder">Made anew.</param>
    public static async Task<int> RunAsync(string folder)
    {
        await using var site = new BenchSite(2);
        await site.SetUpAsync();
        await CompleteAsync(site);
        var converged = await site.Controller.ConvergeAsync();
        if (converged.ExitCode != 0)
            throw new InvalidOperationException(converged.All);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        var recorded = await LookAsync(site.World);
        await Command.OkAsync("cp", "--archive", $"{site.World}/.", folder);
        recorded.Write(folder);
        Console.WriteLine($"{string.Join(", ", recorded.Servers.Select(server => $"{server.Key}: {server.Value.Answers.Count} answers, "
            + $"a thorough look {server.Value.ThoroughMs:0} ms, a short one {server.Value.SteadyMs:0} ms"))}");
        return 0;
    }

    /// <summary>What the example has besides: pages, files, the unit of supervisor, a second worker. The database is one that somebody else runs.</summary>
    private static async Task CompleteAsync(BenchSite site)
    {
        static string Document(string kind, string name, string spec) => $"apiVersion: reconciler/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec:\n{spec}";
        var address = site.Servers.Values.First().Host.Address;
        await site.Desired.EditAsync("bench/coralnet/application.yaml", "\"{{servers.bench1.address}}\"", $"\"{address}\"");
        Directory.CreateDirectory(Path.Combine(site.World, "desired", "bench", "host"));
        await site.Desired.AddAsync("bench/host/databases.yaml", Document("Databases", "host", $"  coralnet: {{on: null, address: \"{address}\", allow: null, backup: null}}\n"));
        await site.Desired.EditAsync("bench/servers.yaml", ", database]", "]");
        await site.Desired.EditAsync("base/host/packages.yaml", "  postgresql: {on: [database]}\n", "");
        await site.Desired.EditAsync("base/host/services.yaml", "  redis:", "  supervisor: {part: backing, on: [web, worker], unit: supervisor}\n  redis:");
        await site.Desired.AddAsync("base/host/profile.sh", "export LANG=C.UTF-8\n");
        await site.Desired.AddAsync("base/host/files.yaml", Document("Files", "host", "  profile: {path: /etc/profile.d/coralnet.sh, template: profile.sh, mode: \"0644\"}\n"));
        await site.Desired.AddAsync("base/coralnet/env_setup.sh", "{{> activate}}\n");
        await site.Desired.AddAsync("base/coralnet/files.yaml", Document("Files", "coralnet", """
              log: {path: /srv/www/log, directory: true, mode: "0755"}
              scripts: {path: /srv/www/scripts, directory: true, mode: "0755"}
              env-setup: {path: /srv/www/scripts/env_setup.sh, template: env_setup.sh, mode: "0755"}
              tmp: {path: /srv/www/tmp, directory: true, mode: "0755", on: [web]}

            """));
        await site.Desired.AddAsync("base/coralnet/checks.yaml", Document("Checks", "coralnet",
            "  home: {path: /, contains: photograph}\n  status: {path: /api/status, at: application}\n"));
        await site.Desired.EditAsync("base/coralnet/services.yaml", "  celerybeat:",
            "  celeryimages: {part: worker, on: [worker], command: celery -A config worker -Q images}\n  celerybeat:");
    }

    private static async Task<Recorded> LookAsync(string world)
    {
        RecordingSessions? recording = null;
        var (state, key) = (Path.Combine(world, "looking"), EmptyLedger.KeyIn(Path.Combine(world, "state")));
        EmptyLedger.Make(state, key);
        await using var controller = Controller.Open(Settings(world, state), TimeProvider.System, "watch", ports: new ControllerPorts
        {
            Sessions = sessions => recording = new RecordingSessions(sessions),
        });
        await controller.Desired.LookAsync(CancellationToken.None);
        IReadOnlyList<UnitVerdict> verdicts = [];
        for (var look = 0; look < Looks; look++)
        {
            verdicts = await controller.Loop.TurnAsync(Environment, TurnOptions.Watch, new Quiet(), CancellationToken.None);
            if (verdicts.FirstOrDefault(verdict => verdict.Verdict is not { Standing: Standing.Synced, Ailments.Count: 0 }) is { } wrong)
                throw new InvalidOperationException($"{wrong.Unit.Application}: {wrong.Verdict.Standing}: {wrong.Verdict.Sentence}");
        }
        var resources = verdicts.SelectMany(verdict => verdict.Unit.Resources).ToList();
        Console.WriteLine(string.Join(", ", resources.GroupBy(resource => resource.Id.Server).Select(server => $"{server.Key}: {server.Count()} resources")));
        return new(Environment, world, key, SiteOf(resources), recording!.Servers);
    }

    /// <returns>Its digest: the same on all servers of an environment.</returns>
    public static string SiteOf(IEnumerable<Resource> resources) => resources.Select(resource => resource.Spec).OfType<NginxSiteSpec>().First().Digest;

    /// <param name="world">Desired state, key and secrets.</param>
    public static ControllerSettings Settings(string world, string state) => new(Path.Combine(world, "desired"), "main", "", state,
        Path.Combine(world, "key"), Path.Combine(world, "secrets"), true, TimeSpan.FromSeconds(60));
}
