using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Deploys;

/// <summary>
/// The servers of one environment, its desired state and its controller. Deployed once commit by commit, with a copy kept of everything after each, so
/// that every test starts from a real deploy within seconds.
/// </summary>
/// <param name="environment">Its documents lie in the folder of that name beside this class.</param>
/// <param name="programs">How many processes of the application run on each server.</param>
public abstract class Site(string environment, IReadOnlyDictionary<string, int> programs) : IAsyncLifetime
{
    public const string Keys =
        $$"""{"SECRET_KEY": "{{Planted.SecretKeyInJson}}", "DATABASE_PASSWORD": "{{Planted.PasswordInJson}}", "GOOGLE_MAPS_KEY": "canary-maps-90ab"}""";

    private readonly string _folder = Directory.CreateTempSubdirectory($"reconciler-{environment}-").FullName;
    private readonly Dictionary<int, Deployed> _kept = [];
    private TestHosts? _hosts;
    private int? _stands;

    /// <summary>By name; the first is the one with the database.</summary>
    internal IReadOnlyDictionary<string, SiteServer> Servers { get; private set; } = null!;

    internal Controller Controller { get; private set; } = null!;

    internal DesiredRepository Desired { get; private set; } = null!;

    /// <summary>The site's commits by number (tests/Lab/site/README.md).</summary>
    internal IReadOnlyDictionary<int, string> Commits { get; private set; } = null!;

    /// <summary>Private key of <c>admin</c>, who may sudo on every server.</summary>
    internal string AdminKey => _hosts!.AdminKey;

    internal string World => Path.Combine(_folder, "world");

    /// <summary>For tests/Lab/make-site.</summary>
    protected virtual IReadOnlyList<string> SiteOptions => [];

    /// <summary>All that any controller printed.</summary>
    internal string Outputs => Path.Combine(_folder, "outputs");

    internal string SecretsFile => Path.Combine(World, "secrets", $"{environment}.json");

    /// <summary>The name under which users ask for the site.</summary>
    internal string Domain => $"{environment}.coralnet.example";

    public async ValueTask InitializeAsync()
    {
        _hosts = await TestHosts.UpAsync($"{environment}-live", [.. programs.Keys.Select(name => $"{name}:full")]);
        Servers = programs.ToDictionary(server => server.Key, server => new SiteServer(_hosts[server.Key], Domain, server.Value));
        Directory.CreateDirectory(World);
        Directory.CreateDirectory(Path.Combine(World, "secrets"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await WriteSecretsAsync(Keys);
        var lines = await Command.OkAsync(Path.Combine(TestHosts.Root(), "tests", "Lab", "make-site"), [World, .. SiteOptions]);
        Commits = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToDictionary(words => int.Parse(words[0]), words => words[1]);
        await Command.OkAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(World, "key"));
        Controller = new(environment, World, Path.Combine(World, "state"), Outputs);
        var values = new Dictionary<string, string>
        {
            ["COMMIT"] = Commits[1],
            ["REPOSITORY"] = Path.Combine(World, "coralnet.git"),
            ["SECRETS"] = Path.Combine(World, "secrets"),
        };
        foreach (var (name, server) in Servers)
        {
            (await Controller.RunAsync("enroll", name, "--admin", $"admin@{server.Host.Address}", "--admin-key", _hosts.AdminKey,
                "--host-key", server.Host.HostKey, "--public-key", Path.Combine(World, "key.pub"))).ExitCode.ShouldBe(0);
            values[$"ADDRESS-{name}"] = server.Host.Address;
            values[$"HOSTKEY-{name}"] = server.Host.HostKey;
        }
        Desired = await DesiredRepository.CreateAsync(Path.Combine(World, "desired"), environment, values);
        await KeepAsync(0, new Deployed(new(0, "", ""), new(new Dictionary<string, int>(), ""), new Dictionary<string, int>(), new Dictionary<string, int>()));
    }

    /// <summary>Host, controller and repositories as they were just after commit 1 or 2 was deployed; 0: enrolled, nothing deployed.</summary>
    internal async Task<Deployed> AtAsync(int commit)
    {
        var deployed = await LookAtAsync(commit);
        _stands = null;
        return deployed;
    }

    /// <summary>The same for tests that change nothing on the server: the next one need not put it back. Controller and repositories are theirs to change.</summary>
    internal async Task<Deployed> LookAtAsync(int commit)
    {
        if (!_kept.ContainsKey(commit))
        {
            await AtAsync(commit - 1);
            await Desired.DeployAsync(Commits[commit]);
            var made = await DeployAsync();
            made.Command.ExitCode.ShouldBe(0, made.Command.All);
            await KeepAsync(commit, made);
        }
        else
        {
            await RestoreWorldAsync(commit);
            if (_stands != commit)
                await RestoreServersAsync(commit);
        }
        _stands = commit;
        return _kept[commit];
    }

    /// <summary>Converges under pollers, one for each server.</summary>
    internal async Task<Deployed> DeployAsync()
    {
        var before = await PidsAsync();
        await using var pollers = new Pollers(Servers.Values);
        var command = await Controller.ConvergeAsync();
        return new(command, await pollers.StopAsync(), before, await PidsAsync());
    }

    /// <summary>Main process of each service, 0 when it does not run; <c>web1/gunicorn</c> where there are several servers.</summary>
    internal async Task<IReadOnlyDictionary<string, int>> PidsAsync()
    {
        var all = new Dictionary<string, int>();
        foreach (var (name, server) in Servers)
            foreach (var (process, pid) in await server.PidsAsync())
                all[Servers.Count == 1 ? process : $"{name}/{process}"] = pid;
        return all;
    }

    /// <summary>Another controller, with a ledger of its own.</summary>
    internal Controller SecondController() => new(environment, World, Path.Combine(World, "second"), Outputs);

    internal async Task WriteSecretsAsync(string text)
    {
        await File.WriteAllTextAsync(SecretsFile, text);
        File.SetUnixFileMode(SecretsFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public async ValueTask DisposeAsync()
    {
        Planted.SearchController(_folder);
        Directory.Delete(_folder, recursive: true);
        if (_hosts is not null)
            await _hosts.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private async Task KeepAsync(int commit, Deployed deployed)
    {
        await Task.WhenAll(Servers.Values.Select(server => server.KeepAsync($"at-{commit}")));
        await Command.OkAsync("cp", "--archive", World, Path.Combine(_folder, $"at-{commit}"));
        _kept[commit] = deployed;
    }

    private async Task RestoreWorldAsync(int commit)
    {
        Planted.SearchController(World);
        Directory.Delete(World, recursive: true);
        await Command.OkAsync("cp", "--archive", Path.Combine(_folder, $"at-{commit}"), World);
    }

    private async Task RestoreServersAsync(int commit)
    {
        await Task.WhenAll(Servers.Values.Select(server => server.RestoreAsync($"at-{commit}")));
        // The one with the database first: what asks a database that is not up yet waits for long.
        foreach (var server in commit > 0 ? Servers.Values : [])
            await server.WaitUntilUpAsync();
    }
}

/// <summary>What a converge did: what it said, what a user saw meanwhile, and which processes ran before and after.</summary>
internal sealed record Deployed(Command Command, Seen Seen, IReadOnlyDictionary<string, int> Before, IReadOnlyDictionary<string, int> After)
{
    public void ShouldHaveKept(params string[] processes)
    {
        foreach (var process in processes)
            After[process].ShouldBe(Before[process], $"{process} was restarted:\n{Command.All}");
    }
}
