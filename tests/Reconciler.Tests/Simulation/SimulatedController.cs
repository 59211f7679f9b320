using System.Reflection;
using Reconciler.Converging;
using Reconciler.Diffing;
using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Planning;
using Reconciler.Remote;
using Reconciler.Tests.Turns;
using Reconciler.Turns;

namespace Reconciler.Tests.Simulation;

/// <summary>A controller's process, from its start to its end: the real stages and ledger, on simulated servers.</summary>
internal sealed class SimulatedController : IServerSessions
{
    private readonly SimulatedWorld _world;
    private readonly ILedger _real;
    private readonly Dictionary<string, IServerSession> _sessions = [];
    private readonly TaskCompletionSource _stopped = new();
    private readonly TaskCompletionSource _continued = new();
    private readonly Observer _observer;
    private readonly UnitTurn _turn;
    private readonly RequiredChecks _checks;

    public SimulatedController(int number, SimulatedWorld world)
    {
        (Number, _world) = (number, world);
        _real = SqliteLedger.OpenForWriting(world.Folder, world.Time);
        var ledger = DispatchProxy.Create<ILedger, StruckLedger>();
        ((StruckLedger)(object)ledger).Begin(_real, this, world.Faults);
        Ledger = ledger;
        _checks = new(new([], world.Time), ledger);
        _observer = new(this, SimulatedKind.All, world.Time);
        var planning = new UnitPlanning(new Differ(SimulatedKind.All), new Planner(SimulatedKind.All), ledger, world.Time);
        var converger = new Converger(new StepSender(this, new RunnerClient(new NoPayloads(), world.Time), ledger, world.Time), world.Time);
        var gates = new RunGates(_checks, ledger, world.Time);
        var settler = new IntentSettler(this, ledger);
        var pursuit = new PlanPursuit(planning, _observer, converger, new Notices(converger, ledger, world.Time), gates);
        var (addresses, logs) = (new ServerAddresses(null), new ServiceLogs(new LogKeepers(), new ServerAddresses(null)));
        var leaving = new LeavingBehind(pursuit, converger, settler, ledger, world.Time);
        var fences = new ServerFences(this, ledger);
        var running = new UnitRun(pursuit, leaving, new FailedRun(pursuit, leaving, converger, world, settler, logs, ledger, world.Time),
            new OpenRuns(settler, fences, ledger, addresses), world, fences, gates, logs, ledger, addresses, world.Time);
        _turn = new(planning, running, gates, world, ledger, world.Time);
    }

    public int Number { get; }

    public ILedger Ledger { get; }

    /// <summary>Its process is gone.</summary>
    public bool IsDead { get; private set; }

    /// <summary>Another has the lease: it may not write to the ledger any more.</summary>
    public bool IsDeposed { get; private set; }

    public bool IsPaused { get; private set; }

    /// <summary>Killed or paused: somebody else has to take over.</summary>
    public Task Stopped => _stopped.Task;

    public IServerSession For(ServerAddress server)
    {
        if (!_sessions.TryGetValue(server.Name, out var session))
            _sessions[server.Name] = session = new SimulatedSession(server, _world.ServerOf(server.Name), this, _world);
        return session;
    }

    /// <summary>As the loop makes it: settle, look, decide, act.</summary>
    public async Task<Verdict> TurnAsync(ExpandedEnvironment environment, TurnOptions options)
    {
        environment = new Flags(Ledger, Ledger, _world.Time).Judge(await _turn.WithRefusedAsync(environment, CancellationToken.None), keeps: true);
        options = options with { Hindrance = await _turn.SettleAsync(environment, CancellationToken.None) };
        var unit = environment.Units[0];
        await _checks.ReadAsync(environment.Name, [unit], CancellationToken.None);
        var observed = await _observer.LookAsync(new ServerAddresses(null).Of(environment), unit.Resources, CancellationToken.None);
        (environment, observed) = await _turn.AsSeenAsync(environment, observed, CancellationToken.None);
        return await _turn.RunAsync(environment, environment.Units[0], observed, options, new Commentary(), CancellationToken.None);
    }

    public KilledException Kill()
    {
        if (!IsDead)
            _world.Tell($"controller {Number} is killed");
        IsDead = true;
        VirtualTime.Soon(() => _stopped.TrySetResult());
        return new();
    }

    /// <summary>Stands still until another has taken over and some time after.</summary>
    public async Task PauseAsync()
    {
        _world.Tell($"controller {Number} stands still");
        IsPaused = true;
        VirtualTime.Soon(() => _stopped.TrySetResult());
        await _continued.Task;
        _world.Tell($"controller {Number} goes on");
    }

    public void Continue() => VirtualTime.Soon(() => _continued.TrySetResult());

    /// <summary>Its lease is over, or its process: the file is free for the next one.</summary>
    public void Depose()
    {
        IsDeposed = true;
        _real.Dispose();
    }

    private sealed class NoPayloads : IPayloadSource
    {
        public Task<PayloadContent> OpenAsync(PayloadPart part, CancellationToken cancellation) => throw new InvalidOperationException("nothing to send");
    }

    /// <summary>Nothing is written to any log.</summary>
    private sealed class LogKeepers : IServerSessions
    {
        public IServerSession For(ServerAddress server) => throw new SessionException(SessionFailure.Unreachable, "it keeps no logs");
    }
}
