using Reconciler.Model;

namespace Reconciler.Resources.Database;

/// <summary>The scripts that look at a database and its cluster. Answers are lines that begin with a word; the last one is <c>end</c>.</summary>
internal static class DatabaseProbe
{
    /// <summary>
    /// What the login sees without psql: the cluster, whether its postmaster lives and since when, the size and time of its configuration, and
    /// our note. (The lock file beside the socket is postgres's own; the pid file is for all to read.)
    /// </summary>
    public static string Cheap(DatabaseSpec spec) => $$"""
        set -- /etc/postgresql/*/main
        for c in "$@"; do
        [ -f "$c/postgresql.conf" ] || continue
        name=${c#/etc/postgresql/}
        state=stopped
        [ -x "/usr/lib/postgresql/${name%/*}/bin/postgres" ] || state=removed
        read -r pid <"/run/postgresql/${name%/*}-main.pid" && read -r s <"/proc/$pid/stat" && case $s in
        "$pid (postgres) "*) state="running $pid $(set -- ${s##*) }; echo "${20}")";;
        esac
        echo "cluster $name $state"
        [ $# = 1 ] || sed -n 's/^ *port *= *\([0-9]*\).*/port \1/p' "$c/postgresql.conf" "$c"/conf.d/*.conf
        stat --printf 'file %n %s %.9Y %i\n' "$c/pg_hba.conf" "$c/postgresql.conf" "$c"/conf.d/*.conf
        done
        for p in /usr/lib/postgresql/*/bin/postgres; do
        [ -x "$p" ] && p=${p#/usr/lib/postgresql/} && echo "program ${p%%/*}"
        done
        read -r backup <{{BackupPath(spec)}} && echo "backup $backup"
        {{string.Concat(spec.Roles.Select(role => $"read -r note <{NotePath(role)} && echo \"note $note\"\n"))}}
        read -r made <{{MadePath(spec)}} && echo "made $made"
        {{(spec.Backup is { Mode: BackupMode.Dump } backup ? $"LC_ALL=C stat --printf 'backups %a %U\\n' -- {Shell.Quote(backup.Directory)} 2>&1\nstat -f --printf '{Room} %a %S\\n' -- {Shell.Quote(backup.Directory)} 2>/dev/null" : "")}}
        echo end

        """;

    /// <summary>Begins the line of how many blocks are free where dumps go, and how large one is; it changes with whatever is written there.</summary>
    public const string Room = "room";

    /// <summary>Our note, kept by the runner from the output of <see cref="PasswordScripts"/>. The role's, which several databases may share.</summary>
    public static string NotePath(string role) => Shell.Quote($"{StoredResult.Folder}/{NoteName(role)}");

    /// <summary>The files in which the runner noted something of it.</summary>
    public static IEnumerable<string> Notes(DatabaseSpec spec) =>
        spec.Roles.Select(NoteName).Append(MadeName(spec)).Append(BackupSteps.ResultName(spec)).Select(name => $"{StoredResult.Folder}/{name}");

    /// <summary>Where it stands that we made the database: one that is gone was not simply never made.</summary>
    private static string MadePath(DatabaseSpec spec) => Shell.Quote($"{StoredResult.Folder}/{MadeName(spec)}");

    private static string BackupPath(DatabaseSpec spec) => Shell.Quote($"{StoredResult.Folder}/{BackupSteps.ResultName(spec)}");

    public static string MadeName(DatabaseSpec spec) => $"database-{spec.Name}";

    public static string NoteName(string role) => $"role-{role}";

    /// <summary>What PostgreSQL itself says, asked as postgres in transactions that cannot write.</summary>
    public static RunnerRequest Dearer(DatabaseSpec spec) => RunnerRequest.Run("postgres", DatabaseScripts.Folder, "-", new PayloadPart.Text($$"""
        export PGOPTIONS='-c default_transaction_read_only=on' PGCONNECT_TIMEOUT=10
        psql -XAtq -v ON_ERROR_STOP=1 -h /run/postgresql -p 5432 -d postgres -v name={{Shell.Quote(spec.Name)}} -v owner={{Shell.Quote(spec.Owner)}} <<'SQL' || exit 1
        SELECT 'role ' || rolcanlogin || ' ' || coalesce(left(encode(sha256(convert_to(rolpassword, 'UTF8')), 'hex'), 16), '-')
          FROM pg_authid WHERE rolname = :'owner';
        {{Logins(spec)}}
        SELECT 'owner ' || pg_get_userbyid(datdba) FROM pg_database WHERE datname = :'name';
        SELECT 'size ' || pg_database_size(oid) FROM pg_database WHERE datname = :'name';
        SELECT 'others ' || count(*) FROM pg_database WHERE datname NOT IN (:'name', 'postgres', 'template0', 'template1');
        SELECT 'listening ' || current_setting('listen_addresses');
        SELECT 'configured ' || setting FROM pg_file_settings
          WHERE name = 'listen_addresses' AND sourcefile LIKE '%/conf.d/reconciler.conf' ORDER BY seqno DESC LIMIT 1;
        SELECT 'last ' || sourcefile FROM pg_file_settings WHERE name = 'listen_addresses' ORDER BY seqno DESC LIMIT 1;
        SQL
        hba=$(psql -XAtq -h /run/postgresql -p 5432 -d postgres -c 'SHOW hba_file') || exit 1
        sed -n {{Shell.Quote($"/^{HbaBlock.Begin(spec)}$/,/^{HbaBlock.End(spec)}$/s/^[^#]/rule &/p; s/^{HbaBlock.Begin(spec)}$/opened/p; s/^{HbaBlock.End(spec)}$/closed/p")}} "$hba"
        echo seen

        """));

    private static string Logins(DatabaseSpec spec) => spec.Logins is null ? "" : $$"""
        SELECT 'login ' || rolname || ' ' || rolcanlogin || ' '
            || coalesce(left(encode(sha256(convert_to(rolpassword, 'UTF8')), 'hex'), 16), '-') || ' ' || (rolinherit
              AND EXISTS (SELECT FROM pg_auth_members JOIN pg_roles AS owner ON owner.oid = roleid
                WHERE member = role.oid AND owner.rolname = :'owner')
              AND EXISTS (SELECT FROM pg_db_role_setting
                WHERE setrole = role.oid AND setdatabase = 0 AND 'role=' || :'owner' = ANY (setconfig)))
          FROM pg_authid AS role WHERE rolname IN ({{string.Join(", ", spec.Logins.Both.Select(role => $"'{role}'"))}}) ORDER BY rolname;
        """;
}
