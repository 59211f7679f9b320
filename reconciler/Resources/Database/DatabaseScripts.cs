using Reconciler.Model;

namespace Reconciler.Resources.Database;

/// <summary>
/// The scripts that change a database or its cluster. They run as postgres through its socket, may be run twice, and say on stderr in a
/// sentence why they gave up.
/// </summary>
internal static class DatabaseScripts
{
    /// <summary>The home of postgres, made by Debian's package.</summary>
    public const string Folder = "/var/lib/postgresql";

    /// <summary>Makes the database where absent, in UTF-8 whatever template1 has become. Prints its name, to be kept.</summary>
    public static string Database(DatabaseSpec spec) => Head(spec) + """
        sql <<'SQL'
        SELECT format('CREATE DATABASE %I OWNER %I TEMPLATE template0 ENCODING %L', :'name', :'owner', 'UTF8')
          WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
        SQL
        echo "$name"

        """;

    /// <summary>
    /// Puts our block at the top of pg_hba.conf, atomically, has PostgreSQL parse it before it is loaded, and goes back if it complains.
    /// </summary>
    public static string Rules(DatabaseSpec spec, IReadOnlyList<string> rules) => Head(spec) + $$"""
        begin={{Shell.Quote(HbaBlock.Begin(spec))}} end={{Shell.Quote(HbaBlock.End(spec))}}
        faults() { echo "SELECT string_agg('line ' || line_number || ': ' || error, '; ') FROM pg_hba_file_rules WHERE error IS NOT NULL" | sql; }
        hba=$(echo 'SHOW hba_file' | sql)
        found=$(faults)
        [ -z "$found" ] || fail "pg_hba.conf has a fault already: $found"
        new=$hba.reconciler-new old=$hba.reconciler-old
        trap 'rm -f "$new" "$old"' EXIT
        cp -p "$hba" "$new"
        cp -p "$hba" "$old"
        inside=0
        {
            printf '%s\n' "$begin" {{Shell.Join(rules)}} "$end"
            while IFS= read -r line || [ -n "$line" ]; do
                case $line in
                "$begin") inside=1;;
                "$end") inside=0;;
                *) [ $inside = 1 ] || printf '%s\n' "$line";;
                esac
            done <"$old"
        } >"$new"
        [ $inside = 0 ] || fail "in pg_hba.conf the line '$end' is missing"
        sync "$new"
        mv "$new" "$hba"
        found=$(faults)
        if [ -n "$found" ]; then
            mv "$old" "$hba"
            fail "PostgreSQL refuses the new lines of pg_hba.conf, the old ones are back: $found"
        fi
        sync "$(dirname "$hba")"
        echo 'SELECT pg_reload_conf()' | sql >/dev/null

        """;

    /// <summary>Writes <c>listen_addresses</c>; it counts from the next start of PostgreSQL.</summary>
    public static string Listening(DatabaseSpec spec) => Head(spec) + $$"""
        folder=$(dirname "$(echo 'SHOW config_file' | sql)")/conf.d
        [ -d "$folder" ] || fail "there is no $folder"
        new=$folder/reconciler.new
        trap 'rm -f "$new"' EXIT
        printf '%s\n' '# Written by reconciler from git; edits are replaced.' {{Shell.Quote($"listen_addresses = '{DatabaseComparison.WantedListening(spec)}'")}} >"$new"
        chmod 0644 "$new"
        sync "$new"
        mv "$new" "$folder/reconciler.conf"
        sync "$folder"
        echo 'SELECT pg_reload_conf()' | sql >/dev/null

        """;

    /// <summary>Makes the owner of a database in which others log in: it needs no login of its own.</summary>
    public static string Owner(DatabaseSpec spec) => Head(spec) + """
        sql <<'SQL'
        SELECT format('CREATE ROLE %I NOLOGIN', :'owner') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \gexec
        SQL

        """;

    /// <summary>Makes a role where absent, and has it log in and work as the owner. Its password is not touched.</summary>
    public static string Login(DatabaseSpec spec, string role) => Head(spec, new(role, null)) + $"""
        sql <<'SQL' >/dev/null
        {AsOwner}
        SQL

        """;

    /// <summary>What a role makes in a session belongs to the role that the session is set to.</summary>
    internal const string AsOwner = """
        SELECT format('CREATE ROLE %I', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
        ALTER ROLE :"role" LOGIN INHERIT;
        GRANT :"owner" TO :"role";
        ALTER ROLE :"role" SET role = :'owner';
        """;

    /// <summary>
    /// Strict shell, <c>fail SENTENCE</c>, and <c>sql</c>, which runs what stands on its stdin with name, owner, role and digest as
    /// variables.
    /// </summary>
    /// <param name="password">Of whom role and digest are; null: the owner, and what git says.</param>
    internal static string Head(DatabaseSpec spec, RolePassword? password = null) => $$"""
        set -eu
        umask 077
        export PGCONNECT_TIMEOUT=10 PGHOST=/run/postgresql PGPORT=5432
        fail() { echo "$*" >&2; exit 1; }
        name={{Shell.Quote(spec.Name)}} owner={{Shell.Quote(spec.Owner)}}
        role={{Shell.Quote(password?.Role ?? spec.Owner)}}
        digest={{Shell.Quote(password is null ? spec.PasswordDigest : password.Digest ?? "none")}}
        command -v psql >/dev/null || fail "PostgreSQL is not installed: declare the package postgresql in host/packages.yaml"
        sql() { psql -XAtq -v ON_ERROR_STOP=1 -d postgres -v name="$name" -v owner="$owner" -v role="$role" -v digest="$digest"; }

        """;
}
