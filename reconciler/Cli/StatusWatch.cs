using Reconciler.Journaling;
using Reconciler.Reporting;

namespace Reconciler.Cli;

/// <summary>Shows each report that it is given; what did not change since the one before is up to it.</summary>
internal interface IStatusFace
{
    void Show(StatusReport report, DateTimeOffset now);

    /// <summary>There is no report now, for this reason.</summary>
    void Miss(string why, DateTimeOffset now);

    /// <summary>Leaves the terminal as it was.</summary>
    void Close();
}

/// <summary><c>status --watch</c>: reads the ledger anew each second, beside whoever writes to it, until Ctrl-C.</summary>
internal static class StatusWatch
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    /// <param name="read">As of a time.</param>
    /// <returns>The exit code that plain <c>status</c> would give at the end.</returns>
    /// <exception cref="LedgerException">It cannot be read at the start.</exception>
    public static async Task<int> RunAsync(
        Func<DateTimeOffset, StatusReport> read, IStatusFace face, TimeProvider clock, CancellationToken cancellation)
    {
        // Ctrl-C is listened to from when a command first waits: not only after what it shows first.
        await Task.Yield();
        var code = StatusCommand.CodeOf(read(clock.GetUtcNow()));
        using var timer = new PeriodicTimer(Often, clock);
        try
        {
            do
                code = Look(read, face, clock.GetUtcNow());
            while (await timer.WaitForNextTickAsync(cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C is how it ends.
        }
        catch (IOException)
        {
            // Nobody reads any more: `status --watch | head -1`.
        }
        finally
        {
            face.Close();
        }
        return code;
    }

    private static int Look(Func<DateTimeOffset, StatusReport> read, IStatusFace face, DateTimeOffset now)
    {
        try
        {
            var report = read(now);
            face.Show(report, now);
            return StatusCommand.CodeOf(report);
        }
        catch (LedgerException fault)
        {
            face.Miss(fault.Message, now);
            return ExitCode.Error;
        }
    }
}
