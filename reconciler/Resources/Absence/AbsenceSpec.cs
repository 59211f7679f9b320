using Reconciler.Model;

namespace Reconciler.Resources.Absence;

/// <summary>Where no file and no link is to be.</summary>
/// <param name="Path">Absolute.</param>
internal sealed record AbsenceSpec(string Path) : ResourceSpec
{
    /// <summary>nginx reads its folder at a reload, so what goes from there goes with its other changes, and is gone when it has reloaded.</summary>
    public bool IsOfNginx => Path.StartsWith("/etc/nginx/", StringComparison.Ordinal);
}
