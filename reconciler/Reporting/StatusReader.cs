using Reconciler.Journaling;
using Reconciler.Model;

namespace Reconciler.Reporting;

/// <summary>Puts together from the ledger what <c>status</c> says, beside whoever works with it.</summary>
/// <param name="holder">Who works with it now.</param>
/// <param name="interval">Between two looks: an older verdict is none.</param>
internal sealed class StatusReader(ILedgerReader ledger, LedgerHolder? holder, DateTimeOffset now, TimeSpan interval)
{
    private readonly IReadOnlyList<HeldLease>? _leases = ledger.LeasesHeld();

    private const int MostRequests = 20;
    private const int MostAnswers = 5;
    private static readonly TimeSpan AnswersStayFor = TimeSpan.FromMinutes(10);

    // Who types `status` twice in a row reads the same twice.
    private static readonly TimeSpan ShownStayFor = TimeSpan.FromMinutes(1);

    /// <param name="environment">Null for all.</param>
    public StatusReport Read(string? environment) => new(
        holder is null ? null : new(holder.Command, holder.ProcessId, holder.Host, holder.Since),
        StatusBuilder.LookFromJson(ledger.LastLook()?.Body),
        [
            .. ledger.AllStatus()
                .Where(snapshot => environment is null || snapshot.Environment == environment)
                .Select(snapshot => StatusBuilder.FromJson(snapshot.Body)?.AsOf(now, interval))
                .OfType<ApplicationStatus>()
                .Select(status => Covered(Suspended(status) with { Run = RunOf(status), Follow = FollowOf(status) })),
        ],
        [
            .. WithoutOldAnswers(ledger.Requests(MostRequests).Where(request => environment is null || request.Environment == environment))
                .Select(request => new RequestStatus(
                    request.Id, request.Kind, request.Environment, request.Application, request.By, request.At, request.TakenAt, request.DoneAt, request.Outcome)),
        ])
    {
        Servers = ServersOf(environment),
        Leases = _leases?.Where(lease => lease.Environment.Length > 0 && (environment is null || lease.Environment == environment))
            .Select(lease => new LeaseStatus(lease.Environment, lease.Holder.Name, lease.Holder.Command, lease.Number, lease.Since)).ToList(),
    };

    /// <summary>Newest first, as they came.</summary>
    private IEnumerable<Request> WithoutOldAnswers(IEnumerable<Request> requests)
    {
        var answers = 0;
        return requests.Where(request => request.DoneAt is not { } done
            || (now - done <= AnswersStayFor && !IsRead(request) && ++answers <= MostAnswers));
    }

    private bool IsRead(Request request) => request.ShownAt is { } shown && now - shown > ShownStayFor;

    public IReadOnlyList<ServerStatus> ServersOf(string? environment) =>
    [
        .. ledger.ServersSeen(environment)
            .Select(seen => new ServerStatus(seen.Environment, seen.Server, seen.Address, seen.Roles, seen.VerifiedAt, seen.Trouble)
            {
                Software = seen.Software,
            }.AsOf(now, interval)),
    ];

    private string? FollowOf(ApplicationStatus status) =>
        ledger.Told($"follow {status.Environment}/{status.Application}") is { Length: > 0 } said ? said : null;

    /// <summary>As the ledger has it now: the verdict may be from before, or the time over since.</summary>
    private ApplicationStatus Suspended(ApplicationStatus status)
    {
        if (ledger.SuspensionOf(status.Environment, status.Application) is { } one)
            return status with { Health = Health.Suspended, Suspended = new(one.By, one.Reason, one.At, one.Until, one.Lift) };
        return status.Of("Ready")?.Reason == "Suspended" ? status with { Health = Health.Unknown } : status;
    }

    /// <summary>Whose users see the maintenance page of a run is not well, whatever was seen before that run.</summary>
    private static ApplicationStatus Covered(ApplicationStatus status) => status is { Health: Health.Healthy, Run: { CoveredSince: not null } run }
        ? status with { Health = run.State == "Running" ? Health.Progressing : Health.Degraded }
        : status;

    private RunStatus? RunOf(ApplicationStatus status)
    {
        var (environment, application) = (status.Environment, status.Application);
        if ((ledger.OpenRun(environment, application) ?? ledger.HeldRun(environment, application)) is not { } run)
            return null;
        var steps = ledger.Steps(run.Id);
        var open = steps.Where(step => step.State == StepState.Intended).ToList();
        var phase = (run.State == RunState.Held ? run.FailedIn : null)
            ?? (open.FirstOrDefault() ?? (steps.Count > 0 ? steps[^1] : null))?.Phase ?? run.Phase;
        return new(run.Id, StateOf(run, open), run.StartedAt, phase?.ToString(),
            CoveredStretch.Since(steps, CoveredStretch.FoundBy(run, steps, ledger)),
            [.. open.Select(step => new RunningStep(step.Resource.Split('/')[0], step.Summary, step.IntentAt))], run.Reason)
        {
            Next = run.State == RunState.Running && ledger.AcceptedIn(environment)?.Revision is { } newest && newest != run.Revision ? newest : null,
        };
    }

    /// <summary>One that was left open does nothing: it is to end as soon as a server says what became of its last step.</summary>
    private string StateOf(Run run, IReadOnlyList<StepRecord> open) => run.State != RunState.Running ? $"{run.State}"
        : run.Reason is not null && run.FailedIn != Phase.Uncover && open.Count > 0 ? RunStatus.WaitsForServer
        : (_leases is null ? holder is null : _leases.All(lease => lease.Environment != run.Environment)) ? "Interrupted"
        : "Running";
}
