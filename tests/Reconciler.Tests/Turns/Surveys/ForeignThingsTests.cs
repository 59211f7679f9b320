using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Reporting;
using Reconciler.Resources.Database;
using Reconciler.Resources.File;
using Reconciler.Resources.NginxSite;
using Reconciler.Resources.Packages;
using Reconciler.Resources.Service;
using Reconciler.Tests.Documents.Expansion;
using Reconciler.Turns.Surveys;

namespace Reconciler.Tests.Turns.Surveys;

/// <summary>What is told of what lies beside: whatever nobody declared, and nothing that Debian ships or that we made.</summary>
public sealed class ForeignThingsTests
{
    private static readonly SurveyFacts Nothing = new([], [], [], [], [], [], []);

    private static IReadOnlyList<ReportedUnmanaged> Of(SurveyFacts facts, params IReadOnlyList<ResourceSpec> declared) =>
        [.. ForeignThings.Of(EnvironmentWith(declared), "web1", facts)];

    private static ExpandedEnvironment EnvironmentWith(IReadOnlyList<ResourceSpec> specs)
    {
        var any = new Expanded().Expand();
        var resources = specs.Select((spec, number) => new Resource(new("web1", "coralnet", spec.GetType().Name, $"{number}"), spec,
            Place.Of("x.yaml"))).ToList();
        return any with
        {
            Servers = new Dictionary<string, DesiredServer> { ["web1"] = new("web1", "10.0.0.1", 2022, "reconciler", [], []) },
            Units = [any.Units[0] with { Resources = resources }],
        };
    }

    private static SeenPort Port(int port, string name, string unit = "-", string address = "0.0.0.0", string user = "root",
        bool noted = false) =>
        new(address, port, user, unit, noted, name);

    private static ServiceSpec Service(ServiceManager manager, string name = "gunicorn") => new("coralnet", name, ServicePart.Web, manager);

    private static readonly Launch Launch = new("gunicorn", "/srv", "coralnet", null, []);

    [Fact]
    public void All_of_it_is_named_with_what_can_be_done_and_no_more_of_a_key_than_its_fingerprint()
    {
        var things = Of(SurveyReading.Read(SurveyReadingTests.Output));

        things.Select(thing => thing.Sentence).ShouldBe(
        [
            "a key lets somebody in as root: ED25519 SHA256:q7Ah0m5Z, \"ada@laptop (1)\"",
            "a key lets somebody in as root: RSA SHA256:zzz, without a comment",
            "cron runs, as www-data at */5 * * * *: `/opt/report --token ***` (/etc/cron.d/report:2)",
            "cron runs, as ada at @daily: `/home/ada/bin/clean` (/var/spool/cron/crontabs/ada:3)",
            "cron runs, as ada at 0 3 * * 1: `echo hi` (/var/spool/cron/crontabs/ada:4)",
            "python3 -m http of coralnet (in a login session) listens on 0.0.0.0:9000, and is no service that git declares",
            "something listens on *:111, and is no service that git declares",
            "/etc/systemd/system/tunnel.service is a unit that git does not declare",
            "/etc/systemd/system/nginx.service.d/more files.conf changes nginx.service, and git does not know of it",
            "/etc/supervisor/conf.d/old.conf has supervisor run flower, and git does not declare it",
        ]);
        things.ShouldAllBe(thing => thing.Server == "web1" && thing.Advice.Length > 0 && !thing.Loud);
        things.Select(thing => thing.What).ShouldBeUnique();
        UnmanagedThing.Of(things).Select(thing => thing.Kind).Distinct()
            .ShouldBe(["AuthorizedKey", "CronJob", "Port", "SystemdUnit", "SupervisorProgram"]);
    }

    [Fact]
    public void Ports_of_what_is_declared_of_sshd_and_of_what_we_started_are_nothing_to_tell()
    {
        var site = new NginxSiteSpec("coralnet", "front", "server {\n listen 8443 ssl;\n listen [::]:8444;\n listen 10.0.0.1:8445;\n}\n",
            "d", null!, "t");
        SurveyFacts facts = Nothing with
        {
            Ports =
            [
                Port(2022, "sshd"), Port(22, "sshd"), Port(80, "nginx", "nginx.service"), Port(8443, "nginx", "nginx.service"), Port(8444,
                    "nginx"), Port(8445, "nginx"),
                Port(6379, "redis-server", "redis-server.service", "127.0.0.1", "redis"), Port(5433, "postgres",
                    "postgresql@15-main.service"),
                Port(5432, "postgres"), Port(8000, "gunicorn"), Port(7000, "celery", noted: true), Port(53, "systemd-resolve",
                    "systemd-resolved.service", "127.0.0.53"),
                Port(9001, "x", "coralnet-gunicorn.service"), Port(9002, "y", "varnish.service"),
            ],
        };

        Of(facts, site, new PackagesSpec([new("redis-server", PackageState.Present)]),
            new DatabaseSpec("coralnet", "coralnet", new(new("production", "coralnet", "settings"), "PASSWORD"), "d", [], [], null),
                Service(new ServiceManager.OwnUnit(Launch)) with { Port = 8000 },
            Service(new ServiceManager.ExistingUnit("varnish"), "varnish")).ShouldBeEmpty();
        Of(facts).Count.ShouldBeGreaterThan(9);
    }

    [Fact]
    public void Nginx_on_a_port_of_no_site_redis_that_nobody_declared_and_an_sshd_of_somebodys_own_are_told() =>
        Of(Nothing with
        {
            Ports = [Port(8081, "nginx", "nginx.service"), Port(6379, "redis-server", "redis-server.service"), Port(2222, "sshd",
                user: "ada"),
                Port(6380, "redis-server", "x.service", "127.0.0.1"), Port(6380, "redis-server", "x.service", "[::1]")],
        }).Select(thing => thing.What).ShouldBe(["port 0.0.0.0:8081", "port 0.0.0.0:6379", "port 0.0.0.0:2222",
            "port 127.0.0.1:6380 and [::1]:6380"]);

    [Fact]
    public void Units_programs_and_files_that_git_declares_are_nothing_to_tell()
    {
        SurveyFacts facts = Nothing with
        {
            CronJobs = [new("/etc/cron.d/ours", 1, null, "root", "@daily", "x")],
            Units = [new("/etc/systemd/system/coralnet-gunicorn.service", null),
                new("/etc/systemd/system/coralnet-gunicorn.service.d/x.conf", null),
                new("/etc/systemd/system/coralnet-supervisord.service", null), new("/etc/systemd/system/placed.timer", null)],
            Programs = [new("/etc/supervisor/conf.d/coralnet-worker.conf", null, "coralnet-worker"),
                new("/etc/supervisor/conf.d/site.conf", null, "site"),
                new("/etc/supervisor/conf.d/placed.conf", null, "any")],
        };
        FileSpec File(string path) => new(path, "x", "0644", "root", "root");

        Of(facts, File("/etc/cron.d/ours"), File("/etc/systemd/system/placed.timer"), File("/etc/supervisor/conf.d/placed.conf"),
            Service(new ServiceManager.OwnUnit(Launch)), Service(new ServiceManager.OwnProgram(Launch), "worker"),
            Service(new ServiceManager.ExistingProgram("site:web"), "site"),
            Service(new ServiceManager.DeclaredProgram("beat", "/srv/supervisor.conf", Launch), "beat")).ShouldBeEmpty();
        Of(facts).Count.ShouldBe(8);
    }
}
