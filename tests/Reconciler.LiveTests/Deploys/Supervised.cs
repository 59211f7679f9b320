using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Deploys;

/// <summary>A web server and a worker, on both of which lies the one supervisor.conf that the site brings along.</summary>
public sealed class Supervised() : Site("supervised", new Dictionary<string, int> { ["web1"] = 1, ["worker1"] = 2 })
{
    public const string Unit = "coralnet-supervisord.service";

    /// <summary>supervisorctl as the site's administrator would ask it.</summary>
    public const string Ask = "runuser -u coralnet -- supervisorctl -c /srv/www/coralnet/config/supervisor.conf";

    internal TestHost Web => Servers["web1"].Host;

    internal TestHost Worker => Servers["worker1"].Host;

    /// <summary>What runs of the site's programs, whoever started it: names, sorted.</summary>
    internal static async Task<string> RunningAsync(TestHost host) => (await host.ShellAsync("""
        for p in gunicorn celeryworker celerybeat; do
            case $p in gunicorn) like='gunicorn .*config\.wsgi' ;; celeryworker) like='celery -A config worker' ;; celerybeat) like='celery -A config beat' ;; esac
            ! pgrep -u coralnet -f "$like" >/dev/null 2>&1 || echo $p
        done
        """)).Trim().Replace("\n", " ");

    /// <summary>How many supervisords of the site's user there are.</summary>
    internal static async Task<string> SupervisordsAsync(TestHost host) => (await host.ShellAsync("pgrep -c -u coralnet -f 'supervisord ' || :")).Trim();

    /// <summary>The value of a variable in the process of a program.</summary>
    internal static async Task<string> VariableAsync(TestHost host, string program, string name) =>
        (await host.ShellAsync($"tr '\\0' '\\n' </proc/$({Ask} pid {program})/environ | sed -n 's/^{name}=//p'")).Trim();

    internal static async Task<string> PidAsync(TestHost host, string program) => (await host.ShellAsync($"{Ask} pid {program}")).Trim();
}
