using Reconciler.Model;

namespace Reconciler.Resources.File;

/// <param name="Look">The cheap probe's answer: while it stays the same, so does the rest.</param>
/// <param name="Type">As <c>stat -c %F</c> says: <c>regular file</c>, <c>directory</c>, <c>symbolic link</c>.</param>
/// <param name="Digest">SHA-256 hex of the content; empty for what is no file.</param>
/// <param name="Mode">Octal, four digits: <c>0644</c>.</param>
/// <param name="Placed">The note under which we placed it last, whether or not it is still that; null when we never did.</param>
internal sealed record FileFacts(string Look, string Type, string Digest, string Mode, string Owner, string Group, string? Placed)
    : ResourceFacts(Digest.Length > 0 ? Digest : null)
{
    /// <summary>Its real path, where the runner may not change it; null where it may.</summary>
    public string? Outside { get; init; }

    public bool IsAbsent => Type == "";

    public bool IsFile => Digest.Length > 0;

    public override bool EditedByHand => Placed is not null && Placed != Digest;
}
