using Reconciler.Model;

namespace Reconciler.Reporting;

/// <summary>
/// What runs on a server, and what is due there, for people (seeds/000: 113-118: "when updates are shown", "System restart
/// required").
/// </summary>
internal static class SoftwareText
{
    /// <summary>What a person has to do sooner or later; null when that is nothing.</summary>
    public static string? Due(ServerSoftware software)
    {
        var due = new[]
        {
            software.RebootRequired is { } packages ? $"a reboot is required{InBrackets(string.Join(", ", packages))}" : null,
            software.Upgrades is { All: not 0 } upgrades ? UpgradesOf(upgrades) : null,
        }.OfType<string>().ToList();
        return due.Count == 0 ? null : string.Join("; ", due);
    }

    /// <summary>All that is known of it, line by line.</summary>
    public static IEnumerable<string> Lines(ServerSoftware software)
    {
        if (software.System is not null || software.Kernel is not null)
            yield return $"{software.System ?? "an unknown system"}, kernel {software.Kernel ?? "unknown"}"
                + (software.Booted is { } booted ? $", up since {Ages.Clock(booted)}" : "");
        if (software.Packages.Count > 0)
            yield return "packages " + string.Join(", ", software.Packages.Select(package => $"{package.Key} {package.Value}"));
        if (software.Upgrades is { All: 0 } none)
            yield return $"no package can be upgraded{ListsOf(none)}";
        if (Due(software) is { } due)
            yield return $"! {due}";
    }

    private static string UpgradesOf(PendingUpgrades upgrades) => upgrades switch
    {
        { All: { } all } =>
            $"{all} {(all == 1 ? "package" : "packages")} can be upgraded, {upgrades.Security} of them for security{ListsOf(upgrades)}",
        _ => $"apt cannot say what could be upgraded: {upgrades.Trouble}",
    };

    private static string ListsOf(PendingUpgrades upgrades) =>
        InBrackets(upgrades.ListsAt is { } at ? $"package lists of {Ages.Clock(at)}" : "");

    private static string InBrackets(string text) => text.Length == 0 ? "" : $" ({text})";
}
