using System.Text.RegularExpressions;
using Reconciler.Git;
using Reconciler.Model;

namespace Reconciler.Watching;

/// <summary>Django's migrations, by their place: <c>.../APP/migrations/NNNN_name.py</c>.</summary>
internal static partial class MigrationFiles
{
    public static IReadOnlyList<MigrationFile> In(IReadOnlyList<TreeEntry> entries) =>
    [
        .. entries.Where(entry => entry.IsFile)
            .Select(entry => Place().Match(entry.Path))
            .Where(match => match.Success)
            .Select(match => new MigrationFile(match.Groups["app"].Value, match.Groups["name"].Value, match.Value))
            .OrderBy(migration => migration.Application, StringComparer.Ordinal)
            .ThenBy(migration => migration.Name, StringComparer.Ordinal),
    ];

    [GeneratedRegex(@"^(.*/)?(?<app>[^/]+)/migrations/(?<name>\d{4}_\w+)\.py\z")]
    private static partial Regex Place();
}
