using Reconciler.Model;

namespace Reconciler.Resources.Database;

/// <summary>From what differs to steps; each takes the latest phase that its effect on users asks for.</summary>
internal static class DatabaseSteps
{
    /// <remarks>
    /// Without PostgreSQL everything is in System, after its package: adding that may upgrade others, and Prepare would then wait for it for ever.
    /// Where it only adds, it is there after a turn of Prepare, and the rest is Prepare as well.
    /// </remarks>
    public static IEnumerable<Step> Of(Resource resource, DatabaseSpec spec, DatabaseFacts? facts, IReadOnlySet<DatabaseAspect> aspects) =>
        facts is null or { Gone: true }
            ? Wanted(resource, spec, facts, aspects).Select(step => step with { Phase = Phase.System, Attempts = 1 })
            : Wanted(resource, spec, facts, aspects);

    private static IEnumerable<Step> Wanted(Resource resource, DatabaseSpec spec, DatabaseFacts? facts, IReadOnlySet<DatabaseAspect> aspects)
    {
        if (aspects.Contains(DatabaseAspect.NotRunning))
            yield return Start(resource, facts!);
        if (aspects.Contains(DatabaseAspect.BackupDirectory))
            yield return BackupFolder(resource, spec.Backup!);
        var existing = !aspects.Overlaps([DatabaseAspect.Gone, DatabaseAspect.Role, DatabaseAspect.Database]);
        foreach (var step in existing ? Change(resource, spec, facts, aspects) : Make(resource, spec, facts, aspects))
            yield return step;
    }

    /// <summary>Role, database, rules and listening at once, early: nobody uses a database that does not exist.</summary>
    private static IEnumerable<Step> Make(Resource resource, DatabaseSpec spec, DatabaseFacts? facts, IReadOnlySet<DatabaseAspect> aspects)
    {
        // A role that may log in already may be somebody's: its password waits for phase Secrets of the application's run.
        if (spec.Login == spec.Owner && facts?.Seen?.Role is not { MayLogIn: true })
            yield return PasswordSteps.Set(resource, spec, new(spec.Owner, spec.PasswordDigest), null, early: true) with
            {
                Summary = $"make role {spec.Owner}",
                Attempts = 3,
            };
        else if (facts?.Seen?.Role is null)
            yield return Script(resource, Phase.Prepare, Ranks.Databases, $"make role {spec.Owner}", DatabaseScripts.Owner(spec));
        foreach (var step in Logins(resource, spec, facts))
            yield return step;
        if (aspects.Contains(DatabaseAspect.Database))
            yield return Script(resource, Phase.Prepare, Ranks.Databases + 1, $"make database {spec.Name}", DatabaseScripts.Database(spec), DatabaseProbe.MadeName(spec));
        if (facts?.Seen is not { BlockClosed: false })
            yield return Widen(resource, spec, facts);
        var wanted = DatabaseComparison.WantedListening(spec);
        if (DatabaseComparison.SameAddresses(facts?.Seen?.Listening ?? "localhost", wanted))
            yield break;
        yield return ListenLater(resource, spec);
        // A restart for the sake of a new database must not hit the users of another one: that waits for System.
        if (facts?.Seen is not { OtherDatabases: > 0 })
            yield return Restart(resource, facts, Phase.Prepare, Ranks.Databases + 4);
    }

    /// <summary>Their passwords belong to the run of the application whose secret they are.</summary>
    private static IEnumerable<Step> Logins(Resource resource, DatabaseSpec spec, DatabaseFacts? facts) =>
        from role in spec.Logins?.Both ?? []
        where facts?.Seen?.Logins.Any(login => login.Name == role && login is { Role.MayLogIn: true, WorksAsOwner: true }) != true
        select Script(resource, Phase.Prepare, Ranks.Databases, $"have role {role} log in and work as {spec.Owner}",
            DatabaseScripts.Login(spec, role));

    private static IEnumerable<Step> Change(Resource resource, DatabaseSpec spec, DatabaseFacts? facts, IReadOnlySet<DatabaseAspect> aspects)
    {
        if (aspects.Contains(DatabaseAspect.Login))
            foreach (var step in Logins(resource, spec, facts))
                yield return step;
        if (aspects.Contains(DatabaseAspect.MoreRules))
            yield return Widen(resource, spec, facts);
        else if (aspects.Contains(DatabaseAspect.FewerRules))
            yield return Script(resource, Phase.Tidy, 0, $"remove from pg_hba.conf what git does not say of {spec.Name}",
                DatabaseScripts.Rules(spec, HbaBlock.Rules(spec)));
        var restart = aspects.Contains(DatabaseAspect.Listening);
        if (aspects.Contains(DatabaseAspect.ListeningLater) || (restart && facts?.Seen?.Configured != DatabaseComparison.WantedListening(spec)))
            yield return ListenLater(resource, spec);
        if (restart)
            yield return Restart(resource, facts, Phase.System, 0);
    }

    private static Step Start(Resource resource, DatabaseFacts facts) =>
        new(Phase.Prepare, resource.Id, $"start PostgreSQL {facts.Cluster}", RunnerRequest.Unit("start", facts.Unit))
        {
            Proof = $"read -r pid </run/postgresql/{facts.Cluster.Replace('/', '-')}.pid && read -r s </proc/$pid/stat && case $s in *' (postgres) '*) ;; *) exit 1;; esac",
            ProofWithin = TimeSpan.FromSeconds(30),
            Attempts = 3,
            Rank = Ranks.Backing,
        };

    private static Step BackupFolder(Resource resource, DatabaseBackup backup) =>
        new(Phase.Prepare, resource.Id, $"make folder for dumps {backup.Directory}",
            RunnerRequest.Directory(backup.Directory, "0700", "postgres", "postgres"))
        {
            Proof = $"[ \"$(stat -c '%a %U' -- {Shell.Quote(backup.Directory)})\" = '700 postgres' ]",
            Attempts = 3,
            Rank = Ranks.Directories,
        };

    /// <summary>Adds lines, and takes none away: a reload with more lines is noticed by nobody.</summary>
    private static Step Widen(Resource resource, DatabaseSpec spec, DatabaseFacts? facts) =>
        Script(resource, Phase.Prepare, Ranks.Databases + 2,
            $"let {string.Join(", ", spec.Roles)} in from {string.Join(", ", spec.Allow.DefaultIfEmpty("localhost"))}",
            DatabaseScripts.Rules(spec, HbaBlock.Widened(spec, facts?.Seen?.Rules ?? [])));

    private static Step ListenLater(Resource resource, DatabaseSpec spec) =>
        Script(resource, Phase.Prepare, Ranks.Databases + 3, $"have PostgreSQL listen on {DatabaseComparison.WantedListening(spec)} from its next start",
            DatabaseScripts.Listening(spec));

    private static Step Script(Resource resource, Phase phase, int rank, string summary, string script, string store = "-") =>
        new(phase, resource.Id, summary, RunnerRequest.Run("postgres", DatabaseScripts.Folder, store, new PayloadPart.Text(script)))
        {
            Attempts = phase == Phase.Prepare ? 3 : 1,
            Rank = rank,
        };

    private static Step Restart(Resource resource, DatabaseFacts? facts, Phase phase, int rank) =>
        new(phase, resource.Id, "restart PostgreSQL",
            RunnerRequest.Unit("restart", facts is { Gone: false } ? facts.Unit : "postgresql.service"))
        {
            Proof = "cat /proc/net/tcp /proc/net/tcp6 | grep -q ':1538 0*:0000 0A '",
            SkipWhenProven = false,
            ProofWithin = TimeSpan.FromSeconds(60),
            Deadline = TimeSpan.FromMinutes(5),
            Rank = rank,
            Because = "listen_addresses counts from its start",
        };
}
