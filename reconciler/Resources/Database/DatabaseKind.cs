using Reconciler.Model;

namespace Reconciler.Resources.Database;

/// <summary>
/// A database, its owner, who may reach it, and its backup, on a PostgreSQL of our own. PostgreSQL is started where it does not run and
/// restarted only for <c>listen_addresses</c>; it is never stopped.
/// </summary>
internal sealed class DatabaseKind : ResourceKind<DatabaseSpec, DatabaseFacts>
{
    public override string Name => "Database";

    protected override Probe Probe(Resource resource, DatabaseSpec spec, DatabaseFacts? last) => new(DatabaseProbe.Cheap(spec));

    /// <summary>The lock file beside the socket is there as long as the postmaster lives, and says which.</summary>
    protected override Traces? Traces(DatabaseSpec spec, DatabaseFacts? facts) => facts is not { Running: true, Gone: false } ? null : new()
    {
        Paths = ["/etc/postgresql", $"/etc/postgresql/{facts.Cluster}", $"/etc/postgresql/{facts.Cluster}/pg_hba.conf", $"/etc/postgresql/{facts.Cluster}/postgresql.conf",
            $"/etc/postgresql/{facts.Cluster}/conf.d", "/usr/lib/postgresql", .. DatabaseProbe.Notes(spec), .. spec.Backup is { } backup ? [backup.Directory] : Array.Empty<string>()],
        Trees = [$"/etc/postgresql/{facts.Cluster}/conf.d"],
        Processes = [facts.Postmaster],
    };

    protected override Reading Read(Resource resource, DatabaseSpec spec, DatabaseFacts? last, string output, bool dearer) =>
        dearer ? DatabaseReading.Dearer(spec, output) : DatabaseReading.Cheap(spec, last, output);

    protected override IEnumerable<Difference> Compare(Resource resource, DatabaseSpec spec, DatabaseFacts? facts, ReadMarkers reads) =>
        DatabaseComparison.Of(spec, facts).Select(mismatch =>
            new Difference(resource.Id, mismatch.Type, mismatch.Sentence, mismatch.Wanted, mismatch.Observed)
            {
                Origin = resource.Origin,
                Refusal = mismatch.Refusal,
                // Starting it takes nothing from anybody, as with every backing service.
                HealedAs = mismatch.Aspect == DatabaseAspect.NotRunning && facts is { Removed: false } ? "Service" : Name,
                RefusalOnceThere = mismatch.RefusalOnceThere,
                StandsAlone = mismatch.Aspect == DatabaseAspect.Database,
                ByHand = mismatch.ByHand,
            });

    protected override IEnumerable<Step> Steps(Resource resource, DatabaseSpec spec, DatabaseFacts? facts, Change change)
    {
        // Only what this plan is about: a stopped server may be started where the rest is only reported. What a person must decide
        // is never done.
        var planned = change.Differences.Where(difference => difference.Refusal is null)
            .Select(difference => difference.Sentence).ToHashSet();
        var mismatches = DatabaseComparison.Of(spec, facts).Where(mismatch => planned.Contains(mismatch.Sentence)).ToList();
        if (spec.OnlyPassword)
            return mismatches.SelectMany(mismatch => PasswordSteps.Of(resource, spec, facts!, mismatch.Password!, change.FirstContact));
        var aspects = mismatches.Select(mismatch => mismatch.Aspect).ToHashSet();
        return DatabaseSteps.Of(resource, spec, facts, aspects).Concat(change.Backup ? BackupSteps.Of(resource, spec, facts, change.Cover) : []);
    }
}
