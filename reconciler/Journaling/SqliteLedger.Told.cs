namespace Reconciler.Journaling;

internal sealed partial class SqliteLedger
{
    private static readonly TimeSpan ToldFor = TimeSpan.FromDays(90);

    public string? Told(string subject) =>
        One("SELECT content FROM told WHERE subject = $subject", row => row.Text(0), ("$subject", subject));

    public void KeepTold(string subject, string content)
    {
        _database.Execute("INSERT OR REPLACE INTO told VALUES ($subject, $content, $at)", ("$subject", subject), ("$content", content), ("$at", Now));
        _database.Execute("DELETE FROM told WHERE at < $before", ("$before", _clock.GetUtcNow() - ToldFor));
    }
}
