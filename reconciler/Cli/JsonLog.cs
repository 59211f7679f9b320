using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Planning;
using Reconciler.Turns;

namespace Reconciler.Cli;

/// <summary>One JSON object in each line: <c>time</c> (UTC), <c>level</c>, <c>event</c>, <c>environment</c>, <c>application</c>,
/// <c>message</c>, and more by event.</summary>
internal sealed class JsonLog(TextWriter writer, TimeProvider clock) : IDaemonLog
{
    private readonly Lock _gate = new();

    public void Write(LogEntry entry)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            Write(json, entry);
        lock (_gate)
            writer.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    public ITurnProgress ProgressOf(string environment) => new JsonProgress(this, environment);

    private void Write(Utf8JsonWriter json, LogEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("time", clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        json.WriteString("level", entry.Warning ? "warning" : "info");
        json.WriteString("event", entry.Event);
        if (entry.About != Said.Ourselves)
        {
            var about = entry.About.Split('/', 2);
            json.WriteString("environment", Printable.Line(about[0]));
            if (about.Length > 1)
                json.WriteString("application", Printable.Line(about[1]));
        }
        json.WriteString("message", Printable.Line(entry.Sentence.Split('\n')[0]));
        foreach (var (name, value) in entry.Fields)
            WriteField(json, name, value);
        var below = entry.Sentence.Split('\n').Skip(1).Concat(entry.Below.SelectMany(text => text.Split('\n'))).ToList();
        if (below.Count > 0)
        {
            json.WriteStartArray("detail");
            foreach (var line in below)
                json.WriteStringValue(Printable.Line(line).Replace('\t', ' '));
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteField(Utf8JsonWriter json, string name, object value)
    {
        if (value is double number)
            json.WriteNumber(name, Math.Round(number, 3));
        else if (value is int count)
            json.WriteNumber(name, count);
        else if (value is bool yes)
            json.WriteBoolean(name, yes);
        else
            json.WriteString(name, Printable.Line($"{value}"));
    }
}

/// <summary>The running commentary as JSON: what <see cref="ConsoleProgress"/> says, in the same order.</summary>
internal sealed class JsonProgress(IDaemonLog log, string environment) : ITurnProgress
{
    public void Planned(ExpandedEnvironment expanded, Unit unit, Plan plan)
    {
        using var text = new StringWriter { NewLine = "\n" };
        new Reporting.PlanText(text).Write(plan, "");
        Write(LogEvents.Plan, unit.Application, $"{plan.Steps.Count} steps to converge", text.ToString()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries),
            [("revision", expanded.Revision), .. unit.CodeCommit is { } commit ? [("commit", commit)] : Array.Empty<(string, object)>(),
                ("steps", plan.Steps.Count), ("interim", plan.IsInterim)]);
    }

    public void PhaseBegan(Phase phase, int steps) =>
        Write(LogEvents.PhaseBegan, null, $"{phase}", [], [("phase", phase), ("steps", steps)]);

    public void StepBegan(Step step)
    {
    }

    public void StepEnded(Step step, string how, TimeSpan took, string? detail) =>
        Write(LogEvents.StepEnded, step.Resource.Application, step.Summary, detail is null ? [] : [detail],
        [
            ("phase", step.Phase), ("server", step.Resource.Server), ("resource", $"{step.Resource.Kind}/{step.Resource.Name}"),
                ("outcome", how),
            ("seconds", took.TotalSeconds),
        ]);

    public void PhaseEnded(Phase phase, TimeSpan took) =>
        Write(LogEvents.PhaseEnded, null, $"{phase}", [], [("phase", phase), ("seconds", took.TotalSeconds)]);

    public void Failed(ExpandedEnvironment expanded, Unit unit, string sentence) =>
        log.Write(new(LogEvents.RunFailed, $"{environment}/{unit.Application}", sentence, []) { Warning = true });

    public void Uncovered(ExpandedEnvironment expanded, Unit unit, TimeSpan covered)
    {
    }

    public void Converged(ExpandedEnvironment expanded, Unit unit, TimeSpan took, TimeSpan? covered) =>
        Write(LogEvents.Converged, unit.Application, $"{unit.Application} converged", [],
            [("revision", expanded.Revision), ("seconds", took.TotalSeconds),
                .. covered is { } time ? [("coveredSeconds", time.TotalSeconds)] : Array.Empty<(string, object)>()]);

    private void Write(string name, string? application, string sentence, IReadOnlyList<string> below,
        IReadOnlyList<(string, object)> fields) =>
        log.Write(new(name, application is null ? environment : $"{environment}/{application}", sentence, below) { Fields = fields });
}
