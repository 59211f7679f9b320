using Reconciler.Model;

namespace Reconciler.Resources.Database;

/// <summary>
/// What was there with people's data in it and is not any more. PostgreSQL, role and rules can be put back; data comes from a backup,
/// by a person, and an empty database in its place would only hide the loss.
/// </summary>
internal static class LostDatabase
{
    /// <summary>The server itself: its package brings a new cluster, unless only the cluster was dropped.</summary>
    public static DatabaseMismatch Server(DatabaseSpec spec, DatabaseFacts facts) => facts.Programs is [.., var version]
        ? new(DatabaseAspect.Gone, DifferenceType.Add,
            $"the cluster main of PostgreSQL is gone, and role {spec.Owner} with it; the programs of version {version} are still installed",
            "a cluster", "gone", "make an empty cluster; the rest, but data, is mended then")
        {
            ByHand = [new("make an empty cluster", $"pg_createcluster {Shell.Quote(version)} main --start")],
        }
        : new(DatabaseAspect.Gone, DifferenceType.Add, $"PostgreSQL is gone from this server, and role {spec.Owner} with it",
            "PostgreSQL", "gone");

    /// <summary>We made it here, so it is lost.</summary>
    public static DatabaseMismatch Made(DatabaseSpec spec, DatabaseFacts facts, string sentence) =>
        new(DatabaseAspect.Database, DifferenceType.Add, sentence, spec.Name, "gone", Refusal(facts)) { ByHand = ByHand(spec, facts) };

    /// <summary>It may never have been made; whoever remembers knows.</summary>
    public static DatabaseMismatch Missing(DatabaseSpec spec, DatabaseFacts? facts, string sentence) =>
        new(DatabaseAspect.Database, DifferenceType.Add, sentence, spec.Name, "absent")
        {
            RefusalOnceThere = Refusal(facts),
            ByHand = ByHand(spec, facts),
        };

    private static string Refusal(DatabaseFacts? facts) =>
        $"its data is not restored by itself: restore {FileOf(facts) switch
        {
            ("dump", var file) => $"the last dump that was taken, {file}",
            (_, { } file) => $"the last backup that was accepted, {file}",
            _ => "it from a backup, of which none is known here",
        }}; or make an empty database";

    private static List<ByHand> ByHand(DatabaseSpec spec, DatabaseFacts? facts)
    {
        var create = $"runuser -u postgres -- createdb -T template0 -E UTF8 -O {Shell.Quote(spec.Owner)} {Shell.Quote(spec.Name)}";
        var ways = new List<ByHand>();
        if (FileOf(facts) is ("dump", { } file))
            ways.Add(new("restore the last dump that was taken",
                $"{create} && runuser -u postgres -- pg_restore -d {Shell.Quote(spec.Name)} <{Shell.Quote(file)}"));
        ways.Add(new("make an empty database: what was in it is then only in the backups", create));
        return ways;
    }

    private static (string? How, string? File) FileOf(DatabaseFacts? facts) =>
        facts?.LastBackup?.Split(' ') is [("dump" or "accept") and var how, .. var name, _] && name.Length > 0
            ? (how, string.Join(' ', name)) : default;
}
