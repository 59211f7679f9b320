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

    /// <summary>The same where those who only read are ended then.</summary>
    private const int PatienceWithReaders = 15;

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
        wait_for() {
            left=$1
            while found=$(busy) && [ -n "$found" ] && [ "$left" -gt 0 ]; do
                sleep 1
                left=$((left - 1))
            done
        }
        wait_for {{(spec.EndsReaders ? PatienceWithReaders : Patience).ToString(CultureInfo.InvariantCulture)}}
        {{(spec.EndsReaders ? EndReaders : "")}}[ -z "$found" ] || fail "somebody else works in database $name, and a migration would wait for that behind the page:
        $found
        let it come to its end, or end it there as postgres: psql -c 'SELECT pg_terminate_backend(PID)', which loses what it has written"

        """;

    /// <summary>
    /// A query is cancelled, and a session that sits there or begins again is ended. Whether it has written is asked in the statement that does it: whoever
    /// has a transaction number has written or is about to, and is left alone (PostgreSQL, pg_stat_activity.backend_xid).
    /// </summary>
    private const string EndReaders = """
        end_readers() { sql <<SQL
        SELECT format('$2 pid %s of %s%s, which had written nothing', pid, usename, CASE WHEN $1(pid) THEN '' ELSE ': in vain' END)
          FROM pg_stat_activity
          WHERE datname = :'name' AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND state <> 'idle' AND backend_xid IS NULL;
        SQL
        }
        if [ -n "$found" ]; then
            end_readers pg_cancel_backend cancelled >&2
            wait_for 3
        fi
        if [ -n "$found" ]; then
            end_readers pg_terminate_backend ended >&2
            wait_for 45
        fi

        """;
}
