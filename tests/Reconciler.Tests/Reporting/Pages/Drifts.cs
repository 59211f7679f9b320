using Reconciler.Reporting;

namespace Reconciler.Tests.Reporting.Pages;

/// <summary>Recorded reports: of one server, of a hundred, of one whose every text wants to do harm, and of more than a page can
/// hold.</summary>
internal static class Drifts
{
    public static DateTimeOffset Now { get; } = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static DateTimeOffset Ago(double minutes) => Now.AddMinutes(-minutes);

    private const string SiteDiff = """
        --- git: /etc/nginx/sites-available/coralnet-coralnet
        +++ server: /etc/nginx/sites-available/coralnet-coralnet
        @@ -11,7 +11,7 @@
             location / {
                 proxy_pass http://127.0.0.1:8000;
                 proxy_set_header Host $host;
        -        client_max_body_size 20m;
        +        client_max_body_size 900m;
             }
         }

        """;

    private static DriftedThing Thing(IReadOnlyList<string> servers, string resource, string sentence, string? cause) =>
        new(servers, resource, "Change", sentence, "1a2b3c4d5e6f", "edited by hand", "base/coralnet/nginx.yaml:6:3", cause, Ago(95),
            Ago(96),
            "only reports it: selfHeal says report for NginxSite", "reconciler retry production coralnet --heal", null);

    public static DriftedThing Site(params IReadOnlyList<string> servers) =>
        Thing(servers, "coralnet/NginxSite/coralnet", "/etc/nginx/sites-available/coralnet-coralnet was edited by hand", "corrective") with
        {
            Diff = SiteDiff,
            Who =
            [
                new(servers[0], Ago(95.2), "ada", "sudo as root: /usr/bin/vi /etc/nginx/sites-available/coralnet-coralnet (in /home/ada)"),
                new(servers[0], Ago(95.9), "ada", "logged in from 203.0.113.7 by publickey (ED25519 SHA256:q7Ah0m5Zk4cVd1eYw2Xb)"),
            ],
        };

    private static DriftedThing Secrets(params IReadOnlyList<string> servers) =>
        Thing(servers, "coralnet/SecretsFile/settings", "secrets file /srv/www/coralnet/project/config/secrets.json was edited by hand",
            "both") with
        {
            GitSays = null,
            ServerSays = null,
            Diff = "keys: other values: GOOGLE_MAPS_KEY (values are never shown)",
            Who = [],
        };

    private static DriftedThing Code(params IReadOnlyList<string> servers) =>
        Thing(servers, "coralnet/Code/code", "/srv/www/coralnet is at 4f1c2d9, git says 9ab03e1", "intentional") with
        {
            GitSays = "9ab03e1",
            ServerSays = "4f1c2d9",
            Since = Ago(12),
            LastSynced = Ago(13),
            Does = "brings it to the server with the next run, which waits: the window opens at 18:00",
            Command = null,
        };

    private static ServerStatus Server(string name, DateTimeOffset? verified = null, string? trouble = null) =>
        new("production", name, "10.0.0.1", ["web"], verified ?? Now, trouble) { Unknown = trouble is not null };

    private static UnmanagedThing Beside(string kind, string what, string sentence, bool loud, params IReadOnlyList<string> servers) =>
        new(servers, what, sentence, loud, Ago(60 * 24 * 3), "remove it there if nobody needs it; or bring it into git", kind);

    private static IReadOnlyList<UnmanagedThing> AllBeside(params IReadOnlyList<string> servers) =>
    [
        Beside("NginxSite", "/etc/nginx/conf.d/legacy.conf", "nginx reads /etc/nginx/conf.d/legacy.conf, which does not come from git and "
            + "answers for reef.example, as coralnet-coralnet does: nginx uses the one that it reads first, so that users may get something else "
            + "than git says", true, servers[0]),
        Beside("AuthorizedKey", "SHA256:q of root", "a key lets somebody in as root: ED25519 SHA256:q7Ah0m5Zk4cVd1eYw2Xb, \"ada@laptop\"",
            false, servers),
        Beside("CronJob", "/etc/cron.d/report:2", "cron runs, as root at */5 * * * *: `/opt/report --token ***` (/etc/cron.d/report:2)",
            false, servers),
        Beside("Port", "port 0.0.0.0:9000",
            "python3 of coralnet (session-4.scope) listens on 0.0.0.0:9000, and is no service that git declares",
            false, servers[0]),
        Beside("SystemdUnit", "/etc/systemd/system/tunnel.service",
            "/etc/systemd/system/tunnel.service is a unit that git does not declare", false,
            servers[0]),
        Beside("SupervisorProgram", "/etc/supervisor/conf.d/old.conf [flower]",
            "/etc/supervisor/conf.d/old.conf has supervisor run flower, and git does not declare it", false, servers[0]),
    ];

    private static LatelyDrift Over(double from, double until, string how, params IReadOnlyList<string> servers) =>
        new(servers, "coralnet/Service/celeryworker", "celeryworker does not run", "corrective", Ago(from), Ago(until), how);

    public static DriftReport OneServer { get; } = new("production", "3f9d1c07a1e0b6f5c6f0d2a4f0b1d8e7c9a5b342", Now,
        [Site("web1"), Secrets("web1"), Code("web1")], ["web1/coralnet/Database/coralnet: psql did not answer"], [], [Server("web1")])
    {
        Unmanaged = AllBeside("web1"),
        Unsurveyed = ["web1: who listens: there is no ss here (package iproute2)"],
        Lately = [Over(3000, 2990, "brought back by run 01JD-17", "web1"), Over(9000, 8000, "changed back on the server", "web1")],
    };

    public static DriftReport Fleet { get; } = FleetOf([.. Enumerable.Range(1, 100).Select(number => $"web{number}")]);

    private static DriftReport FleetOf(IReadOnlyList<string> all) => new("production", "3f9d1c07a1e0b6f5c6f0d2a4f0b1d8e7c9a5b342", Now,
        [
            Site([.. all.Take(12)]), Secrets(all[3]), Code([.. all.Take(40)]),
            Thing([all[70]], "host/Packages/packages", "nginx is 1.22.1-9, git says 1.22.1-9+deb12u1", null) with { Since = null,
                LastSynced = null },
        ],
        ["web88/coralnet/Database/coralnet: psql did not answer"], [],
        [.. all.Select(name => name == "web99" ? Server(name, Ago(700), "web99: Connection timed out") : Server(name))])
    {
        Unmanaged = [.. AllBeside("web2"), Beside("AuthorizedKey", "SHA256:z of deploy",
            "a key lets somebody in as deploy: RSA SHA256:z81, \"ci@build\"", false, all)],
        Lately = [Over(3000, 2990, "brought back by run 01JD-17", [.. all.Take(30)])],
    };

    public static DriftReport Clean { get; } = new("staging", "3f9d1c07a1e0b6f5c6f0d2a4f0b1d8e7c9a5b342", Now, [], [], [],
        [Server("staging1")]);

    /// <summary>What a server's file, a key's comment or a commit may say.</summary>
    public const string Evil = "</pre></style><script>alert(1)</script><img src=x onerror=alert(2)>&lt;b&gt; ]]> \"'><a href=\"javascript:x\"> "
        + "[click](http://evil.example) ![i](http://evil.example/i.png) | cell | `code` ``` ~~~ **bold** <http://evil.example> www.evil.example "
        + "@everyone #12 \u001b[2J\u202Eesrever\u200B\u2028line\r\n# heading\n\n---\n\uD800 \uFFFE\0 {{x}} \\";

    public static DriftReport Hostile { get; } = new(Evil, Evil, Now,
        [
            new([Evil, "web1"], $"{Evil}/{Evil}/{Evil}", Evil, Evil, Evil, Evil, Evil, "corrective", Ago(5), Ago(6), Evil, Evil,
                $"+{Evil}\n-{Evil}\n```\n{Evil}")
            {
                Who = [new(Evil, Ago(5), Evil, Evil)],
            },
        ],
        [Evil], [Evil], [Server(Evil, null, Evil)])
    {
        Unmanaged = [Beside(Evil, Evil, Evil, true, Evil) with { Advice = Evil }],
        Unsurveyed = [Evil],
        Lately = [new([Evil], Evil, Evil, Evil, Ago(9), Ago(8), Evil)],
    };

    /// <summary>Everything at its worst.</summary>
    public static DriftReport Endless { get; } = new("production", null, Now,
        [
            .. Enumerable.Range(0, 3000).Select(number => Site([.. Enumerable.Range(0, 400).Select(server => $"web{server}")]) with
            {
                Sentence = $"{number} {new string('x', 5000)}",
                Diff = string.Concat(Enumerable.Repeat(new string('y', 3000) + "\n", 120)),
            }),
        ],
        [.. Enumerable.Repeat(new string('z', 5000), 3000)], [], [.. Enumerable.Range(0, 400).Select(server => Server($"web{server}"))])
    {
        Unmanaged = [.. Enumerable.Range(0, 3000).Select(number => Beside("CronJob", $"{number}", new string('u', 5000), false, "web1"))],
        Lately = [.. Enumerable.Range(0, 3000).Select(number => Over(3000 + number, 2990, "x", "web1"))],
    };
}
