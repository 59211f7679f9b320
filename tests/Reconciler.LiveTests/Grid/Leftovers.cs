using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Grid;

/// <summary>What lies about on the server and beside the controller when nothing should run.</summary>
internal static class Leftovers
{
    /// <summary>Locks that are held, processes at work, and the names of all files where steps leave some; compared with those after an undisturbed deploy.</summary>
    public static async Task<IReadOnlySet<string>> OnAsync(GridSite site)
    {
        var server = await site.Host.ShellAsync("""
            cd /var/lib/reconciler/server
            for lock in step.lock fence.lock; do [ ! -e $lock ] || flock -w 5 $lock true || echo "lock $lock is held"; done
            ps -eo args= | grep -E '^(/bin/sh /usr/local/lib/reconciler/runner|[^ ]*python[^ ]* (manage.py|-m pip|-m venv)|[^ ]*pg_dump)' | sed 's/^/process /'
            find /srv/www -maxdepth 2 -not -path '*/tmp/*' -not -name __pycache__
            find /srv/www/tmp /etc/nginx /etc/supervisor /var/lib/reconciler/cover /run/reconciler /var/lib/reconciler/server/spool 2>/dev/null
            find /var/lib/reconciler/server/kept -type f | sed 's|/[^/]*$||' | sort -u
            find /srv/www /var/backups /var/lib/reconciler '(' -name '*.new' -o -name '*.reconciler-*' -o -name '*.part' ')'
            """);
        var page = (await site.Server.GetAsync("/")).Body.Contains("Maintenance starts at", StringComparison.Ordinal) ? "the notice is up\n" : "";
        var controller = (await Command.RunAsync("pgrep", ["-a", "-f", $"^ssh .*{site.World}"])).Output;
        return (server + page + controller + string.Join('\n', Directory.EnumerateFiles(Path.Combine(site.World, "state"), "pack-*")))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).ToHashSet();
    }

    /// <summary>
    /// What the next deploy removes, a prepared worktree of code that no longer runs; and copies of what was replaced, of which the newest five stay: of the programs'
    /// definitions where a run was held in between, with its services kept down.
    /// </summary>
    public static bool IsMeantToStay(string left) =>
        left.StartsWith("/srv/www/coralnet.d/", StringComparison.Ordinal) || left.StartsWith("/var/lib/reconciler/server/kept/etc/", StringComparison.Ordinal);

    /// <summary>The ids of what the runner has a receipt for, and with a <c>?</c> of what began and never ended.</summary>
    public static async Task<IReadOnlyList<string>> ReceiptsAsync(TestHost host) =>
        [.. (await host.ShellAsync("""cd /var/lib/reconciler/server/receipts && for file in *; do [ -e "$file" ] || continue; case $file in *.begun) [ ! -e "${file%.begun}" ] || continue ;; esac; echo "$file"; done"""))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(file => file.Replace(".begun", "?", StringComparison.Ordinal))];
}
