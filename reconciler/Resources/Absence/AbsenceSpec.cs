using Reconciler.Model;

namespace Reconciler.Resources.Absence;

/// <summary>Where no file and no link is to be.</summary>
/// <param name="Path">Absolute.</param>
internal sealed record AbsenceSpec(string Path) : ResourceSpec
{
    /// <summary>We placed it once, and git no longer declares it. (Internal, so that it is no part of a digest.)</summary>
    internal PrunedThing? Pruned { get; init; }

    /// <summary>nginx reads its folder at a reload, so what goes from there goes with its other changes, and is gone when it has reloaded.</summary>
    public bool IsOfNginx => Path.StartsWith("/etc/nginx/", StringComparison.Ordinal);
}

/// <summary>Something that we placed, and that goes only if nobody has changed it since.</summary>
/// <param name="Path">Absolute.</param>
internal sealed record PrunedThing(string Path)
{
    /// <summary>What the link says; null for a file.</summary>
    public string? Target { get; init; }

    /// <summary>No copy of it stays.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Why it may not go; null where it may.</summary>
    public string? Refusal { get; init; }
}
