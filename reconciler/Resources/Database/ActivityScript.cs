using System.Globalization;

namespace Reconciler.Resources.Database;

/// <summary>
/// That nobody else works in a database that is about to be migrated (seeds/003: 362-380). A session that sits idle within a transaction
/// counts, for it keeps its locks: a migration would wait for it behind the maintenance page.
/// </summary>
internal static class ActivityScript
{
    /// <summary>How long somebody's work is waited for, in seconds: users see the page meanwhile.</summary>
    private const int Patience = 60;

    /// <summary>Gives up naming each session, since when, and whether it has written. Of what it asks only the first word, for the rest may be secret.</summary>
    public static string Of(DatabaseSpec spec) => DatabaseScripts.Head(spec) + $$"""
        busy() { sql <<'SQL'
        SELECT format('pid %s of %s%s%s, %s for %s s (%s)%s', pid, usename,
            CASE WHEN client_addr IS NULL THEN '' ELSE ' from ' || host(client_addr) END,
            CASE WHEN application_name = '' THEN '' ELSE ' by ' || regexp_replace(left(application_name, 40), '[^A-Za-z0-9 ._/-]', '?', 'g') END,
            state, greatest(0, round(extract(epoch FROM now() - state_change))), upper(substring(query FROM '^\s*([A-Za-z]{1,20})')),
            CASE WHEN backend_xid IS NULL THEN '; it has written nothing' ELSE '; it has written' END)
          FROM pg_stat_activity
          WHERE datname = :'name' AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND state <> 'idle' ORDER BY xact_start;
        SQL
        }
        left={{Patience.ToString(CultureInfo.InvariantCulture)}}
        while found=$(busy) && [ -n "$found" ] && [ "$left" -gt 0 ]; do
            sleep 1
            left=$((left - 1))
        done
        [ -z "$found" ] || fail "somebody else works in database $name, and a migration would wait for that behind the page:
        $found
        let it come to its end, or end it there as postgres: psql -c 'SELECT pg_terminate_backend(PID)', which loses what it has written"

        """;
}
