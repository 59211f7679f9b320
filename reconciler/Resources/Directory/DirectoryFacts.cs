using Reconciler.Model;

namespace Reconciler.Resources.Directory;

/// <param name="Type">As <c>stat -c %F</c> says: <c>directory</c>, <c>symbolic link</c>, <c>regular file</c>.</param>
/// <param name="Mode">Octal with a leading zero: <c>0755</c>.</param>
/// <param name="Owner">By name; <c>UNKNOWN</c> for a number without a name.</param>
internal sealed record DirectoryFacts(string Type, string Mode, string Owner, string Group) : ResourceFacts((string?)null)
{
    /// <summary>There is nothing, and the runner may not make it there.</summary>
    public static DirectoryFacts AbsentOutside(string real) => new("", "", "", "") { Outside = real };

    public bool IsDirectory => Type == "directory";

    public bool IsAbsent => Type == "";

    /// <summary>Its real path, where the runner may not change it; null where it may.</summary>
    public string? Outside { get; init; }
}
