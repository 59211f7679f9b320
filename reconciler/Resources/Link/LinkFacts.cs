using Reconciler.Model;

namespace Reconciler.Resources.Link;

/// <param name="Target">What the link says; null when something real stands there.</param>
/// <param name="Type">As <c>stat -c %F</c> says: <c>symbolic link</c>, <c>directory</c>, <c>regular file</c>.</param>
internal sealed record LinkFacts(string? Target, string Type) : ResourceFacts(Target)
{
    /// <summary>There is nothing, and the runner may not make it there.</summary>
    public static LinkFacts AbsentOutside(string real) => new(null, "") { Outside = real };

    public bool IsAbsent => Type == "";

    /// <summary>Its real path, where the runner may not change it; null where it may.</summary>
    public string? Outside { get; init; }
}
