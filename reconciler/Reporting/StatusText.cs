namespace Reconciler.Reporting;

/// <summary>Status for people: a line for each application, and below it what needs attention.</summary>
internal static class StatusText
{
    public static void Write(TextWriter writer, IReadOnlyList<ApplicationStatus> all, DateTimeOffset now)
    {
        if (all.Count == 0)
            writer.WriteLine("nothing was observed yet");
        foreach (var status in all)
        {
            var ready = status.Of("Ready");
            writer.WriteLine($"{status.Environment}/{status.Application}".PadRight(26) + $"{status.Sync,-10} {status.Health,-10} "
                + $"{status.Commit?[..12] ?? "-",-12}  seen {Age(now, status.Verified)} ago");
            if (ready is { Status: not "True" })
                WriteMessage(writer, ready);
            if (status.WaitsUntil is { } until)
                writer.WriteLine($"  waits until {until:yyyy-MM-dd HH:mm:ss}Z");
            foreach (var difference in status.Differences.Take(20))
                writer.WriteLine($"  {difference.Server}: {difference.Sentence}");
            foreach (var ailment in status.Ailments)
                writer.WriteLine($"  ! {ailment}");
        }
    }

    /// <summary>The sentence, and below it what was printed.</summary>
    private static void WriteMessage(TextWriter writer, Condition ready)
    {
        var lines = ready.Message.Split('\n');
        writer.WriteLine($"  {ready.Reason}: {lines[0]}");
        foreach (var line in lines.Skip(1))
            writer.WriteLine($"    | {line}");
    }

    private static string Age(DateTimeOffset now, DateTimeOffset? then) => (now - then) switch
    {
        null => "never",
        { TotalSeconds: < 90 } age => $"{age.TotalSeconds:0} s",
        { TotalMinutes: < 90 } age => $"{age.TotalMinutes:0} min",
        { } age => $"{age.TotalHours:0} h",
    };
}
