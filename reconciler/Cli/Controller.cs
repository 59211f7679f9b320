using Reconciler.Converging;
using Reconciler.Diffing;
using Reconciler.Git;
using Reconciler.Hosting;
using Reconciler.Journaling;
using Reconciler.Observing;
using Reconciler.Planning;
using Reconciler.Remote;
using Reconciler.Reporting;
using Reconciler.Resources;
using Reconciler.Secrets;
using Reconciler.Secrets.Aws;
using Reconciler.Turns;
using Reconciler.Turns.Surveys;
using Reconciler.Watching;
using SignatureKind = Reconciler.Documents.Kinds.SignatureKind;

namespace Reconciler.Cli;

/// <summary>The parts put together: one controller with its ledger open for writing.</summary>
internal sealed class Controller : IAsyncDisposable
{
    private readonly SshServerSessions _sessions;

    private readonly IDisposable _ledger;

    private Controller(
        IDisposable ledger, SshServerSessions sessions, GitHosts hosts, DesiredState desired, ReconcileLoop loop, StatusReporter reports,
        Requests? requests) =>
        (_ledger, _sessions, Hosts, Desired, Loop, Reports, Requests) = (ledger, sessions, hosts, desired, loop, reports, requests);

    /// <summary>The git hosts that may be asked.</summary>
    public GitHosts Hosts { get; }

    public DesiredState Desired { get; }

    public ReconcileLoop Loop { get; }

    public StatusReporter Reports { get; }

    /// <summary>Null for one that only looks.</summary>
    public ILedger? Ledger { get; private init; }

    public required ProposedPlans Proposed { get; init; }

    public required MirrorFolder Mirrors { get; init; }

    public required FileContents Contents { get; init; }

    public required SecretKeyChanges SecretKeys { get; init; }

    public required ServiceLogs Logs { get; init; }

    public required ServerSurvey Survey { get; init; }

    /// <summary>The ledger, to read.</summary>
    public required ILedgerReader Memory { get; init; }

    public required SiteQuestions Site { get; init; }

    /// <summary>What people ask of it meanwhile; null for one that only looks.</summary>
    public Requests? Requests { get; }

    /// <summary>With the ledger open for writing: the one controller.</summary>
    /// <param name="command">What the program was started as.</param>
    /// <param name="environment">The only one that it is about; null for all.</param>
    /// <exception cref="LedgerException">Another controller has the ledger, or the environment, or it cannot be used.</exception>
    /// <exception cref="GitException">The repository's address is refused.</exception>
    /// <exception cref="UsageException">The folder is another user's.</exception>
    /// <param name="ports">What stands between it and the outside; null for nothing.</param>
    public static Controller Open(
        ControllerSettings settings, TimeProvider clock, string command, string? environment = null, ControllerPorts? ports = null)
    {
        RequireOurs(settings.State);
        ports ??= new();
        var ledger = ports.Ledger(settings.Ledger.OpenForWriting(clock, command, environment));
        return Compose(settings, ledger, ledger, clock, ports.Sessions);
    }

    /// <summary>For looking and planning only, beside a running controller if there is one.</summary>
    /// <inheritdoc cref="Open"/>
    public static Controller OpenForLooking(ControllerSettings settings, TimeProvider clock, string command = "plan")
    {
        if (settings.Ledger.IsShared)
        {
            RequireOurs(settings.State);
            return Compose(settings, settings.Ledger.OpenForLooking(clock), null, clock);
        }
        try
        {
            return Open(settings, clock, command);
        }
        catch (LedgerException fault) when (fault.Fault == LedgerFault.Locked)
        {
            return Compose(settings, settings.Ledger.OpenForReading(clock), null, clock);
        }
    }

    /// <summary>What root left in the folder of the controller's user, that user could not change afterwards.</summary>
    private static void RequireOurs(string state)
    {
        if (Directory.Exists(state) && FileOwner.Of(state) is var owner && owner != FileOwner.Me)
            throw new UsageException($"{state} belongs to the user with number {owner}, who could not change what is written there now: "
                + $"begin the command with `sudo -u '#{owner}'`");
    }

    /// <param name="writer">Null when nothing may be changed.</param>
    /// <param name="through">What the sessions go through; null for nothing.</param>
    private static Controller Compose(
        ControllerSettings settings, ILedgerReader ledger, ILedger? writer, TimeProvider clock, Func<IServerSessions, IServerSessions>? through = null)
    {
        var options = new SshOptions(Path.Combine(settings.State, "ssh"));
        var git = new GitSettings { LocalRepositories = settings.AllowLocalRepositories, SshConfig = () => SshConfig.Write(options) };
        var mirrors = new MirrorFolder(Path.Combine(settings.State, "mirrors"), new GitProgram(git, clock), clock);
        var secrets = new ResolvedSecrets();
        var watcher = new RepositoryWatcher(
            mirrors.Of(settings.Repository), new WatchSettings(settings.Branch, settings.Folder) { Interval = settings.Interval }, clock);
        var aws = new AwsSecretSource(region => new(SecretsManager.ConfigOf(region ?? settings.Aws.Region, settings.Aws.Profile)));
        var resolver = new SecretFileResolver(
            [new EnvironmentSecretSource(Environment.GetEnvironmentVariable), new FileSecretSource(settings.Secrets), aws], ledger.DigestKey);
        var source = new EnvironmentSource(
            new CodeReader(new CodeSource(mirrors)), new SecretReader(resolver, new AgeProgram(settings.AgeIdentity), secrets), ledger.DigestKey);
        var desired = new DesiredState(
            watcher, source, ledger, writer, settings.AllowLocalRepositories, kind => SignersOf(settings, kind), clock)
        {
            BreakGlass = BreakGlassCommand.Of(settings, mirrors.Of(settings.Repository).Folder, clock),
        };

        var ssh = new SshServerSessions(options, clock);
        var sessions = through is null ? ssh : through(ssh);
        var addresses = new ServerAddresses(settings.Identity);
        var observer = new Observer(sessions, ResourceKinds.All, clock);
        var planning = new UnitPlanning(new Differ(ResourceKinds.All), new Planner(ResourceKinds.All), ledger, clock);
        var hosts = new GitHosts(settings.GitHosts, clock);
        var checks = new RequiredChecks(hosts, ledger);
        var gates = new RunGates(checks, ledger, clock);
        var running = writer is null ? null
            : Runs(settings, sessions, mirrors, secrets, planning, observer, desired, gates, writer, addresses, clock);
        var turn = new UnitTurn(planning, running, gates, desired, ledger, clock);
        var reports = new StatusReporter(ledger, writer, clock);
        var flags = new Flags(ledger, writer, clock);
        var memory = new DriftMemory(planning, ledger, writer, clock);
        var early = writer is null ? null : new EarlyVerdicts(new UnitTurn(planning, null, gates, desired, ledger, clock), reports, memory);
        var loop = new ReconcileLoop(desired, new(observer, addresses, clock), turn, flags, reports, memory, new(sessions, addresses, ledger, clock), checks,
            new(ledger), early);
        return new(ledger, ssh, hosts, desired, loop, reports, writer is null ? null : new Requests(writer, clock))
        {
            Ledger = writer,
            Proposed = new(desired, turn, flags, new Observer(sessions, ResourceKinds.All, clock), addresses, planning, gates, checks),
            Mirrors = mirrors,
            Contents = new(sessions, addresses),
            SecretKeys = new(sessions, addresses, secrets),
            Logs = new(sessions, addresses),
            Survey = new(sessions, addresses, clock),
            Memory = ledger,
            Site = new(sessions, addresses),
        };
    }

    public static Signers? SignersOf(ControllerSettings settings, SignatureKind kind) => (kind, settings.Signers) switch
    {
        (SignatureKind.Ssh, { Ssh: { } file }) => new Signers.Ssh(file),
        (SignatureKind.Gpg, { Gpg: { } file }) => new Signers.Gpg(file, Path.Combine(settings.State, "signers")),
        _ => null,
    };

    private static UnitRun Runs(
        ControllerSettings settings, IServerSessions sessions, MirrorFolder mirrors, ResolvedSecrets secrets,
        UnitPlanning planning, Observer observer, DesiredState desired, RunGates gates, ILedger ledger, ServerAddresses addresses, TimeProvider clock)
    {
        var runner = new RunnerClient(new StepPayloads(secrets, mirrors, settings.State), clock);
        var converger = new Converger(new StepSender(sessions, runner, ledger, clock), clock);
        var settler = new IntentSettler(sessions, ledger);
        var pursuit = new PlanPursuit(planning, observer, converger, new Notices(converger, ledger, clock), gates);
        var logs = new ServiceLogs(sessions, addresses);
        var leaving = new LeavingBehind(pursuit, converger, settler, ledger, clock);
        var failed = new FailedRun(pursuit, leaving, converger, desired, settler, logs, ledger, clock);
        var fences = new ServerFences(sessions, ledger);
        return new(pursuit, leaving, failed, new OpenRuns(settler, fences, ledger, addresses), desired, fences, gates, logs, ledger, addresses, clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _sessions.DisposeAsync();
        Hosts.Dispose();
        _ledger.Dispose();
    }
}
