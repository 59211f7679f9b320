using System.Globalization;
using Reconciler.Reporting;
using Reconciler.Turns;

namespace Reconciler.Cli;

/// <summary>Names of what a daemon says, in <c>event</c> of a JSON log: stable, so that people may search and alarm by them.</summary>
internal static class LogEvents
{
    public const string Listening = "listening";
    public const string Revision = "revision-in-force";
    public const string RepositoryTrouble = "repository-trouble";
    public const string GitHostTrouble = "git-host-trouble";
    public const string NoticeNotSent = "notice-not-sent";
    public const string RequestTaken = "request-taken";
    public const string Verdict = "verdict";
    public const string Refused = "refused";
    public const string TurnBrokeOff = "turn-broke-off";
    public const string Plan = "plan";
    public const string PhaseBegan = "phase-began";
    public const string StepEnded = "step-ended";
    public const string PhaseEnded = "phase-ended";
    public const string RunFoundOpen = "run-found-open";
    public const string RunFailed = "run-failed";
    public const string Converged = "converged";
    public const string LeaseTaken = "lease-taken";
    public const string HeldElsewhere = "held-elsewhere";
    public const string LedgerTrouble = "ledger-trouble";
    public const string Stopped = "stopped";
    public const string GaveUp = "gave-up";
}

/// <summary>One thing that the daemon says.</summary>
/// <param name="About"><c>reconciler</c>, an environment, or ENVIRONMENT/APPLICATION.</param>
/// <param name="Below">Lines that belong to it.</param>
internal sealed record LogEntry(string Event, string About, string Sentence, IReadOnlyList<string> Below)
{
    /// <summary>Somebody should look at it.</summary>
    public bool Warning { get; init; }

    /// <summary>What a machine reads rather than the sentence.</summary>
    public IReadOnlyList<(string Name, object Value)> Fields { get; init; } = [];
}

/// <summary>Where the daemon's words go.</summary>
internal interface IDaemonLog
{
    void Write(LogEntry entry);

    /// <summary>For what happens within a turn.</summary>
    ITurnProgress ProgressOf(string environment);
}

/// <summary>Lines for people.</summary>
/// <param name="stamped">With the time before each line, RFC 3339: for logs. Somebody at a terminal has a clock.</param>
internal sealed class TextLog(TextWriter writer, TimeProvider clock, bool stamped) : IDaemonLog
{
    private readonly Lock _gate = new();

    public void Write(LogEntry entry)
    {
        lock (_gate)
        {
            Line($"{entry.About}: {entry.Sentence}");
            foreach (var line in entry.Below.SelectMany(text => text.Split('\n')))
                Line($"{entry.About}:   {line}");
        }
    }

    public ITurnProgress ProgressOf(string environment) => new ConsoleProgress(writer, clock, environment);

    private void Line(string text)
    {
        foreach (var line in text.Split('\n'))
            writer.WriteLine(stamped
                ? $"{clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss'Z'", CultureInfo.InvariantCulture)} {Printable.Line(line)}"
                : Printable.Line(line));
    }
}

/// <summary>What servers and git print may hold escape sequences and forged lines.</summary>
internal static class Printable
{
    /// <summary>With U+FFFD in the place of whatever acts, hides or turns the direction of writing; the tab stays.</summary>
    public static string Line(string text) => Visible.Of(text);
}
