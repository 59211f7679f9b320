namespace Reconciler.Git;

/// <summary>One call of the git program.</summary>
/// <param name="Arguments">A list, never a shell string.</param>
/// <param name="Deadline">After it the process and its children are killed.</param>
internal sealed record GitCall(IReadOnlyList<string> Arguments, TimeSpan Deadline)
{
    /// <summary>Runs there; the root folder otherwise, so that no repository around the caller has a say.</summary>
    public string Folder { get; init; } = "/";

    /// <summary>Besides those of every call.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Writes git's stdin; without it, stdin is empty.</summary>
    public Func<Stream, CancellationToken, Task>? Input { get; init; }

    /// <summary>Reads git's stdout; without it, stdout is collected into the answer.</summary>
    public Func<Stream, CancellationToken, Task>? Output { get; init; }
}

/// <param name="Output">Stdout, where the call did not read it itself.</param>
/// <param name="Error">The last part of stderr: no control characters, no credentials in addresses.</param>
internal sealed record GitAnswer(int ExitCode, byte[] Output, string Error)
{
    /// <summary>Stdout as UTF-8 without the final newline.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Output).TrimEnd('\n');
}
