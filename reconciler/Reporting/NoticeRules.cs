using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Reconciler.Notifying;

namespace Reconciler.Reporting;

/// <summary>What is wrong with something that people are told about.</summary>
/// <param name="Key">What must change for it to be another failure: neither times nor counts are part of it.</param>
internal sealed record Failing(string Key, string Sentence, IReadOnlyList<string> GoOn);

/// <summary>What was told of a failure that goes on.</summary>
internal sealed record ToldFailure(string Key, DateTimeOffset Since, DateTimeOffset SentAt)
{
    public string Text => string.Join(' ', Key, Since.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        SentAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));

    /// <returns>Null for what is none.</returns>
    public static ToldFailure? Parse(string? text) =>
        text?.Split(' ') is [var key, var since, var sent] && long.TryParse(since, CultureInfo.InvariantCulture, out var began)
        && long.TryParse(sent, CultureInfo.InvariantCulture, out var at)
            ? new(key, DateTimeOffset.FromUnixTimeMilliseconds(began), DateTimeOffset.FromUnixTimeMilliseconds(at)) : null;
}

/// <summary>When people are told (conventions: "Notifications").</summary>
internal static class NoticeRules
{
    /// <summary>The same failure is told again after this long.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromHours(1);

    /// <summary>First failure at once, the same one each hour at most, another one at once; recovery clears it.</summary>
    /// <returns>What is told, if anything, and what is known from now on.</returns>
    public static (NoticeEvent? Event, ToldFailure? Told) Judge(ToldFailure? before, Failing? now, DateTimeOffset at) => (before, now) switch
    {
        (null, null) => (null, null),
        (null, { } first) => (NoticeEvent.Failing, new(first.Key, at, at)),
        ({ }, null) => (NoticeEvent.Recovered, null),
        ({ } told, { } same) when told.Key == same.Key && at - told.SentAt < Again => (null, told),
        ({ } told, { } other) => (NoticeEvent.Failing, new(other.Key, told.Since, at)),
    };

    /// <summary>What waits for a person, or does not work. A gate, a suspension, drift that is only reported are nothing that failed.</summary>
    public static Failing? Of(ApplicationStatus status)
    {
        var ready = status.Of("Ready");
        var failed = status.Of("Stalled")?.Status == "True" || status.Health == Health.Degraded
            || ready?.Reason is "Failed" or "ChecksFail" or "MaintenanceOverdue";
        if (!failed || ready is null)
            return null;
        var sentence = (status.Fault ?? ready.Message).Split('\n')[0];
        return new(KeyOf($"{ready.Reason} {sentence}"), sentence, [.. status.GoOn.Select(way => $"{way}")]);
    }

    /// <summary>The desired state cannot be read, or is refused.</summary>
    public static Failing? Of(string? trouble) => trouble is null ? null : new(KeyOf(trouble), trouble.Split('\n')[0], []);

    private static string KeyOf(string text) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(new string([.. text.Select(c => char.IsAsciiDigit(c) ? '#' : c)]))))[..16];
}
