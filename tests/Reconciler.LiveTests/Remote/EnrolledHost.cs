using Reconciler.LiveTests.Support;
using Reconciler.Model;
using Reconciler.Remote;

namespace Reconciler.LiveTests.Remote;

/// <summary>One real host, enrolled as a person would do it, with sessions as the reconciler's login.</summary>
public class EnrolledHost : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("reconciler-remote-").FullName;
    private TestHosts? _hosts;
    private SshServerSessions? _sessions;
    private int _operation;

    /// <summary>A name of its own for each test class that runs beside others.</summary>
    protected virtual string Lab => "remote-live";

    internal TestHost Host => _hosts!["host"];

    internal IServerSessions Sessions => _sessions!;

    internal ServerAddress Admin { get; private set; } = null!;

    internal ServerAddress Login { get; private set; } = null!;

    internal IServerSession Session => Sessions.For(Login);

    internal RunnerClient Runner { get; } = new(new NoPayloads(), TimeProvider.System);

    internal string PublicKey { get; private set; } = "";

    internal List<string> Progress { get; } = [];

    internal string ServersLine { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        _hosts = await TestHosts.UpAsync(Lab, "host:full");
        _sessions = new(new SshOptions(Path.Combine(_folder, "ssh")), TimeProvider.System);
        await Command.OkAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(_folder, "key"));
        PublicKey = (await File.ReadAllTextAsync(Path.Combine(_folder, "key.pub"))).Trim();
        Admin = new("web1", Host.Address, "admin", [Host.HostKey]) { IdentityFile = _hosts.AdminKey };
        Login = Admin with { User = "reconciler", IdentityFile = Path.Combine(_folder, "key") };
        ServersLine = await EnrollAsync(Progress.Add);
        await Host.ShellAsync("id app 2>/dev/null || useradd --system --create-home --home-dir /srv/app app");
    }

    internal Task<string> EnrollAsync(Action<string> progress) =>
        new Enrollment(Sessions).EnrollAsync(new(Admin, [PublicKey]), progress, TestContext.Current.CancellationToken);

    internal RunnerEnvelope NewEnvelope(double seconds = 60, long fence = 1) => new($"test.{++_operation}.1", "ledger-1", fence, TimeSpan.FromSeconds(seconds));

    internal Task<RunnerReply> SendAsync(RunnerRequest request, StepProof? proof = null, RunnerEnvelope? envelope = null) =>
        Runner.SendAsync(Session, request, envelope ?? NewEnvelope(), proof, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_sessions is not null)
            await _sessions.DisposeAsync();
        Planted.SearchController(_folder);
        Directory.Delete(_folder, recursive: true);
        if (_hosts is not null)
            await _hosts.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private sealed class NoPayloads : IPayloadSource
    {
        public Task<PayloadContent> OpenAsync(PayloadPart part, CancellationToken cancellation) => throw new NotSupportedException();
    }
}

/// <summary>All that share the host run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class OneEnrolledHost : ICollectionFixture<EnrolledHost>
{
    public const string Name = "one enrolled host";
}
