using System.Text.Json.Serialization;

namespace Reconciler.Cli.Doctor;

[JsonConverter(typeof(JsonStringEnumConverter<Level>))]
internal enum Level
{
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>It works, and somebody should look at it.</summary>
    [JsonStringEnumMemberName("warn")]
    Warn,

    [JsonStringEnumMemberName("fail")]
    Fail,
}

/// <summary>What the doctor found out about one thing.</summary>
/// <param name="Subject">The thing: <c>git</c>, <c>staging/web1 clock</c>.</param>
/// <param name="Fix">What to do, with the command to type; null when all is well.</param>
internal sealed record Finding(Level Level, string Subject, string Message, string? Fix)
{
    public static Finding Ok(string subject, string message) => new(Level.Ok, subject, message, null);

    public static Finding Warn(string subject, string message, string fix) => new(Level.Warn, subject, message, fix);

    public static Finding Fail(string subject, string message, string fix) => new(Level.Fail, subject, message, fix);

    /// <summary>One line.</summary>
    public override string ToString() =>
        Printable.Line($"{$"{Level}".ToLowerInvariant(),-4}  {Subject}: {Message}{(Fix is null ? "" : $": {Fix}")}".Replace('\n', ' '));
}
