using System.Text.Json;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Reporting;
using Reconciler.Rotating;
using Reconciler.Secrets;
using Reconciler.Turns;

namespace Reconciler.Cli;

/// <summary>
/// From a new value at its source to one in force: by the watch that runs, on a person's word as <c>retry</c> gives it; where none does,
/// by a
/// turn of this process.
/// </summary>
internal sealed class RotationTurn(ControllerSettings settings, string environment, SecretName name)
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(500);

    /// <summary>What was just started is not yet well, and is no reason.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(1);
    private readonly TimeProvider _clock = TimeProvider.System;

    /// <summary>Null: every application, for others read the secret too.</summary>
    public string? Application { get; set; } = name.Application;

    private string Subject => Application is null ? environment : $"{environment} {Application}";

    /// <summary>What to type when this process ends early: what stands at the source is what counts.</summary>
    public string GoOn => settings.Ledger.HolderOf(environment, TimeProvider.System) is { Command: LedgerHolder.Watch }
        ? $"reconciler retry {Subject}" : $"reconciler converge {Subject}";

    /// <summary>Before anything is touched: whatever would keep the new value from being put into force.</summary>
    /// <returns>Why it cannot be waited for, though it may be put at its source; null when it can.</returns>
    /// <exception cref="RequestException">It must not be touched now.</exception>
    /// <param name="anyway">A person says so although the application does not work.</param>
    public string? Hindrance(bool anyway)
    {
        if (settings.Ledger.HolderOf(environment, TimeProvider.System) is { Command: not LedgerHolder.Watch } other)
            throw new RequestException($"{other} is at work with the ledger in {settings.Ledger}: wait until it has ended; nothing was"
                + $" changed");
        try
        {
            using var ledger = settings.Ledger.OpenForReading(_clock);
            if (ledger.HeldRun(environment, name.Application) is { } held)
                throw new RequestException($"{name.Application} in {environment} is held since {held.StartedAt:yyyy-MM-dd HH:mm} UTC:"
                    + $" `reconciler status {environment}` says how to go on; "
                    + "rotate when that is through, nothing was changed");
            if (!anyway && AilmentIn(ledger) is { } ailment)
                throw new RequestException($"{name.Application} in {environment} does not work as it is ({ailment}), and a rotation ends only when its pages "
                    + "answer: mend that first, or say --anyway; nothing was changed");
            if (ledger.SuspensionOf(environment, name.Application) is { } suspension)
                return $"{environment} is suspended ({suspension.Reason}): `reconciler resume {environment}` lifts it";
            return ledger.AdmissionOf(environment) is null ? $"{environment} was never converged: the first converge is a person's" : null;
        }
        catch (LedgerException fault) when (fault.Fault == LedgerFault.Missing)
        {
            return $"no controller ever ran with the ledger in {settings.Ledger}";
        }
    }

    private string? AilmentIn(ILedgerReader ledger) => ledger.AllStatus()
        .Where(snapshot => snapshot.Environment == environment && snapshot.Application == name.Application)
        .Select(snapshot => StatusBuilder.Of(snapshot))
        .Where(status => status is { Health: Health.Degraded }).Select(status => status!.Of("Ready"))
        .FirstOrDefault(ready => ready?.LastTransitionTime < _clock.GetUtcNow() - Settling)?.Message.Split('\n')[0];

    /// <param name="progress">Of a turn of this process.</param>
    /// <returns>What became of it: a sentence and an exit code.</returns>
    public async Task<(string Said, int Code)> PutInForceAsync(
        IReadOnlyList<SecretReference> secrets, SecretValue wanted, ITurnProgress progress, CancellationToken cancellation) =>
        settings.Ledger.HolderOf(environment, TimeProvider.System) is { Command: LedgerHolder.Watch } watch
            ? await AskAsync(watch, secrets, wanted, cancellation)
            : await TurnAsync(secrets, wanted, progress, cancellation);

    /// <summary>That PostgreSQL takes the new password, of the login that has it now, and refuses the old one.</summary>
    public async Task<IReadOnlyList<ProvenLogin>> ProveAsync(SecretSubject subject, Credentials fresh, Credentials old,
        CancellationToken cancellation)
    {
        await using var controller = Controller.OpenForLooking(settings, _clock, "rotate");
        await controller.Desired.LookAsync(cancellation);
        var desired = await controller.Desired.InForceAsync(environment, cancellation);
        return await new PasswordProof(new(Path.Combine(settings.State, "ssh")), new(settings.Identity))
            .ProveAsync(desired, Rotation.ReferenceOf(environment, subject.Name), subject.Databases, fresh, old, cancellation);
    }

    private async Task<(string, int)> AskAsync(
        LedgerHolder watch, IReadOnlyList<SecretReference> secrets, SecretValue wanted, CancellationToken cancellation)
    {
        var arguments = JsonSerializer.Serialize(new(false, $"rotate {name}"), RequestJson.Default.RetryArguments);
        var id = settings.Ledger.Ask(
            new(NewRequest.Retry, environment, Application, arguments, RetryCommand.Who), _clock);
        using var ledger = settings.Ledger.OpenForReading(_clock);
        using var timer = new PeriodicTimer(Often, _clock);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            var request = ledger.Requests(200).FirstOrDefault(each => each.Id == id);
            if (AreInForce(ledger, secrets, wanted))
                return ($"in force, by {watch}", ExitCode.Done);
            if (request?.DoneAt is not null)
                return ($"not in force: {request.Outcome}", ExitCode.HeldOrWaiting);
            if (settings.Ledger.HolderOf(environment, TimeProvider.System) is not { Command: LedgerHolder.Watch })
                return ("not in force yet: the watch ended meanwhile", ExitCode.HeldOrWaiting);
        }
        throw new OperationCanceledException(cancellation);
    }

    private async Task<(string, int)> TurnAsync(
        IReadOnlyList<SecretReference> secrets, SecretValue wanted, ITurnProgress progress, CancellationToken cancellation)
    {
        await using var controller = Controller.Open(settings, _clock, "rotate", environment);
        await controller.Desired.LookAsync(cancellation);
        var options = new TurnOptions(DryRun: false, ByPerson: true, HealAll: false)
        {
            By = $"{RetryCommand.Who}, by `rotate`,", Application = Application, LeavesOthers = true,
        };
        var verdicts = await controller.Loop.TurnAsync(environment, options, progress, cancellation);
        if (AreInForce(controller.Ledger!, secrets, wanted))
            return ("in force", ExitCode.Done);
        var verdict = verdicts.Where(each => Application is null || each.Unit.Application == Application)
            .OrderBy(each => each.Verdict.Standing is Standing.Synced or Standing.Drifted).FirstOrDefault();
        var why = verdict is null
            ? verdicts.SelectMany(each => each.Environment.Faults).FirstOrDefault(fault => fault.Key == name.Application).Value ?? "it"
                + " could not be looked at"
            : $"{verdict.Verdict.Standing}: {verdict.Verdict.Headline}";
        return ($"not in force: {why}", verdict?.Verdict.Standing is Standing.Deferred or Standing.Held ? ExitCode.HeldOrWaiting
            : ExitCode.Error);
    }

    private static bool AreInForce(ILedgerReader ledger, IReadOnlyList<SecretReference> secrets, SecretValue wanted)
    {
        var digest = KeyedDigest.Of(ledger.DigestKey, wanted.Reveal());
        var known = ledger.SecretsInForce(secrets[0].File.Environment).ToDictionary(each => each.Secret, each => each.Digest);
        return secrets.All(secret => known.GetValueOrDefault(secret) == digest);
    }
}
