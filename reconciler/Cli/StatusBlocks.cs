using System.Text.Json;
using Reconciler.Reporting;

namespace Reconciler.Cli;

/// <summary>For a file or a pipe: a block when something changed; that time passes is no change.</summary>
internal sealed class StatusBlocks(TextWriter writer) : IStatusFace
{
    private string? _last;

    public void Show(StatusReport report, DateTimeOffset now) =>
        Write(TextOf(report, now, ages: false), () => TextOf(report, now, ages: true), now);

    public void Miss(string why, DateTimeOffset now) => Write(why, () => $"{why}\n", now);

    public void Close() => writer.Flush();

    public static string TextOf(StatusReport report, DateTimeOffset now, bool ages)
    {
        using var text = new StringWriter { NewLine = "\n" };
        new StatusText(text, now, ages).Write(report);
        return text.ToString();
    }

    private void Write(string key, Func<string> text, DateTimeOffset now)
    {
        if (key == _last)
            return;
        if (_last is not null)
            writer.Write('\n');
        _last = key;
        writer.Write($"--- {Ages.Clock(now)}\n{text()}");
        writer.Flush();
    }
}

/// <summary>One JSON document per line, when something changed; that the same was seen once more is no change.</summary>
internal sealed class StatusLines(TextWriter writer) : IStatusFace
{
    private static readonly StatusJson Compact = new(new JsonSerializerOptions(StatusJson.Default.Options) { WriteIndented = false });

    private string? _last;

    public void Show(StatusReport report, DateTimeOffset now)
    {
        var key = LineOf(Undated(report));
        if (key == _last)
            return;
        _last = key;
        writer.Write($"{LineOf(report)}\n");
        writer.Flush();
    }

    /// <summary>A line of another shape would break whoever reads them: the next report says how it went on.</summary>
    public void Miss(string why, DateTimeOffset now) => Console.Error.WriteLine($"reconciler: {why}");

    public void Close() => writer.Flush();

    private static string LineOf(StatusReport report) => JsonSerializer.Serialize(report, Compact.StatusReport);

    private static StatusReport Undated(StatusReport report) => report with
    {
        Repository = report.Repository is { } look ? look with { LookedAt = default, RetriesAt = null } : null,
        Applications = [.. report.Applications.Select(status => status with { Verified = null })],
        Servers = [.. report.Servers.Select(server => server with { Verified = null })],
    };
}
