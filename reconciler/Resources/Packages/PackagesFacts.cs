using Reconciler.Model;

namespace Reconciler.Resources.Packages;

/// <param name="Signature">Size, change time and inode of dpkg's status and apt's lists and settings: equal means nothing changed.</param>
/// <param name="Queried">What was asked about, joined by spaces: facts about other packages say nothing.</param>
/// <param name="RebootRequired">A package left <c>/run/reboot-required</c>.</param>
/// <param name="Installed">By package name; what dpkg does not know is not in it.</param>
/// <param name="Candidates">Version that apt would choose, by package name, of those that git wants the latest of.</param>
/// <param name="Disturbs">What apt's simulation of adding the absent ones would upgrade or remove, each as a phrase; empty where that only adds.</param>
internal sealed record PackagesFacts(
    string Signature,
    string Queried,
    bool RebootRequired,
    IReadOnlyDictionary<string, InstalledPackage> Installed,
    IReadOnlyDictionary<string, string> Candidates,
    IReadOnlyList<string> Disturbs) : ResourceFacts((string?)null)
{
    /// <summary>Installed by the runner, and there still; looked for only where something is pruned.</summary>
    public IReadOnlyList<string> Ours { get; init; } = [];

    /// <summary>The packages that left <c>/run/reboot-required.pkgs</c>, sorted, joined by spaces.</summary>
    public string RebootFor { get; init; } = "";

    /// <summary><c>PRETTY_NAME</c> of os-release; empty where it says none.</summary>
    public string System { get; init; } = "";

    /// <summary>Release of the kernel that runs.</summary>
    public string Kernel { get; init; } = "";

    /// <summary>Another one after each boot (seeds/000: 45: servers are not restarted regularly).</summary>
    public string BootId { get; init; } = "";

    /// <summary>Since the boot; null where it could not be read.</summary>
    public TimeSpan? Up { get; init; }
}

/// <param name="Status">dpkg's two letters: what is wanted (i, h for held) and what is (i, or half-way: U, F, H, W, t).</param>
internal sealed record InstalledPackage(string Version, string Status)
{
    /// <summary>Known to dpkg in more than name and left-over configuration.</summary>
    public bool Unpacked => Status is [_, not ('n' or 'c'), ..];

    public bool Complete => Status is [_, 'i', ..];

    public bool Held => Status is ['h', ..];
}
