using System.Globalization;

namespace Reconciler.Cli;

/// <summary>What a daemon says: each thing once, and again only when it changes.</summary>
/// <param name="stamped">With the time before each line, RFC 3339: for logs. Somebody at a terminal has a clock.</param>
internal sealed class Said(TextWriter writer, TimeProvider clock, bool stamped)
{
    private readonly Dictionary<string, string> _last = [];
    private readonly Lock _gate = new();

    /// <param name="key">What must change for it to be said again; the sentence without it.</param>
    /// <param name="below">Lines that belong to it.</param>
    public void Say(string about, string sentence, string? key = null, IReadOnlyList<string>? below = null)
    {
        lock (_gate)
        {
            key ??= string.Join('\n', [sentence, .. below ?? []]);
            if (_last.GetValueOrDefault(about) == key)
                return;
            _last[about] = key;
            Line($"{about}: {sentence}");
            foreach (var line in (below ?? []).SelectMany(text => text.Split('\n')))
                Line($"{about}:   {line}");
        }
    }

    private void Line(string text) => writer.WriteLine(
        stamped ? $"{clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss'Z'", CultureInfo.InvariantCulture)} {text}" : text);
}
