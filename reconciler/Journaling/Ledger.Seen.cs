using System.Text.Json;
using Reconciler.Model;

namespace Reconciler.Journaling;

internal sealed partial class Ledger
{
    private const string SeenColumns =
        "server, application, kind, name, wanted, marker, seen_at, synced_at, synced_wanted, differs_since, cause, sentence";
    private const string EndedColumns = "server, application, kind, name, sentence, cause, since, until, how";
    private const string ServerColumns = "environment, server, address, roles, looked_at, verified_at, trouble, software";

    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(90);

    public IReadOnlyList<SeenResource> Seen(string environment, string application) => _store.Query(
        $"SELECT {SeenColumns} FROM seen WHERE environment = @environment AND application = @application ORDER BY server, kind, name",
        row => new SeenResource(new(row.Text(0), row.Text(1), row.Text(2), row.Text(3)), row.Text(4), row.TextOrNull(5), row.Time(6),
            row.TimeOrNull(7), row.TextOrNull(8), row.TimeOrNull(9), row.NameOrNull<DriftCause>(10))
        {
            Sentence = row.TextOrNull(11),
        },
        ("@environment", environment), ("@application", application));

    public IReadOnlyList<EndedDrift> DriftEnded(string environment, DateTimeOffset since) => _store.Query(
        $"SELECT {EndedColumns} FROM drift_ended WHERE environment = @environment AND until >= @since ORDER BY until DESC, server, kind, name",
        row => new EndedDrift(new(row.Text(0), row.Text(1), row.Text(2), row.Text(3)), row.TextOrNull(4),
            row.Name<DriftCause>(5), row.Time(6), row.Time(7), row.Text(8)),
        ("@environment", environment), ("@since", since));

    public void SaveSeen(string environment, string application, IReadOnlyCollection<SeenResource> seen,
        IReadOnlyCollection<EndedDrift>? ended = null) => Guarded(environment, () =>
    {
        foreach (var one in ended ?? [])
            Keep(environment, one);
        _store.Execute("DELETE FROM seen WHERE environment = @environment AND application = @application",
            ("@environment", environment), ("@application", application));
        foreach (var one in seen)
            _store.Execute(
                $"""
                INSERT INTO seen (environment, {SeenColumns})
                VALUES (@environment, @server, @application, @kind, @name, @wanted, @marker, @seen, @synced, @syncedWanted, @since, @cause, @sentence)
                """,
                ("@environment", environment), ("@server", one.Resource.Server), ("@application", one.Resource.Application),
                ("@kind", one.Resource.Kind), ("@name", one.Resource.Name), ("@wanted", one.Wanted), ("@marker", one.Marker),
                    ("@seen", one.SeenAt),
                ("@synced", one.SyncedAt), ("@syncedWanted", one.SyncedWanted), ("@since", one.DiffersSince), ("@cause", one.Cause),
                    ("@sentence", one.Sentence));
        return seen.Count;
    });

    private void Keep(string environment, EndedDrift one)
    {
        _store.Execute("DELETE FROM drift_ended WHERE until < @old", ("@old", one.Until - KeptFor));
        Put(environment, "drift_ended", "environment, until, server, application, kind, name",
            ("environment", environment), ("server", one.Resource.Server), ("application", one.Resource.Application),
            ("kind", one.Resource.Kind), ("name", one.Resource.Name), ("sentence", one.Sentence), ("cause", one.Cause),
            ("since", one.Since), ("until", one.Until), ("how", one.How));
    }

    public IReadOnlyList<SeenServer> ServersSeen(string? environment) => _store.Query(
        $"SELECT {ServerColumns} FROM servers_seen WHERE @environment IS NULL OR environment = @environment ORDER BY environment, server",
        row => new SeenServer(row.Text(0), row.Text(1), row.Text(2), row.Text(3).Split(' ', StringSplitOptions.RemoveEmptyEntries),
            row.Time(4),
            row.TimeOrNull(5), row.TextOrNull(6))
        {
            Software = row.TextOrNull(7) is { } software
                ? JsonSerializer.Deserialize(software, SeenJson.Default.ServerSoftware) : null,
        },
        ("@environment", environment));

    public void SaveServersSeen(string environment, IReadOnlyCollection<SeenServer> seen) => Guarded(environment, () =>
    {
        _store.Execute("DELETE FROM servers_seen WHERE environment = @environment", ("@environment", environment));
        foreach (var one in seen)
            _store.Execute(
                $"""
                INSERT INTO servers_seen ({ServerColumns})
                VALUES (@environment, @server, @address, @roles, @looked, @verified, @trouble, @software)
                """,
                ("@environment", environment), ("@server", one.Server), ("@address", one.Address), ("@roles", string.Join(' ', one.Roles)),
                ("@looked", one.LookedAt), ("@verified", one.VerifiedAt), ("@trouble", one.Trouble),
                ("@software", one.Software is null ? null : JsonSerializer.Serialize(one.Software, SeenJson.Default.ServerSoftware)));
        return seen.Count;
    });
}
