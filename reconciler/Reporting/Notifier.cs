using System.Threading.Channels;
using Reconciler.Journaling;
using Reconciler.Notifying;

namespace Reconciler.Reporting;

/// <summary>One way to people, and what goes there.</summary>
/// <param name="Name">As the settings call it.</param>
/// <param name="Environments">Empty for all.</param>
/// <param name="Heartbeat">A sign of life when nothing was told for so long; null for none.</param>
internal sealed record NoticeRoute(string Name, INoticeChannel Channel, IReadOnlyList<string> Environments, TimeSpan? Heartbeat);

/// <summary>
/// Tells people what fails, and that it works again, beside all turns. What was told is kept in the ledger: a controller that starts anew tells nothing twice.
/// </summary>
/// <param name="failed">Told, in a sentence, when a notice could not be sent.</param>
/// <param name="link">To what is told about an environment; null for no link.</param>
internal sealed class Notifier(
    IReadOnlyList<NoticeRoute> routes, ILedger ledger, TimeProvider clock, Func<string, string?> link, Action<string> failed) : IAsyncDisposable
{
    private const string Repository = "repository";
    private const int MostTries = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);

    private readonly Channel<(NoticeRoute Route, Notice Notice)> _notices = Channel.CreateBounded<(NoticeRoute, Notice)>(
        new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _gate = new();
    private Task? _working;
    private DateTimeOffset? _ledgerTold;

    /// <summary>After a turn.</summary>
    public void Tell(IEnumerable<ApplicationStatus> statuses)
    {
        foreach (var status in statuses)
            Tell($"{status.Environment}/{status.Application}", status.Environment, status.Revision, NoticeRules.Of(status));
    }

    /// <summary>After a look at the repository.</summary>
    /// <param name="trouble">Null when it is in force.</param>
    public void TellOfRepository(string? trouble, string? revision)
    {
        Tell(Repository, null, revision, NoticeRules.Of(trouble));
        lock (_gate)
            foreach (var route in routes.Where(route => route.Heartbeat is not null))
                SignOfLife(route);
    }

    /// <summary>The ledger itself does not answer, or does again: what was told of that, it cannot keep, and each process tells it for itself.</summary>
    /// <param name="trouble">Null when it answers.</param>
    public void TellOfLedger(string? trouble)
    {
        lock (_gate)
        {
            if (_ledgerTold is null == trouble is null)
                return;
            var at = clock.GetUtcNow();
            var since = _ledgerTold ??= at;
            if (trouble is null)
                _ledgerTold = null;
            foreach (var route in routes)
                Queue(route, new(trouble is null ? NoticeEvent.Recovered : NoticeEvent.Failing, "ledger", null, null,
                    trouble ?? "the ledger's database answers again", since, at, [], null));
        }
    }

    private void Tell(string about, string? environment, string? revision, Failing? now)
    {
        lock (_gate)
            foreach (var route in routes.Where(route => environment is null || route.Environments.Count == 0 || route.Environments.Contains(environment)))
            {
                var (subject, at) = ($"notice {route.Name} {about}", clock.GetUtcNow());
                var before = ToldFailure.Parse(ledger.Told(subject));
                var (@event, told) = NoticeRules.Judge(before, now, at);
                if (@event is not { } what)
                    continue;
                ledger.KeepTold(subject, told?.Text ?? "");
                Send(route, new(what, about, environment, revision, now?.Sentence ?? "as git says again, and it works", told?.Since ?? before!.Since, at,
                    now?.GoOn ?? [], environment is null ? null : link(environment)));
            }
    }

    private void SignOfLife(NoticeRoute route)
    {
        var (subject, at) = (LastOf(route), clock.GetUtcNow());
        if (ToldFailure.Parse(ledger.Told(subject))?.SentAt is not { } last)
            ledger.KeepTold(subject, new ToldFailure("-", at, at).Text);
        else if (at - last >= route.Heartbeat)
            Send(route, new(NoticeEvent.Heartbeat, "reconciler", null, null, "it watches, and there was nothing to say", last, at, [], null));
    }

    private void Send(NoticeRoute route, Notice notice)
    {
        if (route.Heartbeat is not null)
            ledger.KeepTold(LastOf(route), new ToldFailure("-", notice.At, notice.At).Text);
        Queue(route, notice);
    }

    private void Queue(NoticeRoute route, Notice notice)
    {
        if (!_notices.Writer.TryWrite((route, notice)))
            failed($"{route.Name}: too many notices wait; one was dropped");
        _working ??= Task.Run(WorkAsync);
    }

    private static string LastOf(NoticeRoute route) => $"notices {route.Name}";

    private async Task WorkAsync()
    {
        await foreach (var (route, notice) in _notices.Reader.ReadAllAsync(_over.Token))
            for (var tries = 1; ; tries++)
            {
                try
                {
                    await route.Channel.SendAsync(notice, _over.Token);
                    break;
                }
                catch (NoticeException fault) when (!fault.IsPassing || tries == MostTries)
                {
                    failed($"{route.Name}: {fault.Message}");
                    break;
                }
                catch (NoticeException)
                {
                    await Task.Delay(FirstPause * (1 << (tries - 1)), clock, _over.Token);
                }
            }
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        if (_working is not null)
            await _working.ContinueWith(_ => { }, TaskScheduler.Default);
        foreach (var channel in routes.Select(route => route.Channel).OfType<IDisposable>())
            channel.Dispose();
        _over.Dispose();
    }
}
