using Reconciler.Model;

namespace Reconciler.Resources.Absence;

/// <summary>What stands where nothing is to be.</summary>
/// <param name="Type">As <c>stat -c %F</c> says: <c>symbolic link</c>, <c>directory</c>, <c>regular file</c>.</param>
internal sealed record AbsenceFacts(string Type) : ResourceFacts((string?)null)
{
    /// <summary>A file or a link: of anything else no copy could be kept.</summary>
    public bool MayGo => Type is "symbolic link" or "regular file" or "regular empty file";

    /// <summary>It is as we placed it; asked of what is pruned.</summary>
    public bool IsOurs { get; init; }

    /// <summary>Its real path, where the runner may not change it; null where it may.</summary>
    public string? Outside { get; init; }
}
