using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Deploys;

[CollectionDefinition]
public sealed class OnStaging : ICollectionFixture<Staging>;

/// <summary>
/// One server with all roles, its desired state and its controller. Deployed once commit by commit, with a copy kept of everything after each, so
/// that every test starts from a real deploy within seconds.
/// </summary>
public sealed class Staging : IAsyncLifetime
{
    public const string Domain = "staging.coralnet.example";
    public const string Keys = """{"SECRET_KEY": "canary-key-7d1f", "DATABASE_PASSWORD": "canary-base-52c8", "GOOGLE_MAPS_KEY": "canary-maps-90ab"}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("reconciler-staging-").FullName;
    private readonly Dictionary<int, Deployed> _kept = [];
    private TestHosts? _hosts;
    private int? _stands;

    internal TestHost Host => _hosts!["staging1"];

    internal SiteServer Server => new(Host);

    internal Controller Controller { get; private set; } = null!;

    internal DesiredRepository Desired { get; private set; } = null!;

    /// <summary>The site's commits by number (tests/Lab/site/README.md).</summary>
    internal IReadOnlyDictionary<int, string> Commits { get; private set; } = null!;

    internal string World => Path.Combine(_folder, "world");

    /// <summary>All that any controller printed.</summary>
    internal string Outputs => Path.Combine(_folder, "outputs");

    internal string SecretsFile => Path.Combine(World, "secrets", "staging.json");

    public async ValueTask InitializeAsync()
    {
        _hosts = await TestHosts.UpAsync("deploys-live", "staging1:full");
        Directory.CreateDirectory(World);
        Directory.CreateDirectory(Path.Combine(World, "secrets"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await WriteSecretsAsync(Keys);
        var lines = await Command.OkAsync(Path.Combine(TestHosts.Root(), "tests", "Lab", "make-site"), World);
        Commits = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToDictionary(words => int.Parse(words[0]), words => words[1]);
        await Command.OkAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(World, "key"));
        Controller = new(World, Path.Combine(World, "state"), Outputs);
        (await Controller.RunAsync("enroll", "staging1", "--admin", $"admin@{Host.Address}", "--admin-key", _hosts.AdminKey,
            "--host-key", Host.HostKey, "--public-key", Path.Combine(World, "key.pub"))).ExitCode.ShouldBe(0);
        Desired = await DesiredRepository.CreateAsync(Path.Combine(World, "desired"), new Dictionary<string, string>
        {
            ["ADDRESS"] = Host.Address,
            ["HOSTKEY"] = Host.HostKey,
            ["COMMIT"] = Commits[1],
            ["REPOSITORY"] = Path.Combine(World, "coralnet.git"),
            ["SECRETS"] = Path.Combine(World, "secrets"),
        });
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
            await KeepAsync(commit, await DeployAsync());
        }
        else
        {
            await RestoreWorldAsync(commit);
            if (_stands != commit)
                await RestoreServerAsync(commit);
        }
        _stands = commit;
        return _kept[commit];
    }

    /// <summary>Converges under a poller.</summary>
    internal async Task<Deployed> DeployAsync()
    {
        var before = await Server.PidsAsync();
        await using var poller = new Poller(Host.Address);
        var command = await Controller.ConvergeAsync();
        return new(command, await poller.StopAsync(), before, await Server.PidsAsync());
    }

    /// <summary>Another controller, with a ledger of its own.</summary>
    internal Controller SecondController() => new(World, Path.Combine(World, "second"), Outputs);

    internal async Task WriteSecretsAsync(string text)
    {
        await File.WriteAllTextAsync(SecretsFile, text);
        File.SetUnixFileMode(SecretsFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    internal Task CutAsync() => Command.OkAsync(TestHosts.Script, "cut", Host.Lab, Host.Name);

    internal Task MendAsync() => Command.OkAsync(TestHosts.Script, "mend", Host.Lab, Host.Name);

    public async ValueTask DisposeAsync()
    {
        if (_hosts is not null)
            await _hosts.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task KeepAsync(int commit, Deployed deployed)
    {
        await Command.OkAsync(TestHosts.Script, "snapshot", Host.Lab, Host.Name, $"at-{commit}");
        await Command.OkAsync("cp", "--archive", World, Path.Combine(_folder, $"at-{commit}"));
        _kept[commit] = deployed;
    }

    private async Task RestoreWorldAsync(int commit)
    {
        Directory.Delete(World, recursive: true);
        await Command.OkAsync("cp", "--archive", Path.Combine(_folder, $"at-{commit}"), World);
    }

    private async Task RestoreServerAsync(int commit)
    {
        await Command.OkAsync(TestHosts.Script, "restore", Host.Lab, Host.Name, $"at-{commit}");
        if (commit > 0)
            await Server.WaitUntilUpAsync();
        await Server.RecognisePlacedFilesAsync();
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
