using System.Text.Json;
using Reconciler.Model;

namespace Reconciler.Journaling;

internal sealed partial class SqliteLedger
{
    private const string SeenColumns =
        "server, application, kind, name, wanted, marker, seen_at, synced_at, synced_wanted, differs_since, cause";
    private const string ServerColumns = "environment, server, address, roles, looked_at, verified_at, trouble, software";

    public IReadOnlyList<SeenResource> Seen(string environment, string application) => _database.Query(
        $"SELECT {SeenColumns} FROM seen WHERE environment = $environment AND application = $application ORDER BY server, kind, name",
        row => new SeenResource(new(row.Text(0), row.Text(1), row.Text(2), row.Text(3)), row.Text(4), row.TextOrNull(5), row.Time(6),
            row.TimeOrNull(7), row.TextOrNull(8), row.TimeOrNull(9), row.NameOrNull<DriftCause>(10)),
        ("$environment", environment), ("$application", application));

    public void SaveSeen(string environment, string application, IReadOnlyCollection<SeenResource> seen) => _database.Transact(() =>
    {
        _database.Execute("DELETE FROM seen WHERE environment = $environment AND application = $application",
            ("$environment", environment), ("$application", application));
        foreach (var one in seen)
            _database.Execute(
                $"""
                INSERT INTO seen (environment, {SeenColumns})
                VALUES ($environment, $server, $application, $kind, $name, $wanted, $marker, $seen, $synced, $syncedWanted, $since, $cause)
                """,
                ("$environment", environment), ("$server", one.Resource.Server), ("$application", one.Resource.Application),
                ("$kind", one.Resource.Kind), ("$name", one.Resource.Name), ("$wanted", one.Wanted), ("$marker", one.Marker),
                    ("$seen", one.SeenAt),
                ("$synced", one.SyncedAt), ("$syncedWanted", one.SyncedWanted), ("$since", one.DiffersSince), ("$cause", one.Cause));
        return seen.Count;
    });

    public IReadOnlyList<SeenServer> ServersSeen(string? environment) => _database.Query(
        $"SELECT {ServerColumns} FROM servers_seen WHERE $environment IS NULL OR environment = $environment ORDER BY environment, server",
        row => new SeenServer(row.Text(0), row.Text(1), row.Text(2), row.Text(3).Split(' ', StringSplitOptions.RemoveEmptyEntries),
            row.Time(4),
            row.TimeOrNull(5), row.TextOrNull(6))
        {
            Software = row.TextOrNull(7) is { } software
                ? JsonSerializer.Deserialize(software, SeenJson.Default.ServerSoftware) : null,
        },
        ("$environment", environment));

    public void SaveServersSeen(string environment, IReadOnlyCollection<SeenServer> seen) => _database.Transact(() =>
    {
        _database.Execute("DELETE FROM servers_seen WHERE environment = $environment", ("$environment", environment));
        foreach (var one in seen)
            _database.Execute(
                $"""
                INSERT INTO servers_seen ({ServerColumns})
                VALUES ($environment, $server, $address, $roles, $looked, $verified, $trouble, $software)
                """,
                ("$environment", environment), ("$server", one.Server), ("$address", one.Address), ("$roles", string.Join(' ', one.Roles)),
                ("$looked", one.LookedAt), ("$verified", one.VerifiedAt), ("$trouble", one.Trouble),
                ("$software", one.Software is null ? null : JsonSerializer.Serialize(one.Software, SeenJson.Default.ServerSoftware)));
        return seen.Count;
    });
}
