using System.Globalization;

namespace Reconciler.Rotating;

/// <summary>One thing to change after a suspected breach; stable in JSON.</summary>
/// <param name="Band">high, medium or lower (seeds/000: 197-212).</param>
/// <param name="Task">What an acknowledgement names: a secret as <c>rotate</c> takes it, or one of the fixed ones.</param>
/// <param name="What">For a person who may object: what it is, and by what that was told.</param>
/// <param name="Proof">Why it is done; null while it is open.</param>
internal sealed record BreachTask(string Band, string Task, string What, string? Proof)
{
    /// <summary>What to type; null where no command does it.</summary>
    public string? Command { get; init; }

    /// <summary>What a person does; null where the command is all.</summary>
    public string? Person { get; init; }

    /// <summary>The line for <c>ENVIRONMENT/acknowledgements.yaml</c> that says that a person has done it, or that it need not be
    /// done.</summary>
    public required string Acknowledgement { get; init; }

    public bool Open => Proof is null;

    /// <summary>As acknowledgements name it: <c>breach:TASK@TIME</c>, which holds for this breach and no later one.</summary>
    public static string SubjectOf(string task, DateTimeOffset since) => $"breach:{task}@{TimeOf(since)}";

    public static string AcknowledgementOf(string task, DateTimeOffset since)
    {
        var name = string.Concat(task.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
        name = $"breach-{since.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}-{name}";
        return $"{name[..Math.Min(63, name.Length)].TrimEnd('-')}: {{gates: [breach], for: \"{SubjectOf(task, since)}\", reason: \"WHO"
            + $" did WHAT\"}}";
    }

    public static string TimeOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <summary>What a ledger knows of a secret.</summary>
/// <param name="ChangedAt">When its value was first in force in place of another; null when that was never seen.</param>
/// <param name="FallbacksEmpty">For Django's key: none of before counts any more; true where none is declared.</param>
internal sealed record KnownSecret(DateTimeOffset? ChangedAt, bool FallbacksEmpty);
