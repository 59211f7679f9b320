using Reconciler.Model;

namespace Reconciler.Resources.Migrations;

/// <summary>
/// The few lines of Python that ask Django about migrations, through the project's own manage.py. One interpreter start each: checks and inspection
/// together in Prepare; look, migrate and look again together in Migrate, where every second is downtime.
/// </summary>
internal static class MigrationsInspection
{
    // Lines meant for us begin with @: an application may print what it likes besides.
    private const string Look = """
        def look():
            from django.db import connection
            from django.db.migrations.executor import MigrationExecutor
            executor = MigrationExecutor(connection)
            loader = executor.loader
            loader.check_consistent_history(connection)
            pending = [m.app_label + '.' + m.name for m, _ in executor.migration_plan(loader.graph.leaf_nodes())]
            known = set(loader.disk_migrations)
            for migration in loader.disk_migrations.values():
                known.update(migration.replaces)
            ahead = sorted(a + '.' + n for a, n in set(loader.applied_migrations) - known if a in loader.migrated_apps)
            return pending, ahead
        def tell(pending, ahead):
            for name in pending: print('@pending ' + name)
            for name in ahead: print('@ahead ' + name)
            print('@end')

        """;

    public static string Inspect(MigrationsSpec spec) => Call(spec, Look + """
        from django.core.management import call_command
        call_command('check')
        tell(*look())
        """);

    /// <summary>
    /// Asked of the new code while the live checkout lies beside it: which of what is pending the code that runs has as well (seeds/003: 281-288, 390-392).
    /// </summary>
    private static string InspectBeside(MigrationsSpec spec) => Call(spec, Look + $$"""
        from django.core.management import call_command
        call_command('check')
        import os, sys
        code, live = {{Python(spec.Runtime.Path)}}, {{Python(spec.Runtime.LiveBeside)}}
        pending, ahead = look()
        try: commit = open(live + '/.git/HEAD').read().strip()
        except OSError: commit = ''
        if commit and commit != '{{spec.Commit}}':
            from django.db import connection
            from django.db.migrations.loader import MigrationLoader
            known = MigrationLoader(connection).disk_migrations
            print('@live-commit ' + commit)
            for name in pending:
                file = sys.modules[known[tuple(name.split('.', 1))].__module__].__file__
                if file.startswith(code + '/') and os.path.exists(live + file[len(code):]): print('@unapplied ' + name)
        tell(pending, ahead)
        """);

    private static string Python(string text) => $"'{text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}'";

    /// <summary>
    /// The same before anything stops. Where a role's password is rotated with this commit, the database knows only the present one until phase Secrets: it is
    /// then asked with the secrets files as they are live. (They are written over the ones that lie here for this trial only, in memory.)
    /// </summary>
    /// <param name="setsPassword">
    /// The plan sets that password: where the database knows neither, nobody can log in before, and only the code's own checks count
    /// now.
    /// </param>
    public static string Try(MigrationsSpec spec, bool setsPassword) => spec.PasswordFiles.Count == 0 ? InspectBeside(spec) : $$"""
        {{UnlessRefused(spec)}}
        {{string.Concat(spec.PasswordFiles.Select(file => $"cat {Shell.Quote(LiveOf(spec, file))} >{Shell.Quote(file)} || exit 1\n"))}}
        {{(setsPassword ? UnlessRefused(spec) + AskLater(spec) : InspectBeside(spec))}}
        """;

    /// <summary>Ends the script, but where the database lets nobody in with the password of now.</summary>
    private static string UnlessRefused(MigrationsSpec spec) => $$"""
        { faults=$( (
        {{InspectBeside(spec)}}) 2>&1 >&3 ) && code=0 || code=$?; } 3>&1
        printf '%s\n' "$faults" >&2
        [ "$code" != 0 ] || exit 0
        case $faults in *'password authentication failed'*) ;; *) exit "$code";; esac

        """;

    private static string AskLater(MigrationsSpec spec) => $$"""
        read -r head <{{Shell.Quote(spec.Runtime.LiveSecretsBeside)}}/.git/HEAD
        [ "$head" != {{spec.Commit}} ] || echo '{{Live}}'
        echo '{{Later}}'
        echo @end

        """;

    /// <summary>Says that the database could not be asked.</summary>
    public const string Later = "@later";

    private const string Live = "@is-live";

    private static string LiveOf(MigrationsSpec spec, string file) => spec.Runtime.LiveSecretsBeside + file[spec.Runtime.Path.Length..];

    /// <summary>The same asked of what is live, if that is the wanted code; otherwise what was stored when it was tried.</summary>
    public static string InspectLive(MigrationsSpec spec) => $$"""
        read -r head <{{Shell.Quote(spec.Runtime.Path)}}/.git/HEAD
        [ "$head" = {{spec.Commit}} ] || exec cat {{Stored(spec)}}

        """ + Inspect(spec);

    private static string Stored(MigrationsSpec spec) => $"/var/lib/reconciler/server/results/{spec.ResultName}";

    /// <summary>The live code's own answer in the place of a lost one. Live code that cannot say is no reason not to try the wanted one.</summary>
    public static string InspectInstead(MigrationsSpec spec) => $"echo '{Instead}'\n(\n{InspectLive(spec)}) || true\n";

    public static bool IsInstead(string output) => output.Split('\n').Contains(Instead);

    private const string Instead = "@instead";

    /// <summary>What is pending could not be asked before. A database that is ahead is left alone.</summary>
    public static string MigrateUnasked(MigrationsSpec spec) => Impatient + Call(spec, Look + """
        import sys
        from django.core.management import call_command
        pending, ahead = look()
        if ahead:
            sys.exit('nothing was migrated: the database is ahead of this code: ' + ' '.join(ahead))
        call_command('migrate', interactive=False, verbosity=1)
        tell(*look())
        """);

    /// <summary>Who came after the last look and holds a lock is not waited for behind the page for hours (PostgreSQL, lock_timeout).</summary>
    private const string Impatient = "export PGOPTIONS=\"${PGOPTIONS-} -c lock_timeout=120s\"\n";

    public static string Migrate(MigrationsSpec spec, IReadOnlyList<string> expected) => Impatient + Call(spec, Look + $$"""
        import sys
        from django.core.management import call_command
        expected = {{"'" + string.Join(' ', expected) + "'"}}.split()
        pending, ahead = look()
        if pending != expected:
            sys.exit('pending migrations are not those of the plan: ' + ' '.join(pending or ['none']))
        call_command('migrate', interactive=False, verbosity=1)
        tell(*look())
        """);

    /// <summary>Null when the answer is not whole.</summary>
    public static MigrationsFacts? Parse(string output)
    {
        var lines = output.Split('\n');
        string[] After(string word) => [.. lines.Where(line => line.StartsWith(word, StringComparison.Ordinal)).Select(line => line[word.Length..].Trim())];
        return lines.Contains("@end") && After("@commit ") is [var commit, ..] && After("@packages ") is [var packages, ..]
                && After("@variables ") is [var variables, ..] && After("@secrets ") is [var secrets, ..]
            ? new(commit, packages, variables, secrets, After("@pending "), After("@ahead "))
            {
                AskedLater = lines.Contains(Later),
                IsLive = lines.Contains(Live),
                LiveCommit = After("@live-commit ").FirstOrDefault(),
                Unapplied = [.. After("@unapplied ")],
            }
            : null;
    }

    /// <summary>The lines that say what was asked, first of every answer.</summary>
    public static string[] Asked(MigrationsSpec spec) =>
        [$"@commit {spec.Commit}", $"@packages {spec.VirtualEnvironment}", $"@variables {spec.Variables}", $"@secrets {spec.Secrets}"];

    private static string Call(MigrationsSpec spec, string python) =>
        string.Concat(Asked(spec).Select(line => $"echo '{line}'\n")) + $"exec python manage.py shell -c {Shell.Quote(python)}\n";
}
