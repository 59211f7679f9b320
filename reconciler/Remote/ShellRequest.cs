namespace Reconciler.Remote;

/// <summary>One script to run on a server.</summary>
/// <param name="Script">POSIX sh. It runs in a subshell whose stdin is exactly the payload; what it leaves unread is drained.</param>
/// <param name="Deadline">From the moment it is sent until its end marker must have arrived.</param>
internal sealed record ShellRequest(string Script, TimeSpan Deadline)
{
    public IReadOnlyList<PayloadContent> Payload { get; init; } = [];

    /// <summary>Gives up earlier when nothing at all arrives for this long; null: only the deadline counts.</summary>
    public TimeSpan? Silence { get; init; }

    /// <summary>It will be asked again and again: the open session keeps the script, so that later only a short call travels.</summary>
    public KeptScript? Kept { get; private init; }

    /// <inheritdoc cref="ShellRequest(string, TimeSpan)"/>
    public string Script
    {
        get => Kept?.Text ?? field;
        init;
    } = Script;

    /// <summary>A script that is kept.</summary>
    public static ShellRequest Of(KeptScript script, TimeSpan deadline) => new("", deadline) { Kept = script };
}

/// <summary>What a script printed on stdout, and its exit code.</summary>
/// <param name="Output">Raw bytes, capped.</param>
/// <param name="Truncated">More was printed than the cap; the rest was read and thrown away.</param>
internal sealed record ShellReply(int ExitCode, ReadOnlyMemory<byte> Output, bool Truncated)
{
    /// <summary>The output as text; what is not UTF-8 becomes U+FFFD.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Output.Span);
}
