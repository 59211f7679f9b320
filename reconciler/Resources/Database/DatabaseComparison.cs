using Reconciler.Model;

namespace Reconciler.Resources.Database;

/// <summary>What differs, as names that the steps go by; <see cref="DatabaseMismatch.Sentence"/> is for people.</summary>
internal enum DatabaseAspect
{
    /// <summary>There is no PostgreSQL any more on a server where there was one.</summary>
    Gone,
    NotRunning,
    Role,

    /// <summary>A role that logs in beside the owner.</summary>
    Login,
    Database,
    Password,
    MoreRules,
    FewerRules,
    Listening,

    /// <summary>What is in use is right, what our file says for the next start is not.</summary>
    ListeningLater,
    BackupDirectory,

    /// <summary>Needs a person: nothing is done.</summary>
    Refused,
}

/// <param name="Refusal">As <see cref="Difference.Refusal"/>.</param>
internal sealed record DatabaseMismatch(
    DatabaseAspect Aspect, DifferenceType Type, string Sentence, string? Wanted = null, string? Observed = null, string? Refusal = null)
{
    /// <inheritdoc cref="Difference.RefusalOnceThere"/>
    public string? RefusalOnceThere { get; init; }

    /// <inheritdoc cref="Difference.ByHand"/>
    public IReadOnlyList<ByHand> ByHand { get; init; } = [];

    /// <summary>Of <see cref="DatabaseAspect.Password"/>: the one that is wanted.</summary>
    public RolePassword? Password { get; init; }
}

/// <summary>Wanted against observed, in one place for differences and steps.</summary>
internal static class DatabaseComparison
{
    public static IEnumerable<DatabaseMismatch> Of(DatabaseSpec spec, DatabaseFacts? facts)
    {
        if (spec.OnlyPassword)
            return PasswordComparison.Of(spec, facts);
        if (facts is null or { Gone: true })
            return [.. Nothing(spec, facts), .. Backups(spec, facts)];
        if (facts.Removed)
            return [new(DatabaseAspect.NotRunning, DifferenceType.Change,
                $"PostgreSQL {facts.Cluster} is not installed any more; its configuration is still there", "installed", "removed"),
                .. Backups(spec, facts)];
        if (!facts.Running)
            return [new(DatabaseAspect.NotRunning, DifferenceType.Change, $"PostgreSQL {facts.Cluster} is not running", "running", "stopped"), .. Backups(spec, facts)];
        return facts.Seen is { } seen
            ? [.. Existence(spec, seen, facts), .. Logins(spec, seen), .. Rules(spec, seen), .. Listening(spec, seen),
                .. Backups(spec, facts)]
            : [];
    }

    /// <summary><c>localhost</c> and the addresses, as PostgreSQL takes them; <c>*</c> alone when git says so.</summary>
    public static string WantedListening(DatabaseSpec spec) => spec.Listen.Contains("*") ? "*" : string.Join(',', spec.Listen.Prepend("localhost").Distinct());

    private static IEnumerable<DatabaseMismatch> Nothing(DatabaseSpec spec, DatabaseFacts? facts)
    {
        if (facts is not { Made: true })
        {
            yield return LostDatabase.Missing(spec, facts, $"database {spec.Name} does not exist: there is no PostgreSQL on the server");
            yield break;
        }
        yield return LostDatabase.Server(spec, facts);
        yield return LostDatabase.Made(spec, facts, $"database {spec.Name}, which was made on this server, is gone with PostgreSQL");
    }

    private static IEnumerable<DatabaseMismatch> Existence(DatabaseSpec spec, ClusterFacts seen, DatabaseFacts facts)
    {
        if (seen.Role is null)
            yield return new(DatabaseAspect.Role, DifferenceType.Add, $"role {spec.Owner} does not exist", spec.Owner, "absent");
        else if (!seen.Role.MayLogIn && spec.Login == spec.Owner)
            yield return new(DatabaseAspect.Role, DifferenceType.Change, $"role {spec.Owner} may not log in", "LOGIN", "NOLOGIN");
        if (seen.DatabaseOwner is null)
            yield return facts.Made
                ? LostDatabase.Made(spec, facts, $"database {spec.Name} is gone: it was made on this server")
                : LostDatabase.Missing(spec, facts, $"database {spec.Name} does not exist");
        else if (seen.DatabaseOwner != spec.Owner)
            yield return new(DatabaseAspect.Refused, DifferenceType.Change,
                $"database {spec.Name} belongs to {seen.DatabaseOwner}, git says {spec.Owner}", spec.Owner, seen.DatabaseOwner,
                $"say owner: {seen.DatabaseOwner} in git, or as postgres reassign the database and what is in it (ALTER DATABASE, REASSIGN OWNED)");
    }

    private static IEnumerable<DatabaseMismatch> Logins(DatabaseSpec spec, ClusterFacts seen)
    {
        foreach (var role in spec.Logins?.Both ?? [])
            if (seen.Logins.FirstOrDefault(login => login.Name == role) is not { } login)
                yield return new(DatabaseAspect.Login, DifferenceType.Add, $"role {role} does not exist", role, "absent");
            else if (!login.Role.MayLogIn)
                yield return new(DatabaseAspect.Login, DifferenceType.Change, $"role {role} may not log in", "LOGIN", "NOLOGIN");
            else if (!login.WorksAsOwner)
                yield return new(DatabaseAspect.Login, DifferenceType.Change,
                    $"role {role} does not work as {spec.Owner}: what it makes would be its own, or it is no member of {spec.Owner}");
    }

    private static IEnumerable<DatabaseMismatch> Rules(DatabaseSpec spec, ClusterFacts seen)
    {
        if (!seen.BlockClosed)
        {
            yield return new(DatabaseAspect.Refused, DifferenceType.Change, $"the lines for {spec.Name} in pg_hba.conf were edited by hand: where they begin or end cannot be told",
                Refusal: $"put the lines '{HbaBlock.Begin(spec)}' and '{HbaBlock.End(spec)}' around them again, or remove them all");
            yield break;
        }
        var wanted = HbaBlock.Rules(spec);
        var missing = wanted.Except(seen.Rules).ToList();
        var surplus = seen.Rules.Except(wanted).ToList();
        if (missing.Count > 0)
            yield return new(DatabaseAspect.MoreRules, DifferenceType.Add,
                $"pg_hba.conf does not let {string.Join(", ", missing.Select(HbaBlock.RoleIn).Distinct())} in from {Addresses(missing)}");
        if (surplus.Count > 0)
            yield return new(DatabaseAspect.FewerRules, DifferenceType.Remove, $"pg_hba.conf has lines that git does not: {string.Join("; ", surplus)}");
        if (missing.Count == 0 && surplus.Count == 0 && !wanted.SequenceEqual(seen.Rules))
            yield return new(DatabaseAspect.FewerRules, DifferenceType.Change, $"the lines for {spec.Name} in pg_hba.conf stand twice or in another order");
    }

    private static string Addresses(List<string> rules) => string.Join(", ", rules.Select(rule => rule.Split(' ')[3]).Distinct());

    private static IEnumerable<DatabaseMismatch> Listening(DatabaseSpec spec, ClusterFacts seen)
    {
        var wanted = WantedListening(spec);
        if (seen.Configured == wanted && seen.ConfiguredLast is { } file && !file.EndsWith("/conf.d/reconciler.conf", StringComparison.Ordinal))
            yield return new(DatabaseAspect.Refused, DifferenceType.Change, $"listen_addresses is set again in {file}, and that one wins", wanted, seen.Listening,
                $"remove listen_addresses from {file} (if it is postgresql.auto.conf: ALTER SYSTEM RESET listen_addresses)");
        else if (!SameAddresses(seen.Listening, wanted))
            yield return new(DatabaseAspect.Listening, DifferenceType.Change, $"PostgreSQL listens on {seen.Listening}, git says {wanted}", wanted, seen.Listening);
        else if (seen.Configured is not null && seen.Configured != wanted)
            yield return new(DatabaseAspect.ListeningLater, DifferenceType.Change,
                $"PostgreSQL would listen on {seen.Configured} after its next start, git says {wanted}", wanted, seen.Configured);
    }

    /// <summary>As PostgreSQL reads the list: order and blanks mean nothing.</summary>
    public static bool SameAddresses(string one, string other) => Addresses(one).SetEquals(Addresses(other));

    private static HashSet<string> Addresses(string list) => [.. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    private static IEnumerable<DatabaseMismatch> Backups(DatabaseSpec spec, DatabaseFacts? facts)
    {
        if (spec.Backup is { Mode: BackupMode.Dump } backup && facts?.BackupDirectory is not ("700 postgres" or DatabaseFacts.Unseen))
            yield return new(DatabaseAspect.BackupDirectory, facts?.BackupDirectory is null ? DifferenceType.Add : DifferenceType.Change,
                $"the folder for dumps {backup.Directory} is {facts?.BackupDirectory ?? "not there"}, it must be 700 postgres", "700 postgres", facts?.BackupDirectory ?? "absent");
    }
}
