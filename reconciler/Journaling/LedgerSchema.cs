namespace Reconciler.Journaling;

/// <summary>
/// The tables, as forward-only migrations: number N of the list brings a ledger from version N-1 to N. A released one is never changed.
/// Times are RFC 3339 text in UTC; states and phases are their names. It is SQLite's; <see cref="PostgresDialect"/> makes it PostgreSQL's, so that
/// both have the same versions.
/// </summary>
internal static class LedgerSchema
{
    public static int Version => Migrations.Count;

    public static IReadOnlyList<string> Migrations { get; } =
    [
        """
        CREATE TABLE ledger (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, digest_key TEXT NOT NULL, fencing INTEGER NOT NULL, created_at TEXT NOT NULL) STRICT;
        CREATE TABLE accepted (environment TEXT PRIMARY KEY, revision TEXT NOT NULL, at TEXT NOT NULL) STRICT;
        CREATE TABLE admitted (environment TEXT PRIMARY KEY, why TEXT NOT NULL, at TEXT NOT NULL) STRICT;
        CREATE TABLE converged (
            environment TEXT NOT NULL, application TEXT NOT NULL, digest TEXT NOT NULL, revision TEXT NOT NULL, code_commit TEXT, at TEXT NOT NULL,
            PRIMARY KEY (environment, application)) STRICT;
        CREATE TABLE released (
            environment TEXT NOT NULL, application TEXT NOT NULL, code_commit TEXT NOT NULL, base_digest TEXT NOT NULL, healthy_since TEXT, set_aside_at TEXT,
            PRIMARY KEY (environment, application, code_commit, base_digest)) STRICT;
        CREATE TABLE runs (
            number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, environment TEXT NOT NULL, application TEXT NOT NULL, revision TEXT NOT NULL,
            digest TEXT NOT NULL, fencing INTEGER NOT NULL, state TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT, phase TEXT, reason TEXT) STRICT;
        CREATE UNIQUE INDEX one_open_run ON runs (environment, application) WHERE ended_at IS NULL;
        CREATE TABLE steps (
            run TEXT NOT NULL REFERENCES runs (id), step INTEGER NOT NULL, attempt INTEGER NOT NULL, phase TEXT NOT NULL, resource TEXT NOT NULL, summary TEXT NOT NULL,
            state TEXT NOT NULL, intent_at TEXT NOT NULL, receipt_at TEXT, exit_code INTEGER, output TEXT, settled_at TEXT,
            PRIMARY KEY (run, step, attempt)) STRICT;
        CREATE TABLE set_aside (
            environment TEXT NOT NULL, application TEXT NOT NULL, digest TEXT NOT NULL, reason TEXT NOT NULL, run TEXT, at TEXT NOT NULL,
            PRIMARY KEY (environment, application, digest)) STRICT;
        CREATE TABLE announcements (
            environment TEXT NOT NULL, application TEXT NOT NULL, digest TEXT NOT NULL, announced_at TEXT NOT NULL, starts_at TEXT NOT NULL,
            PRIMARY KEY (environment, application)) STRICT;
        CREATE TABLE status (
            environment TEXT NOT NULL, application TEXT NOT NULL, body TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (environment, application)) STRICT;
        CREATE TABLE requests (
            id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, environment TEXT, application TEXT, arguments TEXT NOT NULL, asked_by TEXT NOT NULL,
            at TEXT NOT NULL, done_at TEXT, outcome TEXT) STRICT;
        """,
        // A hold stays until the run that replaces it has ended: beside it, not instead of it.
        """
        DROP INDEX one_open_run;
        CREATE UNIQUE INDEX one_open_run ON runs (environment, application) WHERE ended_at IS NULL AND state <> 'Held';
        CREATE UNIQUE INDEX one_hold ON runs (environment, application) WHERE state = 'Held';
        """,
        """
        ALTER TABLE requests ADD COLUMN taken_at TEXT;
        CREATE TABLE look (one INTEGER PRIMARY KEY CHECK (one = 1), body TEXT NOT NULL, at TEXT NOT NULL) STRICT;
        """,
        // When a maintenance flag covers is judged once.
        """
        CREATE TABLE flags (
            environment TEXT NOT NULL, application TEXT NOT NULL, asked_for TEXT, starts_at TEXT NOT NULL, why TEXT, at TEXT NOT NULL,
            PRIMARY KEY (environment, application)) STRICT;
        """,
        // Drift has a cause and a since only if the looks before are known.
        """
        CREATE TABLE seen (
            environment TEXT NOT NULL, server TEXT NOT NULL, application TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
            wanted TEXT NOT NULL, marker TEXT, seen_at TEXT NOT NULL, synced_at TEXT, synced_wanted TEXT, differs_since TEXT, cause TEXT,
            PRIMARY KEY (environment, server, application, kind, name)) STRICT, WITHOUT ROWID;
        CREATE TABLE servers_seen (
            environment TEXT NOT NULL, server TEXT NOT NULL, address TEXT NOT NULL, roles TEXT NOT NULL, looked_at TEXT NOT NULL,
            verified_at TEXT, trouble TEXT, PRIMARY KEY (environment, server)) STRICT, WITHOUT ROWID;
        """,
        """
        ALTER TABLE runs ADD COLUMN code_commit TEXT;
        ALTER TABLE runs ADD COLUMN cause TEXT;
        """,
        // The whole environment is the empty name.
        """
        CREATE TABLE suspensions (
            environment TEXT NOT NULL, application TEXT NOT NULL, reason TEXT NOT NULL, asked_by TEXT NOT NULL, at TEXT NOT NULL,
            until TEXT, PRIMARY KEY (environment, application)) STRICT, WITHOUT ROWID;
        """,
        // An answer that a person has read is not told again and again.
        "ALTER TABLE requests ADD COLUMN shown_at TEXT",
        // What failed because a server was lost says nothing against the desired state: once that server answers, it is tried again, once.
        """
        ALTER TABLE runs ADD COLUMN failed_in TEXT;
        ALTER TABLE set_aside ADD COLUMN lost_server TEXT;
        ALTER TABLE set_aside ADD COLUMN lapsed_at TEXT;
        ALTER TABLE set_aside ADD COLUMN tried_again INTEGER NOT NULL DEFAULT 0;
        """,
        // A person's word outlasts the turn that it was said in.
        """
        CREATE TABLE words (
            environment TEXT NOT NULL, application TEXT NOT NULL, digest TEXT NOT NULL, asked_by TEXT, heal_all INTEGER NOT NULL,
            at TEXT NOT NULL, PRIMARY KEY (environment, application)) STRICT, WITHOUT ROWID;
        """,
        // A body in JSON: what runs on the server, and what could be upgraded.
        "ALTER TABLE servers_seen ADD COLUMN software TEXT",
        // What was written elsewhere (a status, a comment) is written again only when it changes.
        """
        CREATE TABLE told (subject TEXT PRIMARY KEY, content TEXT NOT NULL, at TEXT NOT NULL) STRICT, WITHOUT ROWID;
        """,
        // What somebody changed and mended again is asked about weeks later.
        """
        ALTER TABLE seen ADD COLUMN sentence TEXT;
        CREATE TABLE drift_ended (
            environment TEXT NOT NULL, server TEXT NOT NULL, application TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
            sentence TEXT, cause TEXT NOT NULL, since TEXT NOT NULL, until TEXT NOT NULL, how TEXT NOT NULL,
            PRIMARY KEY (environment, until, server, application, kind, name)) STRICT, WITHOUT ROWID;
        """,
        // When each secret was changed, in force and not only at its source, whoever changed it.
        """
        CREATE TABLE secrets (
            environment TEXT NOT NULL, application TEXT NOT NULL, file TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL,
                changed_at TEXT,
            PRIMARY KEY (environment, application, file, key)) STRICT, WITHOUT ROWID;
        """,
        // Where several controllers share the ledger; times are milliseconds since 1970 by the database's clock.
        """
        CREATE TABLE controllers (
            id TEXT PRIMARY KEY, host TEXT NOT NULL, process INTEGER NOT NULL, command TEXT, since TEXT NOT NULL, seen INTEGER NOT NULL) STRICT;
        CREATE TABLE leases (
            environment TEXT PRIMARY KEY, holder TEXT NOT NULL, number INTEGER NOT NULL, taken_at TEXT NOT NULL, expires INTEGER NOT NULL) STRICT;
        """,
        // What a run went without gets no traffic before it is as git says, however many turns that takes.
        """
        CREATE TABLE left_out (
            environment TEXT NOT NULL, application TEXT NOT NULL, server TEXT NOT NULL, digest TEXT NOT NULL, why TEXT NOT NULL,
            at TEXT NOT NULL, PRIMARY KEY (environment, application, server)) STRICT, WITHOUT ROWID;
        """,
        // A look that finds everything as it was writes no status anew, only that it did.
        "ALTER TABLE status ADD COLUMN seen_again TEXT",
    ];
}
