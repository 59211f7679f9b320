namespace Reconciler.Cli;

/// <summary>What a daemon says: each thing once, and again only when it changes.</summary>
internal sealed class Said(IDaemonLog log)
{
    /// <summary>What is about no environment.</summary>
    public const string Ourselves = "reconciler";

    private readonly Dictionary<string, string> _last = [];
    private readonly Lock _gate = new();

    /// <param name="key">What must change for it to be said again; the sentence with all below it, without it.</param>
    public void Say(LogEntry entry, string? key = null)
    {
        lock (_gate)
        {
            key ??= string.Join('\n', [entry.Sentence, .. entry.Below]);
            if (_last.GetValueOrDefault(entry.About) == key)
                return;
            _last[entry.About] = key;
            log.Write(entry);
        }
    }
}
