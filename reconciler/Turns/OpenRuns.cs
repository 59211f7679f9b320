using Reconciler.Converging;
using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Model;

namespace Reconciler.Turns;

/// <summary>Runs that are not over: what became of their steps is asked, and each comes to its end once that is known (safety.md, "A controller that starts").</summary>
internal sealed class OpenRuns(IntentSettler settler, ServerFences fences, ILedger ledger, ServerAddresses addresses)
{
    /// <inheritdoc cref="UnitTurn.SettleAsync"/>
    public async Task<string?> SettleAsync(ExpandedEnvironment environment, CancellationToken cancellation)
    {
        string? unsettled = null;
        await fences.TellAsync(environment.Name, addresses.Of(environment).Values, cancellation);
        foreach (var open in ledger.OpenRuns().Where(run => run.Environment == environment.Name))
        {
            var silent = new HashSet<string>();
            if (await settler.SettleAsync(open.Id, addresses.Of(environment), cancellation, server => silent.Add(server)) is { } why)
            {
                ledger.LeaveOpen(open.Id, why);
                if (!MayGoWithout(environment, open, silent))
                    unsettled = $"run {open.Id} has not ended: {why}";
            }
            else if (open.State == RunState.Running)
                ForgetUntold(open);
        }
        return unsettled;
    }

    /// <inheritdoc cref="IntentSettler.AskAgainAsync"/>
    public Task<string?> AskAgainAsync(ExpandedEnvironment environment, LeftOut left, CancellationToken cancellation) =>
        settler.AskAgainAsync(environment.Name, ledger.StepsGivenUp(left), addresses.Of(environment), cancellation);

    /// <inheritdoc cref="ILedger.TakeIn"/>
    public void TakeIn(LeftOut left) => ledger.TakeIn(left.Environment, left.Application, left.Server);

    /// <summary>A fresh observation shows what git says: what a dead controller left open, or a person held and mended by hand, is over.</summary>
    public void Close(ExpandedEnvironment environment, Unit unit)
    {
        if (ledger.OpenRun(environment.Name, unit.Application) is { } left)
            GiveUpOnMissing(environment, unit, left);
        var unsettled = ledger.OpenIntents().Select(step => step.Operation.Run).ToHashSet();
        if (ledger.OpenRun(environment.Name, unit.Application) is { } open && !unsettled.Contains(open.Id))
        {
            if (IsUncovering(open))
                ledger.MoveRun(open.Id, unit.Missing.Count == 0 ? RunState.Succeeded : RunState.Incomplete, $"{open.Reason}\nA fresh observation shows that it is gone");
            else
                ledger.MoveRun(open.Id, open.State == RunState.Waiting ? RunState.Withdrawn : RunState.Failed,
                open.State == RunState.Waiting ? "git no longer asks for it" : "its controller ended in the middle; a fresh observation shows what git says");
            // Its time was promised for a change that does not come; the next one gets a notice of its own.
            ledger.WithdrawAnnouncement(environment.Name, unit.Application);
        }
        if (ledger.HeldRun(environment.Name, unit.Application) is { } held && !unsettled.Contains(held.Id))
            ledger.MoveRun(held.Id, RunState.Superseded, "a fresh observation shows what git says");
    }

    /// <summary>What was announced does not come: its run is over, and users are no longer promised anything.</summary>
    public void GiveUp(ExpandedEnvironment environment, Unit unit, string why)
    {
        if (ledger.OpenRun(environment.Name, unit.Application) is { State: RunState.Waiting } waiting)
            ledger.MoveRun(waiting.Id, RunState.Withdrawn, $"what was announced does not come: {why}");
        ledger.WithdrawAnnouncement(environment.Name, unit.Application);
    }

    /// <summary>
    /// A run that a controller left open (it died, it waits) gives way, once it is known what became of its steps. One that is held does not: it stays
    /// in force beside the new one until that has succeeded.
    /// </summary>
    /// <param name="waited">The one that waited for just this, and goes on; null when none did.</param>
    /// <param name="cause">Of the new one.</param>
    /// <returns>Why it cannot give way yet; null when none is in the way.</returns>
    public async Task<string?> EndAsync(
        ExpandedEnvironment environment, Unit unit, Run? waited, string cause, bool isNew, CancellationToken cancellation)
    {
        var open = ledger.OpenRun(environment.Name, unit.Application);
        if (open is not null)
            GiveUpOnMissing(environment, unit, open);
        var missing = unit.Missing.Select(server => server.Name).ToHashSet();
        foreach (var left in ledger.LeftOut(environment.Name, unit.Application).Where(left => environment.Servers.ContainsKey(left.Server) && !missing.Contains(left.Server)))
            if (unit.Alone?.Contains(left.Server) != false && await AskAgainAsync(environment, left, cancellation) is { } unasked)
                return unasked;
        foreach (var run in new[] { open, ledger.HeldRun(environment.Name, unit.Application) }.OfType<Run>())
            if (await settler.SettleAsync(run.Id, addresses.Of(environment), cancellation) is { } unsettled)
                return $"run {run.Id} has not ended: {unsettled}";
        // Held before anything was stopped: nothing is left that a new run would have to finish.
        if (isNew && ledger.HeldRun(environment.Name, unit.Application) is { } early && RunHold.IsBeforeCover(early))
            ledger.MoveRun(early.Id, RunState.Superseded, "another run took over");
        if (open is null || open.Id == waited?.Id)
            return null;
        if (open.State == RunState.Waiting)
            ledger.MoveRun(open.Id, RunState.Superseded, $"another run took over: {cause}");
        else if (BeganMigrating(open) is { } migration)
            ledger.MoveRun(open.Id, RunState.Held, $"{(IsUncovering(open) ? open.Reason : "its controller ended in the middle")}; begun: {migration}. There is no way back, it can only be finished.");
        else
            ledger.MoveRun(open.Id, RunState.Failed, "it was left in the middle (its controller ended, or a server was lost); the next turn goes on from what it sees");
        return null;
    }

    /// <summary>All that is left of it is to take the page away.</summary>
    public bool IsUncovering(Run open) => open is { State: RunState.Running, FailedIn: Phase.Uncover }
        && ledger.SetAsideAs(open.Environment, open.Application, open.Digest) is null;

    /// <summary>
    /// All that is not known of it is what became of steps on servers that do not answer and may be missed; whether they really may the look after this decides.
    /// </summary>
    private bool MayGoWithout(ExpandedEnvironment environment, Run open, HashSet<string> silent) =>
        silent.Count <= environment.Policy.MaxUnavailable
        && ledger.OpenIntents().Where(step => step.Operation.Run == open.Id).All(step => silent.Contains(step.Resource.Split('/')[0]) && step.Phase != Phase.Migrate);

    /// <summary>What became of steps on servers that a unit goes without is asked when they are back.</summary>
    private void GiveUpOnMissing(ExpandedEnvironment environment, Unit unit, Run open)
    {
        var intents = ledger.OpenIntents().Where(step => step.Operation.Run == open.Id).Select(step => step.Resource.Split('/')[0]).ToHashSet();
        foreach (var server in unit.Missing.Where(server => !server.Answers && intents.Contains(server.Name)))
            ledger.LeaveOut(environment.Name, unit.Application, server.Name, open.Digest, server.Why);
        settler.GiveUp(open.Id, unit.Missing.Where(server => !server.Answers).Select(server => server.Name).ToHashSet());
    }

    /// <summary>
    /// The time of a notice is noted before it goes up. If the controller died in between, not all users were promised anything, and are told a time still to
    /// come.
    /// </summary>
    private void ForgetUntold(Run open)
    {
        if (ledger.AnnouncementFor(open.Environment, open.Application) is not { } announced)
            return;
        var telling = ledger.Runs(open.Environment, open.Application, most: 20)
            .SelectMany(run => ledger.Steps(run.Id))
            .Where(step => step.Phase == Phase.Announce && step.SettledAt >= announced.AnnouncedAt)
            .GroupBy(step => (step.Resource, step.Summary), step => step.State is StepState.Verified or StepState.Lost).ToList();
        if (telling.Count == 0 || telling.Exists(step => !step.Contains(true)))
            ledger.WithdrawAnnouncement(open.Environment, open.Application);
    }

    /// <summary>The journal alone remembers it: once a migration is through, nothing on the server says which run began it.</summary>
    private string? BeganMigrating(Run run) => ledger.Steps(run.Id)
        .FirstOrDefault(step => step.Phase == Phase.Migrate && step.State is not (StepState.Skipped or StepState.NotStarted))?.Summary;
}
