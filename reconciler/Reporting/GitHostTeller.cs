using System.Collections.Concurrent;
using System.Threading.Channels;
using Reconciler.Hosting;
using Reconciler.Journaling;

namespace Reconciler.Reporting;

/// <summary>
/// Writes statuses and comments at git hosts, each only when it has changed, one after the other beside all turns: a git host that is down delays nothing and
/// breaks nothing. Of what could not be written only the newest is tried again.
/// </summary>
/// <param name="failed">Told once for each fault that is new, in a sentence; and null when it is over.</param>
internal sealed class GitHostTeller(ILedger ledger, TimeProvider clock, Action<string?> failed) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(3);

    private readonly ConcurrentDictionary<string, Telling> _newest = new();
    private readonly Channel<string> _subjects = Channel.CreateUnbounded<string>(new() { SingleReader = true });
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _gate = new();
    private Task? _working;

    /// <param name="Content">What would be written, as text: written again only when this has changed.</param>
    /// <param name="Write">Gives what is to be known of it later, the comment's id for one; empty for nothing.</param>
    private sealed record Telling(string Content, Func<string?, CancellationToken, Task<string>> Write);

    /// <summary>Puts a status beside a commit.</summary>
    public void Tell(IGitHost host, ProjectAddress project, string commit, CommitStatus status) =>
        Tell($"status {project} {commit} {status.Context}", $"{status.State} {status.Link} {status.Description}", async (_, cancellation) =>
        {
            await host.SetStatusAsync(project.Path, commit, status, cancellation);
            return "";
        });

    /// <summary>Puts our one comment below a request.</summary>
    public void Tell(IGitHost host, ProjectAddress project, long number, string tag, string body) =>
        Tell($"comment {project} {number}", body, async (known, cancellation) =>
            $"{await host.CommentAsync(project.Path, number, tag, body, long.TryParse(known, out var id) ? id : null, cancellation)}");

    private void Tell(string subject, string content, Func<string?, CancellationToken, Task<string>> write)
    {
        _newest[subject] = new(content, write);
        _subjects.Writer.TryWrite(subject);
        lock (_gate)
            _working ??= Task.Run(WorkAsync);
    }

    private async Task WorkAsync()
    {
        var failures = 0;
        var refused = new HashSet<string>();
        await foreach (var subject in _subjects.Reader.ReadAllAsync(_over.Token))
        {
            try
            {
                await WriteAsync(subject);
                if ((refused.Remove(subject) || failures > 0) && refused.Count == 0)
                    failed(null);
                failures = 0;
            }
            catch (Exception fault) when (fault is GitHostException or LedgerException)
            {
                failed(fault.Message);
                // What was refused once is asked for again when there is something new to tell.
                if (fault is GitHostException { Failure: not (GitHostFailure.Unreachable or GitHostFailure.RateLimited) })
                {
                    refused.Add(subject);
                    continue;
                }
                _subjects.Writer.TryWrite(subject);
                await Task.Delay(PauseAfter(failures++, (fault as GitHostException)?.Until), clock, _over.Token);
            }
        }
    }

    private async Task WriteAsync(string subject)
    {
        if (!_newest.TryRemove(subject, out var telling))
            return;
        // The id of what was written stands before the digest of what was written.
        var (known, digest) = ledger.Told(subject)?.Split(' ') is [var id, var before] ? (id, before) : (null, null);
        var now = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(telling.Content)));
        if (digest == now)
            return;
        try
        {
            ledger.KeepTold(subject, $"{await telling.Write(known, _over.Token)} {now}");
        }
        catch (Exception fault) when (fault is GitHostException or LedgerException)
        {
            // Something newer may have come meanwhile.
            _newest.TryAdd(subject, telling);
            throw;
        }
    }

    private TimeSpan PauseAfter(int failures, DateTimeOffset? until)
    {
        var pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(failures, 10)));
        return until - clock.GetUtcNow() is { } longer && longer > pause ? TimeSpan.FromTicks(Math.Min(longer.Ticks, TimeSpan.FromHours(1).Ticks)) : pause;
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        if (_working is not null)
            await _working.ContinueWith(_ => { }, TaskScheduler.Default);
        _over.Dispose();
    }
}
