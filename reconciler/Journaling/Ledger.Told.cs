namespace Reconciler.Journaling;

internal sealed partial class Ledger
{
    private static readonly TimeSpan ToldFor = TimeSpan.FromDays(90);

    public string? Told(string subject) =>
        One("SELECT content FROM told WHERE subject = @subject", row => row.Text(0), ("@subject", subject));

    public void KeepTold(string subject, string content)
    {
        Put(null, "told", "subject", ("subject", subject), ("content", content), ("at", Now));
        _store.Execute("DELETE FROM told WHERE at < @before", ("@before", _clock.GetUtcNow() - ToldFor));
    }
}
