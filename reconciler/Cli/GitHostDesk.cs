using Reconciler.Git;
using Reconciler.Hosting;
using Reconciler.Journaling;
using Reconciler.Reporting;
using Reconciler.Serving;
using Reconciler.Turns;
using Reconciler.Watching;

namespace Reconciler.Cli;

/// <summary>All that passes between a daemon and git hosts: webhooks in; commit statuses, plans of requests and what is followed out.</summary>
internal sealed class GitHostDesk : IAsyncDisposable
{
    private readonly Controller _controller;
    private readonly ControllerSettings _settings;
    private readonly IDaemonLog _log;
    private readonly TimeProvider _clock;
    private readonly GitHostTeller _teller;
    private readonly (IGitHost Host, string Project)? _host;
    private readonly Proposals? _proposals;
    private readonly Lock _gate = new();
    private IReadOnlyList<FollowedRepository> _followed = [];
    private Task _asking = Task.CompletedTask;
    private Task _following = Task.CompletedTask;
    private readonly Follower _follower;
    private readonly Dictionary<string, string?> _trouble = [];
    private DateTimeOffset _askNotBefore;

    public GitHostDesk(Controller controller, ControllerSettings settings, IDaemonLog log, TimeProvider clock)
    {
        (_controller, _settings, _log) = (controller, settings, log);
        _clock = clock;
        _teller = new(controller.Ledger!, clock, trouble => Say("telling", trouble));
        _follower = new(controller, settings, clock);
        _host = controller.Hosts.Find(settings.Repository);
        if (Project is { } project)
        {
            _followed = [new(project, [settings.Branch])];
            if (_host is { } known)
                _proposals = new(known.Host, project, settings.Branch, controller.Desired, controller.Proposed, _teller,
                    PlanComment.TagOf(controller.Ledger!.Id), settings.Pages, clock);
        }
    }

    private ProjectAddress? Project => _controller.Hosts.ProjectOf(_settings.Repository);

    /// <returns>Null where none are to be taken.</returns>
    /// <exception cref="ServingException">Nobody can listen there.</exception>
    /// <exception cref="UsageException">Of no webhook could be told whether it is about the followed repository.</exception>
    public async Task<HttpFace?> ListenAsync()
    {
        if (_settings.Webhook is not { } webhook)
            return null;
        if (Project is null)
            throw new UsageException($"webhook: {_settings.Repository} names no project of a git host; say in the settings file which one it is: "
                + $"gitHosts: {{HOST: {{repositories: {{OWNER/NAME: \"{_settings.Repository}\"}}}}}}");
        // A secret that is not to be had is told at the start, not at the first push.
        TokenFile.Read(webhook.SecretFile, "webhooks");
        var face = await HttpFace.ListenAsync(webhook.Listen,
            new Webhooks(() => TokenFile.Read(webhook.SecretFile, "webhooks"), () => _followed, _controller.Desired.FetchNow));
        _log.Write(new(LogEvents.Listening, Said.Ourselves, $"{Webhooks.Path} is answered on {webhook.Listen}", []) { Fields = [("address", webhook.Listen)] });
        return face;
    }

    public string? PlanOf(long request) => _proposals?.PageOf(request);

    /// <summary>After a look at the repository: what is followed now, what is refused, which requests are open.</summary>
    /// <remarks>
    /// Where several controllers share the ledger, each tells of its own environments; requests are planned and commented on by the one that holds
    /// <see cref="HeldLease.Repository"/>, be it against servers of an environment that another works on. A webhook wakes the controller that it reaches.
    /// </remarks>
    /// <param name="ours">Environments that this controller works on.</param>
    public async Task LookedAsync(DesiredStateLook look, IReadOnlyList<string> ours, CancellationToken cancellation)
    {
        lock (_gate)
            // A commit of ours would not contain what the repository lacks.
            if (_following.IsCompleted && look.Revision is { } now && look is { Refused: null, Ahead: null })
                _following = FollowAsync(ours, now, cancellation);
        if (Project is not { } project)
            return;
        _followed = [new(project, [_settings.Branch]), .. await CodeAsync(look.Environments, cancellation)];
        if (_host is not { } known || look.Ahead is not null)
            return;
        if (look.Refused is { } refused)
            foreach (var environment in look.Unsigned.Count > 0 ? look.Unsigned.Keys.Intersect(ours) : ours)
                _teller.Tell(known.Host, project, refused, EnvironmentCommitStatus.Refused(
                    environment, look.Unsigned.GetValueOrDefault(environment) ?? look.Trouble ?? "refused", LinkOf(environment)));
        else if (look.Revision is { } revision)
            foreach (var environment in ours)
                Begun(environment, revision);
        lock (_gate)
            if (_asking.IsCompleted && _controller.Ledger!.Leases.Holds(HeldLease.Repository) && _clock.GetUtcNow() >= _askNotBefore && look.Revision is { } tip && look.Refused is null)
                _asking = AskAsync(tip, look.Environments, ours, cancellation);
    }

    /// <summary>The applications' repositories: a push there may be what a gate waits for, or what is followed.</summary>
    private async Task<List<FollowedRepository>> CodeAsync(IReadOnlyList<string> environments, CancellationToken cancellation)
    {
        var code = new List<FollowedRepository>();
        foreach (var environment in environments)
        {
            try
            {
                foreach (var application in (await _controller.Desired.DocumentsOfAsync(environment, cancellation)).Applications.Values)
                    if (_controller.Hosts.ProjectOf(application.Application.Value.Code.Repository) is { } its)
                        code.Add(new(its, application.Application.Value.Code.Branches));
            }
            catch (Exception fault) when (fault is InvalidOperationException or GitException)
            {
                // Its turn says what is wrong with it.
            }
        }
        return code;
    }

    /// <summary>Before the first turn with a revision.</summary>
    private void Begun(string environment, string revision)
    {
        if (_host is not { } known || Project is not { } project)
            return;
        var last = _controller.Ledger!.Told(SubjectOf(environment))?.Split(' ');
        if (last is [var same, ..] && same == revision)
            return;
        if (last is [var before, nameof(StatusState.Pending)])
            _teller.Tell(known.Host, project, before, EnvironmentCommitStatus.Superseded(environment, revision, LinkOf(environment)));
        Keep(environment, revision, known.Host, project, EnvironmentCommitStatus.Begun(environment, LinkOf(environment)));
    }

    /// <summary>After a turn: how the environment stands, and what open requests would do there.</summary>
    public async Task TurnEndedAsync(
        string environment, IReadOnlyList<UnitVerdict> verdicts, IReadOnlyList<ApplicationStatus> statuses, CancellationToken cancellation)
    {
        if (_host is not { } known || Project is not { } project)
            return;
        if (verdicts is [{ Environment.Revision: { } revision }, ..])
            Keep(environment, revision, known.Host, project, EnvironmentCommitStatus.Of(environment, statuses, LinkOf(environment)));
        if (_proposals is not null)
            await _proposals.PlanAsync(environment, cancellation);
    }

    private void Keep(string environment, string revision, IGitHost host, ProjectAddress project, CommitStatus status)
    {
        var content = $"{revision} {status.State}";
        if (_controller.Ledger!.Told(SubjectOf(environment)) != content)
            _controller.Ledger.KeepTold(SubjectOf(environment), content);
        _teller.Tell(host, project, revision, status);
    }

    private async Task AskAsync(string tip, IReadOnlyList<string> environments, IReadOnlyList<string> ours, CancellationToken cancellation)
    {
        try
        {
            if (await _proposals!.LookAsync(tip, environments, cancellation))
                _controller.Desired.LookNow();
            foreach (var environment in environments.Except(ours))
                await _proposals.PlanAsync(environment, cancellation);
            Say("asking", null);
        }
        catch (Exception fault)
        {
            _askNotBefore = (fault as GitHostException)?.Until ?? default;
            if (!cancellation.IsCancellationRequested)
                Say("asking", fault.Message);
        }
    }

    private async Task FollowAsync(IReadOnlyList<string> environments, string tip, CancellationToken cancellation)
    {
        try
        {
            if (await _follower.FollowAsync(environments, tip, cancellation))
                _controller.Desired.LookNow();
        }
        catch (Exception fault)
        {
            if (!cancellation.IsCancellationRequested)
                Say("following", $"what is followed could not be judged: {fault.Message}");
        }
    }

    /// <param name="what">That goes wrong, or right again: each is told for itself.</param>
    private void Say(string what, string? trouble)
    {
        lock (_gate)
        {
            if (_trouble.GetValueOrDefault(what) == trouble)
                return;
            _trouble[what] = trouble;
        }
        _log.Write(new(LogEvents.GitHostTrouble, Said.Ourselves, trouble is null ? $"git host: {what} works again" : $"git host: {trouble}", [])
        {
            Warning = trouble is not null,
        });
    }

    private static string SubjectOf(string environment) => $"begun {environment}";

    private string? LinkOf(string environment) => _settings.PageOf(environment);

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_asking, _following).ContinueWith(_ => { }, TaskScheduler.Default);
        await _teller.DisposeAsync();
    }
}
