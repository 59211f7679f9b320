namespace Reconciler.Model;

/// <summary>What runs on a server, as last seen (seeds/000: 113-118, 45; seeds/001: 4-13); stable in JSON.</summary>
/// <param name="System"><c>Debian GNU/Linux 12 (bookworm)</c>.</param>
/// <param name="Kernel">Release of the kernel that runs, which may be older than the one that is installed.</param>
/// <param name="Packages">Versions of the packages that git names for it, by name; what is not installed is not in it.</param>
/// <param name="RebootRequired">The packages that ask for a reboot, or none by name; null when no reboot is asked for.</param>
internal sealed record ServerSoftware(
    string? System, string? Kernel, IReadOnlyDictionary<string, string> Packages, IReadOnlyList<string>? RebootRequired)
{
    /// <summary>Another one after each boot.</summary>
    public string? BootId { get; init; }

    /// <summary>When it was booted; null where that could not be seen.</summary>
    public DateTimeOffset? Booted { get; init; }

    /// <summary>Null until they were counted for the first time.</summary>
    public PendingUpgrades? Upgrades { get; init; }
}

/// <summary>What apt would upgrade.</summary>
/// <param name="All">All packages; null when apt could not say.</param>
/// <param name="Security">Those of them that come from the distribution's security archive.</param>
/// <param name="Trouble">Why apt could not say; null when it could.</param>
/// <param name="ListsAt">When the server's package lists last changed: what came out later is not counted.</param>
/// <param name="Signature">What the answer depends on, as it was then; equal means that asking again gives the same.</param>
internal sealed record PendingUpgrades(int? All, int? Security, string? Trouble, DateTimeOffset? ListsAt, string Signature);
