namespace Reconciler.Remote;

/// <summary>What came back for one probe.</summary>
internal abstract record ProbeAnswer
{
    /// <summary>Its stdout, whole. What is not UTF-8 is U+FFFD.</summary>
    public sealed record Output(string Text) : ProbeAnswer;

    /// <summary>No answer to rely on: <paramref name="Why"/> is a sentence for a person.</summary>
    public sealed record Missing(string Why) : ProbeAnswer;
}
