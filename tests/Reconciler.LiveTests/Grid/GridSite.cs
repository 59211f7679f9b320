using System.Globalization;
using Reconciler.LiveTests.Deploys;
using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Grid;

/// <summary>
/// One server with a deploy before it that has steps in every phase: a commit with a migration, a requirement and a style sheet, a package, a secret, an nginx
/// config, users who are told three seconds before.
/// </summary>
public sealed class GridSite() : Site("grid", new Dictionary<string, int> { ["grid1"] = 3 })
{
    /// <summary>Rows that are there before the deploy and must be there after it.</summary>
    public const int CanaryRows = 3;

    internal SiteServer Server => Servers["grid1"];

    internal TestHost Host => Server.Host;

    /// <summary>What its server has used of a core since it was made, whatever boots there were.</summary>
    internal double CpuSeconds()
    {
        var used = File.ReadLines(Path.Combine(File.ReadAllText(Path.Combine(Host.Folder(), "cgroup")).Trim(), "cpu.stat")).First(line => line.StartsWith("usage_usec ", StringComparison.Ordinal));
        return double.Parse(used.Split(' ')[1], CultureInfo.InvariantCulture) / 1_000_000;
    }

    /// <summary>Commit 1 runs, all that happens is counted, and git asks for commit 7.</summary>
    internal async Task PrepareAsync()
    {
        await AtAsync(1);
        // Once more from the copy: what is kept before each step is then no more than what changed since.
        await AtAsync(1);
        await Host.ShellAsync(CountStarts);
        await Host.ShellAsync(CountMigrations);
        await Host.ShellAsync("install -d -o coralnet -g coralnet /srv/www/tmp");
        await WriteSecretsAsync(Keys.Replace("canary-maps-90ab", "canary-maps-new-4e", StringComparison.Ordinal));
        await Desired.EditAsync("base/coralnet/nginx.conf", "    listen 80;\n", "    listen 80;\n    client_max_body_size 7m;\n");
        await Desired.EditAsync("base/host/packages.yaml", "tzdata: {on: [web, worker]}", "tzdata: {on: [web, worker], state: latest}");
        await Desired.DeployAsync(Commits[7]);
    }

    /// <summary>
    /// After power on: what had been stopped is stopped again, all else is up. What the runner noted of services at their start is then said of the processes
    /// that are there now: they are the same services with the same files.
    /// </summary>
    internal Task WakeAsync(IReadOnlyList<string> stopped) => Host.ShellAsync($$"""
        stopped='{{string.Join(' ', stopped.Select(program => $"coralnet-{program}"))}}'
        while [ -n "$stopped" ] && left=$(supervisorctl status $stopped | grep -v ' STOPPED ') && [ $((n = ${n:-0} + 1)) -lt 50 ]; do
            left=$(echo "$left" | cut -d' ' -f1)
            timeout 5 supervisorctl stop $left >/dev/null &
            for pid in $(supervisorctl pid $left); do [ "$pid" = 0 ] || kill -s KILL -- "-$pid"; done
            wait
        done
        n=0
        up() {
            pg_isready -q && redis-cli ping >/dev/null && [ "$(systemctl is-active nginx)" = active ] || return 1
            status=$(supervisorctl status)
            ! echo "$status" | grep -E 'STARTING|BACKOFF|STOPPING' || return 1
            case $stopped in *gunicorn*) ;; *) curl -s -o /dev/null 127.0.0.1:8000/healthz || return 1 ;; esac
        }
        until up >/dev/null; do [ $((n = n + 1)) -lt 200 ] || { supervisorctl status; exit 1; }; sleep 0.2; done
        read -r boot </proc/sys/kernel/random/boot_id
        cd /var/lib/reconciler/server/started || exit 0
        for f in *; do
            pid=$(echo "$status" | sed -n "s/^$f .* pid \([0-9]*\),.*/\1/p")
            [ -n "$pid" ] || pid=$(systemctl show -P MainPID "$f")
            [ "$pid" -gt 0 ] 2>/dev/null || continue
            ticks=$(sed 's/.*) //' /proc/$pid/stat | cut -d' ' -f20)
            sed -i "s/^pid .*/pid $pid $ticks/; s/^boot .*/boot $boot/" "$f"
        done
        """);

    // Every start of Debian's interpreter, in a virtualenv or not, whoever starts it.
    private const string CountStarts = """
        : >/var/log/grid-starts && chmod 0666 /var/log/grid-starts
        cat >>/usr/lib/python3.11/sitecustomize.py <<'END'

        try:
            import sys
            with open("/var/log/grid-starts", "a") as log:
                log.write(" ".join(part.replace("\n", " ") for part in sys.orig_argv)[:400] + "\n")
        except OSError:
            pass
        END
        """;

    // The trigger's row goes when the migration's transaction does, and is written a second time when that is applied a second time.
    private const string CountMigrations = """
        cd /tmp && su postgres -c 'psql -XAtq -v ON_ERROR_STOP=1 coralnet' <<'END'
        CREATE TABLE canary (what text);
        ALTER TABLE canary OWNER TO coralnet;
        INSERT INTO canary VALUES ('canary 1'), ('canary 2'), ('canary 3');
        CREATE FUNCTION count_migration() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN INSERT INTO public.canary VALUES ('migrated'); END $$;
        CREATE EVENT TRIGGER count_migration ON ddl_command_end WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION count_migration();
        END
        """;
}
