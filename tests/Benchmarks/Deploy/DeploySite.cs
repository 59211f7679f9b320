using Reconciler.LiveTests.Deploys;
using Reconciler.LiveTests.Support;

namespace Reconciler.Benchmarks.Deploy;

/// <summary>One server with the site at commit 1 and a recent backup, and what everybody needs to bring it to commit 7: code, static files, a package and a migration.</summary>
/// <param name="heavy">The application takes seconds to start.</param>
public sealed class DeploySite(bool heavy) : Site("deploy", new Dictionary<string, int> { ["deploy1"] = 3 })
{
    private const string Before = "1";

    internal const string After = "7";

    internal string NewCommit => Commits[int.Parse(After)];

    internal SiteServer Server => Servers["deploy1"];

    protected override IReadOnlyList<string> SiteOptions => heavy ? ["--heavy"] : [];

    /// <summary>The site runs at commit 1 as if nobody had ever deployed another, and is warm.</summary>
    internal async Task PutBackAsync()
    {
        await AtAsync(int.Parse(Before));
        await Desired.EditAsync("base/host/databases.yaml", "{mode: dump, to: /var/backups/coralnet, keep: 3}", "{mode: accept, to: /var/backups/coralnet, maxAge: 24h}");
        await Command.OkAsync("bash", "-c", $"tar -C '{World}' -cf - coralnet.git | '{TestHosts.Script}' exec {Server.Host.Lab} {Server.Host.Name} -- "
            + "sh -c 'mkdir -p /srv/git && tar -C /srv/git --no-same-owner -xf - && chown -R coralnet /srv/git'");
        await Server.Host.ShellAsync($$"""
            runuser -u postgres -- pg_dump -Fc -f /var/backups/coralnet/nightly.dump coralnet
            runuser -u coralnet -- git -C /srv/www/coralnet remote add origin /srv/git/coralnet.git
            for i in 1 2 3 4 5; do curl -sf -o /dev/null -H 'Host: {{Domain}}' 127.0.0.1/ || exit 1; done
            """);
    }

    /// <summary>A script of this folder, in the site's environment.</summary>
    /// <param name="variables">Lines of assignments.</param>
    internal async Task<string> ScriptAsync(string name, string variables = "") =>
        $"(\nOLD={Commits[int.Parse(Before)]} NEW={NewCommit} DOMAIN={Domain}\n{variables}\n{await ReadAsync("head.sh")}\n{await ReadAsync(name)}) </dev/null 2>&1\n";

    private static async Task<string> ReadAsync(string name)
    {
        using var reader = new StreamReader(typeof(DeploySite).Assembly.GetManifestResourceStream(name)!);
        return await reader.ReadToEndAsync();
    }
}
