using Reconciler.Documents.Editing;
using Reconciler.Documents.Kinds;
using Reconciler.Git;
using Reconciler.Hosting;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Reporting;
using Reconciler.Turns;
using Reconciler.Watching;
using CodeSource = Reconciler.Documents.Kinds.CodeSource;

namespace Reconciler.Cli;

/// <summary>
/// <c>follow</c>: moves the line that says which commit runs, forward and never over a person's word. What is decided is decided from git and the ledger as they are
/// now, in each look.
/// </summary>
internal sealed class Follower(Controller controller, ControllerSettings settings, TimeProvider clock)
{
    private const string Us = "reconciler <reconciler@localhost>";
    private readonly FollowedLine _line = new(controller.Mirrors.Of(settings.Repository), settings.Folder);

    private ILedger Ledger => controller.Ledger!;

    /// <summary>All that is followed in the environments that are in force.</summary>
    /// <param name="tip">Of the followed branch, as just accepted.</param>
    /// <returns>Whether the desired state has moved.</returns>
    public async Task<bool> FollowAsync(IReadOnlyList<string> environments, string tip, CancellationToken cancellation)
    {
        var moved = false;
        foreach (var environment in environments)
        {
            var documents = await controller.Desired.DocumentsOfAsync(environment, cancellation);
            foreach (var (name, application) in documents.Applications)
                if (application.Application.Value is { Retired: false, Code: { Follow: { } follow } code })
                    moved |= await FollowAsync(new(environment, name, code, follow, tip), cancellation);
                else if (FollowState.Of(Ledger, environment, name) is not null)
                    FollowState.Say(Ledger, environment, name, "");
        }
        return moved;
    }

    private sealed record Followed(string Environment, string Application, CodeSource Code, Follow Follow, string Tip);

    private async Task<bool> FollowAsync(Followed followed, CancellationToken cancellation)
    {
        try
        {
            var (sentence, commit) = await JudgeAsync(followed, cancellation);
            if (commit is not null)
                sentence = await MoveAsync(followed, commit, cancellation);
            FollowState.Say(Ledger, followed.Environment, followed.Application, sentence);
            return commit is not null && followed.Follow.By == FollowBy.Commit;
        }
        catch (Exception fault) when (fault is GitException or GitHostException or EditException)
        {
            FollowState.Say(Ledger, followed.Environment, followed.Application, $"could not move: {fault.Message}");
            return false;
        }
    }

    /// <returns>How it stands, and the commit to move to; null to stay.</returns>
    private async Task<(string, string?)> JudgeAsync(Followed followed, CancellationToken cancellation)
    {
        var (environment, application) = (followed.Environment, followed.Application);
        var what = followed.Follow.Branch ?? followed.Follow.Environment!;
        if (await _line.PersonsAsync(environment, application, followed.Tip, cancellation) is { } person
            && FollowState.StopsAt(Ledger, environment, application, person.Commit))
            return ($"stopped: {person.Author} moved the commit in {person.Commit[..12]}; `reconciler resume {environment} {application}` follows {what} again", null);
        if (await UnsignedAsync(cancellation))
            return ("waits: an environment asks for signed commits (`verify`), and git signs none for this user: set user.signingkey", null);
        if (Ledger.SuspensionOf(environment, application) is not null)
            return ($"waits: {application} is suspended", null);
        if (Ledger.HeldRun(environment, application) is { } held)
            return ($"waits: run {held.Id} is held", null);
        var (candidate, waits) = followed.Follow.Branch is { } branch
            ? (await NewestAsync(followed, branch, cancellation), null) : await ProvenAsync(followed, cancellation);
        if (candidate is null || candidate == followed.Code.Commit)
            return (waits ?? $"follows {what}: nothing newer", null);
        var mirror = controller.Mirrors.Of(followed.Code.Repository);
        if (await mirror.RelationAsync(followed.Code.Commit, candidate, cancellation) != CommitRelation.Forward)
            return ($"waits: {candidate[..12]} of {what} does not descend from {followed.Code.Commit[..12]}; it moves only forward", null);
        if (FailedHere(followed, candidate) is { } failed)
            return ($"waits: {candidate[..12]} was set aside here: {failed}", null);
        if (await RedAsync(followed, candidate, cancellation) is { } checks)
            return ($"waits: {checks}", null);
        return followed.Follow.By == FollowBy.PullRequest && FollowState.Proposed(Ledger, environment, application) == candidate
            ? ($"proposed: {candidate[..12]} of {what}", null) : ("", candidate);
    }

    /// <summary>A commit of ours that is not signed would keep an environment where it is, with all that come after it.</summary>
    private async Task<bool> UnsignedAsync(CancellationToken cancellation)
    {
        foreach (var accepted in Ledger.AllAccepted())
            if ((await controller.Desired.DocumentsOfAsync(accepted.Environment, cancellation)).Environment.Value.Verify is not null)
                return (await new GitProgram(new GitSettings(), clock).RunAsync(
                    new(["config", "--get", "user.signingkey"], TimeSpan.FromSeconds(30)), cancellation)).Text.Length == 0;
        return false;
    }

    private async Task<string> NewestAsync(Followed followed, string branch, CancellationToken cancellation)
    {
        var mirror = controller.Mirrors.Of(followed.Code.Repository);
        await mirror.FetchAsync([branch], cancellation);
        return await mirror.ResolveAsync(branch, cancellation);
    }

    /// <summary>What the other environment runs, healthy for long enough.</summary>
    private async Task<(string?, string?)> ProvenAsync(Followed followed, CancellationToken cancellation)
    {
        var other = followed.Follow.Environment!;
        if (Ledger.LastConverged(other, followed.Application)?.CodeCommit is not { } commit || Ledger.AcceptedIn(other) is null)
            return (null, $"waits: {followed.Application} was never converged in {other}");
        if (commit == followed.Code.Commit)
            return (null, null);
        var unit = (await controller.Desired.InForceAsync(other, cancellation)).Units.FirstOrDefault(unit => unit.Application == followed.Application);
        if (unit is null || Ledger.ReleaseOf(other, followed.Application, commit, unit.BaseDigest)?.HealthySince is not { } since)
            return (null, $"waits: {commit[..12]} is not healthy in {other} yet");
        var due = since + (followed.Follow.After ?? TimeSpan.Zero);
        return due <= clock.GetUtcNow() ? (commit, null)
            : (null, $"waits until {due.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}: {commit[..12]} is healthy in {other} "
                + $"since {since.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}");
    }

    private string? FailedHere(Followed followed, string commit) => Ledger.AllSetAside(followed.Environment)
        .FirstOrDefault(aside => aside.Application == followed.Application && aside.Run is { } run && Ledger.FindRun(run)?.CodeCommit == commit)?.Reason.Split('\n')[0];

    private async Task<string?> RedAsync(Followed followed, string commit, CancellationToken cancellation)
    {
        if (followed.Code.RequiredChecks.Count == 0)
            return null;
        if (controller.Hosts.Find(followed.Code.Repository) is not { } found)
            return $"controller.yaml names no git host for {followed.Code.Repository}, so requiredChecks cannot be read";
        var checks = await found.Host.ChecksAsync(found.Project, commit, followed.Code.RequiredChecks, cancellation);
        var open = checks.Where(check => check.Value != CheckState.Green).Select(check => check.Key).Order(StringComparer.Ordinal).ToList();
        return open.Count == 0 ? null : $"{string.Join(", ", open)} of {commit[..12]} is not green";
    }

    private async Task<string> MoveAsync(Followed followed, string commit, CancellationToken cancellation)
    {
        var (environment, application) = (followed.Environment, followed.Application);
        var subject = $"{application} in {environment}: {followed.Code.Commit[..12]} to {commit[..12]}";
        var proposes = followed.Follow.By == FollowBy.PullRequest;
        var branch = $"reconciler/follow-{environment}-{application}";
        if (proposes && controller.Hosts.Find(settings.Repository) is null)
            return "waits: controller.yaml names no git host for the desired state, so no pull request can be opened";
        var git = new GitProgram(new GitSettings { LocalRepositories = settings.AllowLocalRepositories }, clock);
        var edit = new RepositoryEdit(git, settings.Repository, settings.Branch) { Author = Us, To = proposes ? branch : null, Force = proposes };
        var pushed = await edit.CommitAsync(async (clone, stop) =>
        {
            var desired = await DesiredStateEdit.BeginAsync(clone, settings.Folder, settings.AllowLocalRepositories, stop);
            var file = FollowedLine.PathOf(environment, application);
            // Somebody may have moved it since it was judged: then that is judged first.
            if (desired.Get(file, ReleaseCommands.CommitLine) == followed.Code.Commit)
                desired.Rewrite(file, text => ReleaseCommands.SetCommit(text, commit, file));
            await desired.CheckAsync(stop);
            return FollowedLine.MessageOfFollow(subject, environment, application);
        }, cancellation);
        if (pushed is null)
            return "waits: git has moved meanwhile";
        if (!proposes)
            return $"moved to {commit[..12]} by commit {pushed.Id[..12]}";
        var (host, project) = controller.Hosts.Find(settings.Repository)!.Value;
        var log = await controller.Mirrors.Of(followed.Code.Repository).LogAsync(followed.Code.Commit, commit, 100, cancellation);
        var body = PlanComment.Fenced(string.Join('\n', log.Select(each => $"{each.Id[..12]} {each.Subject}")));
        var where = await host.ProposeAsync(project, branch, settings.Branch, subject, body, cancellation);
        FollowState.KeepProposed(Ledger, environment, application, commit);
        return $"proposed: {commit[..12]}, {where}";
    }
}
