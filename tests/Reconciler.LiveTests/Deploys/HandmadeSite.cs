using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Deploys;

/// <summary>A server on which a person set the site up by hand (tests/Lab/handmade), enrolled, and a controller that knows nothing of it yet.</summary>
public sealed class HandmadeSite : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("reconciler-handmade-").FullName;
    private TestHosts? _hosts;

    public const string Domain = "handmade.coralnet.example";

    internal TestHost Host => _hosts!["web1"];

    internal SiteServer Server { get; private set; } = null!;

    internal Controller Controller { get; private set; } = null!;

    internal string Desired => Path.Combine(_folder, "desired");

    internal string Key => Path.Combine(_folder, "key");

    internal string Secrets => Path.Combine(_folder, "secrets", "coralnet.json");

    public async ValueTask InitializeAsync()
    {
        _hosts = await TestHosts.UpAsync("handmade-live", "web1:full");
        Server = new(Host, Domain, 3);
        await Command.OkAsync(Path.Combine(TestHosts.Root(), "tests", "Lab", "make-site"), _folder);
        Directory.CreateDirectory(Path.Combine(_folder, "secrets"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await Command.OkAsync("bash", "-c", $"tar -C '{_folder}' -cf - coralnet.git | '{TestHosts.Script}' exec {Host.Lab} web1 -- "
            + "sh -c 'mkdir -p /srv/git && tar -C /srv/git --no-same-owner -xf -'");
        await Command.OkAsync("bash", "-c", $"'{TestHosts.Script}' exec {Host.Lab} web1 -- sh -s '{_folder}/coralnet.git' {Domain} "
            + $"<'{TestHosts.Root()}/tests/Lab/handmade'");
        await Command.OkAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Key);
        Controller = new("production", _folder, Path.Combine(_folder, "state"), Path.Combine(_folder, "outputs"));
        (await Controller.RunAsync("enroll", "web1", "--admin", $"admin@{Host.Address}", "--admin-key", _hosts.AdminKey,
            "--host-key", Host.HostKey, "--public-key", $"{Key}.pub")).ExitCode.ShouldBe(0);
    }

    internal Task<string> GitAsync(params string[] arguments) =>
        Command.OkAsync("git", ["-C", Desired, "-c", "user.name=Alex", "-c", "user.email=alex@coralnet.example", .. arguments]);

    /// <summary>A new commit on the code's main that somebody also checked out on the server.</summary>
    internal async Task<string> CommitByHandAsync()
    {
        var repository = Path.Combine(_folder, "coralnet.git");
        Task<string> InCodeAsync(params string[] arguments) =>
            Command.OkAsync("git", ["-C", repository, "-c", "user.name=Alex", "-c", "user.email=alex@coralnet.example", .. arguments]);
        var commit = (await InCodeAsync("commit-tree", "-p", "main", "-m", "Say it better", "main^{tree}")).Trim();
        await InCodeAsync("update-ref", "refs/heads/main", commit);
        await Command.OkAsync("bash", "-c", $"git -C '{repository}' bundle create --quiet - main | '{TestHosts.Script}' exec {Host.Lab} web1 -- "
            + "sh -c 'cat >/tmp/main.bundle && runuser -u coralnet -- sh -c \"cd /srv/www/coralnet && git fetch -q /tmp/main.bundle main && git checkout -q FETCH_HEAD\"'");
        return commit;
    }

    public async ValueTask DisposeAsync()
    {
        Planted.SearchController(_folder);
        Directory.Delete(_folder, recursive: true);
        if (_hosts is not null)
            await _hosts.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
