using Reconciler.Journaling;
using Reconciler.Reporting;
using Reconciler.Serving;
using Reconciler.Turns;

namespace Reconciler.Cli;

/// <summary>A controller at work, with what it says, what is counted, and how it is asked after.</summary>
internal sealed class Daemon(Controller controller, ControllerSettings settings, IDaemonLog log, TimeProvider clock)
{
    private readonly TurnMetrics _metrics = new(controller.Ledger!, clock);

    private bool _ledgerAway;

    public Controller Controller => controller;

    public TimeProvider Clock => clock;

    public Said Said { get; } = new(log);

    /// <summary>What git hosts are told, and tell.</summary>
    public GitHostDesk Desk { get; } = new(controller, settings, log, clock);

    /// <summary>What is this watch's to do.</summary>
    public OwnEnvironments Own => field ??= new(controller, log, Said);

    /// <summary>A ledger that others share may be away for a time: nothing is sent meanwhile, and the watch lives on. Its own it cannot do without.</summary>
    public bool Outlasts(LedgerException fault) => settings.Ledger.IsShared && !controller.Ledger!.Leases.Lost.IsFaulted
        && fault.Fault is LedgerFault.Unreachable or LedgerFault.Busy or LedgerFault.LeaseLost;

    /// <param name="fault">Null: it answers.</param>
    public void SayLedger(LedgerException? fault)
    {
        if (fault is null == !_ledgerAway)
            return;
        _ledgerAway = fault is not null;
        log.Write(new(LogEvents.LedgerTrouble, Said.Ourselves, fault?.Message ?? "the ledger answers again", []) { Warning = _ledgerAway });
        Notifier.TellOfLedger(fault?.Message);
    }

    /// <summary>Tells people.</summary>
    public Notifier Notifier { get; } = new(settings.Notifications, controller.Ledger!, clock, environment => settings.PageOf(environment),
        sentence => log.Write(new(LogEvents.NoticeNotSent, Said.Ourselves, $"a notice was not sent: {sentence}", []) { Warning = true }));

    public LifeSigns Signs { get; } = new(clock, settings.Interval);

    /// <returns>Null when nothing is to listen.</returns>
    /// <exception cref="ServingException">Nobody can listen there.</exception>
    public async Task<HttpFace?> ListenAsync()
    {
        if (settings.Listen is not { } address)
            return null;
        var face = await HttpFace.ListenAsync(address,
            new Answers(Signs, _metrics, controller.Ledger!.RequireWritable, settings.Interval, clock) 
            {
                PlanOf = Desk.PlanOf,
                PageOf = environment => DriftCommand.LastPage(settings, environment),
            });
        log.Write(new(LogEvents.Listening, Said.Ourselves, $"/healthz, /readyz, /metrics and /environments are answered on {address}",
            []) { Fields = [("address", address)] });
        return face;
    }

    /// <summary>One turn, timed and counted.</summary>
    public async Task<IReadOnlyList<UnitVerdict>> TurnAsync(string environment, TurnOptions options, CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        IReadOnlyList<UnitVerdict>? verdicts = null;
        Signs.TurnBegan(environment);
        try
        {
            var progress = new LivingProgress(log.ProgressOf(environment), Signs, environment);
            return verdicts = await controller.Loop.TurnAsync(environment, options, progress, cancellation);
        }
        finally
        {
            Signs.TurnEnded(environment);
            if (!cancellation.IsCancellationRequested)
                _metrics.TurnEnded(environment, clock.GetElapsedTime(began), verdicts);
        }
    }
}
