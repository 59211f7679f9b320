using Reconciler.Model;
using Reconciler.Resources.Database;

namespace Reconciler.Tests.Resources.Database;

/// <summary>A database as git wants it, and the probes' answers for a server where it is so; tests change one thing.</summary>
internal static class DatabaseCase
{
    public static readonly IResourceKind Kind = new DatabaseKind();

    public static readonly DatabaseBackup Dump = new(BackupMode.Dump, "/var/backups/coralnet", 7, TimeSpan.FromHours(24));

    public static readonly DatabaseSpec Spec = new("coralnet", "coralnet",
        new(new("production", "coralnet", "settings"), "DATABASE_PASSWORD"), "d1", ["10.20.1.1"], ["10.20.3.1"], Dump);

    public static Resource Wanted => new(new("db1", "host", "Database", "coralnet"), Spec, new("base/host/databases.yaml", 3, 3));

    public const string Cheap = """
        cluster 15/main running 54 6400
        file /etc/postgresql/15/main/pg_hba.conf 5214 1795256234.709 849
        note coralnet d1 1234567890abcdef
        made coralnet
        backups 700 postgres
        end

        """;

    public const string Seen = """
        role true 1234567890abcdef
        owner coralnet
        others 0
        listening localhost,10.20.3.1
        configured localhost,10.20.3.1
        last /etc/postgresql/15/main/conf.d/reconciler.conf
        opened
        rule host "coralnet" "coralnet" 127.0.0.1/32 scram-sha-256
        rule host "coralnet" "coralnet" ::1/128 scram-sha-256
        rule host "coralnet" "coralnet" 10.20.1.1/32 scram-sha-256
        closed
        seen

        """;

    public static Observation Read(string output, bool dearer = true) =>
        Kind.Read(Wanted, null, output, dearer).ShouldBeOfType<Reading.Observed>().Observation;

    public static (List<Difference> Differences, List<Step> Steps) Judge(Observation seen, bool backup = false, Resource? wanted = null)
    {
        var resource = wanted ?? Wanted;
        var differences = Kind.Compare(resource, seen, ReadMarkers.None).ToList();
        return (differences, [.. Kind.Steps(resource, seen, Change.Of(differences) with { Backup = backup })]);
    }

    /// <summary>Phase, rank and verb of each step, in the planner's order: <c>Prepare 25 run</c>.</summary>
    public static string Short(IEnumerable<Step> steps) =>
        string.Join("; ", steps.OrderBy(step => step.Phase).ThenBy(step => step.Rank).Select(step => $"{step.Phase} {step.Rank} {step.Request!.Verb}"));
}
