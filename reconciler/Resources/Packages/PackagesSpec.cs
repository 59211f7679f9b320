using Reconciler.Model;

namespace Reconciler.Resources.Packages;

/// <summary>All apt packages that git names for one server: one resource, because apt decides about them together.</summary>
/// <param name="Packages">Sorted by name, each name once.</param>
internal sealed record PackagesSpec(ValueList<WantedPackage> Packages) : ResourceSpec
{
    /// <summary>
    /// Packages that the runner installed and git no longer names are removed, at most so many percent of all that it installed at once; null: they stay.
    /// </summary>
    public int? PruneAtMost { get; init; }
}

/// <param name="Name">A Debian package name, without architecture: <c>[a-z0-9][a-z0-9+.-]+</c>.</param>
/// <param name="Version">The whole Debian version (<c>1.22.1-9+deb12u1</c>); set exactly when <see cref="PackageState.Pinned"/>.</param>
internal sealed record WantedPackage(string Name, PackageState State, string? Version = null);

internal enum PackageState
{
    /// <summary>Installed, in whatever version.</summary>
    Present,

    /// <summary>Installed in exactly this version.</summary>
    Pinned,

    /// <summary>Installed in the version that apt would choose from the package lists on the server.</summary>
    Latest,

    /// <summary>Installed in whatever version, and marked so that apt upgrades it for nobody.</summary>
    Held,
}
