namespace Reconciler.Model;

/// <summary>Who made a commit and what it says. Text comes from strangers: control characters are already replaced by U+FFFD.</summary>
/// <param name="Id">40 lower hex digits (64 in a SHA-256 repository).</param>
/// <param name="Author"><c>Name &lt;address&gt;</c>.</param>
/// <param name="Subject">The first line of its message.</param>
/// <param name="Time">When it was committed, UTC.</param>
internal sealed record CommitInfo(string Id, string Author, string Subject, DateTimeOffset Time);
