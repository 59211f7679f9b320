using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Deploys;

/// <summary>What an administrator would look at on a server of the site.</summary>
/// <param name="host">The server.</param>
/// <param name="domain">The name under which users ask for the site.</param>
/// <param name="programs">How many processes of the application run on it.</param>
internal sealed class SiteServer(TestHost host, string domain, int programs)
{
    public const string SecretsFile = "/srv/www/coralnet/project/config/secrets.json";

    /// <summary>The processes that a deploy restarts.</summary>
    public static readonly string[] Programs = ["gunicorn", "celeryworker", "celerybeat"];

    /// <summary>Those that it leaves alone.</summary>
    public static readonly string[] Backing = ["nginx", "redis", "postgresql"];

    public TestHost Host => host;

    public string Domain => domain;

    public string Application { get; init; } = "coralnet";

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>Main process of each, 0 when it does not run.</summary>
    public async Task<IReadOnlyDictionary<string, int>> PidsAsync()
    {
        var lines = await host.ShellAsync($$"""
            for p in gunicorn celeryworker celerybeat; do pid=$(supervisorctl pid {{Application}}-$p 2>/dev/null) && [ "$pid" -gt 0 ] 2>/dev/null || pid=0; echo $p $pid; done
            for u in nginx:nginx redis:redis-server postgresql:postgresql@15-main; do echo ${u%:*} $(systemctl show -P MainPID ${u#*:}); done
            """);
        return lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToDictionary(words => words[0], words => int.Parse(words[1]));
    }

    /// <summary>Keeps a copy of the server's files.</summary>
    public async Task KeepAsync(string tag)
    {
        await Planted.SearchAsync(host);
        await Command.OkAsync(TestHosts.Script, "snapshot", host.Lab, host.Name, tag);
    }

    /// <summary>Powers off, puts those files back, powers on.</summary>
    public async Task RestoreAsync(string tag)
    {
        await MendAsync();
        await Planted.SearchAsync(host);
        await Command.OkAsync(TestHosts.Script, "restore", host.Lab, host.Name, tag);
        host.MarkAsSearched();
        await RecognisePlacedFilesAsync();
    }

    /// <summary>Drops all packets to and from it.</summary>
    public Task CutAsync() => Command.OkAsync(TestHosts.Script, "cut", host.Lab, host.Name);

    public Task MendAsync() => Command.OkAsync(TestHosts.Script, "mend", host.Lab, host.Name);

    /// <summary>After power on: everything that starts by itself has.</summary>
    public Task WaitUntilUpAsync() => host.ShellAsync($$"""
        for i in $(seq 600); do
            pids=$(supervisorctl pid all; systemctl show -P MainPID nginx redis-server postgresql@15-main)
            [ "$(ps -o pid= -p "$(echo $pids)" | wc -l)" = {{programs + 3}} ] &&
                curl -sf -o /dev/null -H 'Host: {{domain}}' 127.0.0.1/ && exit
            sleep 0.2
        done
        supervisorctl status; systemctl --failed; exit 1
        """);

    /// <summary>
    /// Files put back from a copy have other inodes and ctimes than the runner's records of them: rightly, it would take them for edited. Here they are known
    /// to be the same.
    /// </summary>
    public Task RecognisePlacedFilesAsync() => host.ShellAsync("""
        cd /var/lib/reconciler/server/placed 2>/dev/null || exit 0
        find . -type f | while read -r f; do
            read -r note rest <"$f"
            echo "$note $(stat -c '%i %s %.9Y %.9Z' "${f#.}")" >"$f"
        done
        """);

    /// <summary>A page as a user gets it: status and body.</summary>
    public async Task<(int Status, string Body)> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{host.Address}{path}") { Headers = { Host = domain } };
        using var answer = await Http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Until the front page is that of a version of the site.</summary>
    public async Task WaitForPageAsync(string version, TimeSpan deadline)
    {
        using var cancel = new CancellationTokenSource(deadline);
        while (!(await GetAsync("/")).Body.Contains($"""<meta name="version" content="{version}">""", StringComparison.Ordinal))
            await Task.Delay(200, cancel.Token);
    }

    /// <summary>Commit, virtualenv and static files that are in place, as one line each.</summary>
    public Task<string> ReleaseAsync() =>
        host.ShellAsync("git -c safe.directory=* -C /srv/www/coralnet rev-parse HEAD; readlink -f /srv/www/venv; readlink -f /srv/www/static");

    /// <summary>Name, contents, mode, owner, size, mtime and ctime of every file, but for what a running database, redis, beat and the system's own log write.</summary>
    public Task<string> FilesAsync() => host.ShellAsync("""
        leave='( -path /proc -o -path /sys -o -path /run -o -path /dev -o -path /var/log -o -path /var/lib/postgresql -o -path /var/lib/redis -o -name celerybeat-schedule* ) -prune'
        set -f
        find / $leave -o -printf '%p %y %m %U:%G %s %T@ %C@ %l\n' | sort
        find /etc /home /root /srv /var/lib/reconciler /var/backups /usr/local /tmp $leave -o -type f -print0 | sort -z | xargs -0 sha256sum
        """);
}
