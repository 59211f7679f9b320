using Reconciler.Reporting;
using Reconciler.Serving;
using Reconciler.Turns;

namespace Reconciler.Cli;

/// <summary>A controller at work, with what it says, what is counted, and how it is asked after.</summary>
internal sealed class Daemon(Controller controller, ControllerSettings settings, IDaemonLog log, TimeProvider clock)
{
    private readonly TurnMetrics _metrics = new(controller.Ledger!, clock);

    public Controller Controller => controller;

    public TimeProvider Clock => clock;

    public Said Said { get; } = new(log);

    /// <summary>What git hosts are told, and tell.</summary>
    public GitHostDesk Desk { get; } = new(controller, settings, log, clock);

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
