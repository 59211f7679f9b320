namespace Reconciler.Journaling;

/// <summary>A person's word that nothing is to be changed for a time.</summary>
/// <param name="Application">Null for the whole environment.</param>
/// <param name="Until">When it ends by itself; null when it does not.</param>
internal sealed record Suspension(string Environment, string? Application, string Reason, string By, DateTimeOffset At,
    DateTimeOffset? Until)
{
    /// <summary>What lifts it.</summary>
    public string Lift => $"reconciler resume {Environment}{(Application is null ? "" : $" {Application}")}";

    public override string ToString() =>
        $"suspended by {By} since {At:yyyy-MM-ddTHH:mm:ssZ}{(Until is { } until ? $" until {until:yyyy-MM-ddTHH:mm:ssZ}" : "")}: {Reason}";
}
