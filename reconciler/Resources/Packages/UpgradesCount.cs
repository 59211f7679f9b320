using System.Globalization;
using System.Text.RegularExpressions;
using Reconciler.Model;

namespace Reconciler.Resources.Packages;

/// <summary>
/// How many packages could be upgraded, and how many of them for security ("when updates are shown", seeds/000: 113). Nothing
/// that Debian leaves lying says it, and what Ubuntu leaves (<c>updates-available</c>) is prose in the server's language: so
/// apt simulates an upgrade, which writes nothing and costs the server about 0.7 s of one core. It is asked only when dpkg's
/// record, apt's lists or its settings changed since the answer that the ledger keeps: as a rule once a day, after the lists
/// came in, and once after an upgrade; a look where nothing changed starts no process.
/// </summary>
internal static partial class UpgradesCount
{
    /// <summary>New packages are allowed, or kernels would be kept back; what is held does not count.</summary>
    public static Probe Probe { get; } = new("""
        export LC_ALL=C
        apt-get -s -qq -o Debug::NoLocking=1 --with-new-pkgs upgrade 2>&1 | grep -E '^(Inst|E:) '
        echo end

        """);

    /// <summary>
    /// Size and time of what the answer depends on. Without the inodes of <see cref="PackagesFacts.Signature"/>: a server that
    /// was restored from a copy of its files need not be asked again.
    /// </summary>
    public static string SignatureOf(PackagesFacts facts) => Inode().Replace(facts.Signature, ";");

    /// <returns>Null when the answer was cut off: it is asked again.</returns>
    public static PendingUpgrades? Read(PackagesFacts facts, string output)
    {
        var lines = output.Split('\n');
        if (!lines.Contains("end"))
            return null;
        var trouble = lines.FirstOrDefault(line => line.StartsWith("E: ", StringComparison.Ordinal))?[3..];
        // "Inst NAME [OLD] (NEW ORIGIN:RELEASE/SUITE, ... [ARCHITECTURE])"; without [OLD] it comes along, and is no upgrade.
        var upgrades = lines.Where(line => Upgrade().IsMatch(line)).ToList();
        return new(trouble is null ? upgrades.Count : null, trouble is null ? upgrades.Count(IsSecurity) : null, trouble, ListsAt(facts),
            SignatureOf(facts));
    }

    /// <summary>
    /// Debian: <c>Debian-Security:12/oldstable-security</c>; Ubuntu: <c>Ubuntu:24.04/noble-security</c>, also UbuntuESM.
    /// </summary>
    private static bool IsSecurity(string line) => SecurityArchive().IsMatch(line);

    /// <summary>The lists are the second thing in the signature; dpkg's record, the first, is always there.</summary>
    private static DateTimeOffset? ListsAt(PackagesFacts facts) =>
        facts.Signature.Split(';').ElementAtOrDefault(1)?.Split(',') is [_, var time, _]
        && double.TryParse(time, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;

    [GeneratedRegex(",[0-9]+;")]
    private static partial Regex Inode();

    [GeneratedRegex(@"^Inst [^ ]+ \[")]
    private static partial Regex Upgrade();

    [GeneratedRegex(@"\(.*[:/][^ ,]*-security[ ,)\]]")]
    private static partial Regex SecurityArchive();
}
