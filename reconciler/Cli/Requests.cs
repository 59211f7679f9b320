using System.Text.Json;
using System.Text.Json.Serialization;
using Reconciler.Journaling;
using Reconciler.Turns;

namespace Reconciler.Cli;

/// <summary>What a <c>retry</c> carries besides its subject.</summary>
/// <param name="Heal">Edits on the servers are replaced, for once.</param>
internal sealed record RetryArguments(bool Heal, string? Reason);

/// <summary>What a <c>suspend</c>, <c>resume</c> or <c>hold</c> carries besides its subject.</summary>
/// <param name="Until">When a suspension ends by itself.</param>
internal sealed record PauseArguments(string? Reason, DateTimeOffset? Until);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RetryArguments))]
[JsonSerializable(typeof(PauseArguments))]
internal sealed partial class RequestJson : JsonSerializerContext;

/// <summary>
/// What people ask of a controller at work, as rows of its ledger: taken before a turn, answered after it. Each is taken once: what a
/// controller that died had begun is answered at the next start, not begun again unasked.
/// </summary>
internal sealed class Requests(ILedger ledger, TimeProvider clock)
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    /// <summary>Answers what nobody will answer any more; for a controller that starts, or takes an environment over.</summary>
    /// <param name="about">Null for all.</param>
    public void AnswerAbandoned(string? about = null)
    {
        foreach (var begun in ledger.OpenRequests().Where(request => request.TakenAt is not null && (about is null || request.Environment == about)))
            ledger.CloseRequest(begun.Id, "the controller ended before it was through; "
                + (begun is { Environment: { } environment, Application: { } application }
                    && ledger.WordOf(environment, application) is not null
                    ? "it goes on with it"
                    : "`reconciler status` says where it stands: ask again if need be"));
    }

    /// <summary>Wakes the loop for each new one, once; until cancelled. One that comes during a turn is seen at its end.</summary>
    public async Task WakeAsync(Action wake, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Often, clock);
        for (var last = 0L; await timer.WaitForNextTickAsync(cancellation);)
        {
            if (NewestWaiting() is not { } newest || newest <= last)
                continue;
            last = newest;
            wake();
        }
    }

    /// <summary>Somebody asks about this environment.</summary>
    public bool IsWaiting(string environment) => Retries().Any(request => request.Environment == environment);

    /// <summary>The oldest one about an environment; null when there is none.</summary>
    public Request? Take(string environment) =>
        Retries().FirstOrDefault(request => request.Environment == environment && ledger.TakeRequest(request.Id));

    /// <summary>
    /// What holds from now on, whatever turns are under way: suspending and resuming, and holding a run that only waits. One that acts
    /// takes its hold itself.
    /// </summary>
    public void TakeWords()
    {
        foreach (var request in Waiting().Where(request => request is { Kind: not NewRequest.Retry, Environment: { } about }
            && ledger.Leases.Holds(about)).ToList())
            if (AnswerTo(request) is { } answer && ledger.TakeRequest(request.Id))
                ledger.CloseRequest(request.Id, answer);
    }

    /// <returns>Null when it is left to the run that it is about.</returns>
    private string? AnswerTo(Request request)
    {
        var (pauses, environment) = (new Pauses(ledger), request.Environment!);
        var arguments = JsonSerializer.Deserialize(request.Arguments, RequestJson.Default.PauseArguments);
        var reason = arguments?.Reason ?? "no reason given";
        try
        {
            return request.Kind switch
            {
                NewRequest.Suspend => pauses.Suspend(environment, request.Application, reason, request.By, arguments?.Until),
                NewRequest.Resume => pauses.Resume(environment, request.Application).Sentence,
                NewRequest.Hold when request.Application is { } application =>
                    pauses.Hold(environment, application, reason, request.By, interrupted: false)?.Sentence,
                _ => null,
            };
        }
        catch (IllegalTransitionException)
        {
            // It went on in this very moment: asked again at the next look.
            return null;
        }
    }

    /// <summary>Those about environments that there are not, or of kinds that this version does not know, are answered with just that.</summary>
    public void AnswerImpossible(IReadOnlyList<string> environments)
    {
        foreach (var request in Waiting())
        {
            if (request.Kind is not (NewRequest.Retry or NewRequest.Suspend or NewRequest.Resume or NewRequest.Hold))
                ledger.CloseRequest(request.Id, $"this version does not know `{request.Kind}`");
            else if (request.Environment is null || !environments.Contains(request.Environment))
                ledger.CloseRequest(request.Id,
                    $"there is no environment {request.Environment}; there are {string.Join(", ", environments)}");
        }
    }

    public void Answer(Request request, string outcome) => ledger.CloseRequest(request.Id, outcome);

    /// <summary>How far the turn that it asks for may go.</summary>
    public static TurnOptions OptionsOf(Request request)
    {
        var arguments = JsonSerializer.Deserialize(request.Arguments, RequestJson.Default.RetryArguments);
        return new(DryRun: false, ByPerson: true, HealAll: arguments?.Heal == true)
        {
            Application = request.Application,
            By = $"{request.By}{(arguments?.Reason is { } reason ? $" ({reason})" : "")}, by `retry`,",
        };
    }

    /// <summary>What came of it, from the verdicts of its turn.</summary>
    public static string OutcomeOf(Request request, IReadOnlyList<UnitVerdict> verdicts)
    {
        var about = verdicts.Where(verdict => request.Application is null || verdict.Unit.Application == request.Application).ToList();
        var faults = verdicts.SelectMany(verdict => verdict.Environment.Faults)
            .Where(fault => request.Application is null || fault.Key == request.Application);
        var answers = about.Select(verdict => $"{verdict.Unit.Application}: {verdict.Verdict.Standing}: {verdict.Verdict.Headline}")
            .Concat(faults.Select(fault => $"{fault.Key}: refused: {fault.Value}").Distinct()).ToList();
        return answers.Count == 0 ? $"there is no {request.Application} in {request.Environment}" : string.Join("; ", answers);
    }

    private IEnumerable<Request> Retries() => Waiting().Where(request => request.Kind == NewRequest.Retry);

    private IEnumerable<Request> Waiting() => ledger.OpenRequests().Where(request => request.TakenAt is null);

    private long? NewestWaiting()
    {
        try
        {
            return Waiting().LastOrDefault()?.Id;
        }
        catch (LedgerException)
        {
            // The loop meets the same fault when it writes, and says so.
            return null;
        }
    }
}
