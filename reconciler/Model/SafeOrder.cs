namespace Reconciler.Model;

/// <summary>One phase of the safe order: what happens in it, why it stands where it stands, and where that comes from.</summary>
internal sealed record PhaseRule(Phase Phase, string What, string Why, string Source);

/// <summary>
/// The safe order, once. The planner sorts by it, <c>explain order</c> prints it and the README's table is checked against it.
/// It comes from seeds/000 lines 5-33 and seeds/004; where it differs from a manual, the reason is given.
/// </summary>
internal static class SafeOrder
{
    public static IReadOnlyList<PhaseRule> Phases { get; } =
    [
        new(Phase.Prepare, "everything nobody notices: code objects, new virtualenv, static files, secrets resolved, checks of the new code",
            "whatever can fail should fail before users are warned and before anything stops", "000: 18-27, done early"),
        new(Phase.Announce, "put up the notice with its start time", "users get advance warning", "000: 9"),
        new(Phase.Wait, "until the announced time", "wait until your specified maintenance time begins", "000: 10"),
        new(Phase.Cover, "nginx serves the maintenance page; with `strategy: rolling` servers leave the upstreams instead, a few at a time, from here to Check",
            "the manual writes the page after the stop; before it, nobody sees a 502", "000: 100-103, moved before Stop"),
        new(Phase.Stop, "web, then workers, then beat; redis and other backing services keep running",
            "updating code while the server is running can leave it in an inconsistent state", "000: 11-14, 92-98"),
        new(Phase.Backup, "dump, and prove that the dump can be read", "before anything that cannot be undone", "003: 388"),
        new(Phase.System, "packages, database servers, reboots; backing services are up and answering afterwards",
            "while nothing depends on them; manage.py needs redis and the database", "000: 113-128"),
        new(Phase.Code, "check out exactly the wanted commit",
            "only if you're sure you don't have any code changes on your end", "000: 16-18"),
        new(Phase.Virtualenv, "switch to the prepared virtualenv", "new code may need them; before anything runs manage.py", "000: 20"),
        new(Phase.Secrets, "write secrets files, 0600, atomically; a database role's new password", "the new code may need the new keys", "000: 24"),
        new(Phase.Static, "switch to the collected static files", "served by nginx, must match the code (003 has it after Migrate)", "000: 25"),
        new(Phase.Migrate, "once, on one server", "new migrations should be tested in staging first", "000: 29"),
        new(Phase.Nginx, "config in place, nginx -t, reload, and proof that the new config is the one being served",
            "while the page is up, so that a config that does not take is seen by nobody", "000: 159-162"),
        new(Phase.Start, "the services, in order; proof that they stay up", "all they need is in place now", "000: 78-82"),
        new(Phase.Check, "pages: at the application server, then through nginx past the cover",
            "check a couple of pages to confirm that things are working", "000: 31"),
        new(Phase.Uncover, "notice and maintenance page away, unless the flag is on; then the pages once more as a user sees them",
            "the manual's start script removes the page first, and users see the 502", "000: 32, 62, moved after Check"),
        new(Phase.Tidy,
            "old virtualenvs, worktrees, kept copies and backups beyond the ones kept; the password of a login that is out of use",
            "nothing depends on it", "ours"),
    ];
}
