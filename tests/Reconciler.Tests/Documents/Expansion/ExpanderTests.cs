using System.Text;
using Reconciler.Documents.Expansion;
using Reconciler.Documents.Reading;
using Reconciler.Model;
using Reconciler.Resources.Database;
using Reconciler.Resources.File;
using Reconciler.Resources.Maintenance;
using Reconciler.Resources.NginxSite;
using Reconciler.Resources.SecretsFile;
using Reconciler.Resources.Service;
using Reconciler.Tests.Git;
using Reconciler.Tests.Resources;

namespace Reconciler.Tests.Documents.Expansion;

public sealed class ExpanderTests
{
    private static readonly Expanded Example = new();

    [Theory]
    [InlineData("production")]
    [InlineData("staging")]
    public void The_example_expands_into_these_resources(string environment) =>
        GoldenFile.Check($"tests/Reconciler.Tests/Documents/Expansion/golden/{environment}.txt", Listing((Example with { Environment = environment }).Expand()));

    private static string Listing(ExpandedEnvironment environment)
    {
        var text = new StringBuilder();
        foreach (var server in environment.Servers.Values)
            text.Append($"server {server.Name} {server.User}@{server.Address} {string.Join(' ', server.Roles)}\n");
        foreach (var unit in environment.Units)
        {
            text.Append($"\n{unit.Application}: code {unit.CodeCommit?[..12] ?? "none"}, borrows {string.Join(' ', unit.Borrowed.Select(resource => resource.Id).DefaultIfEmpty())}\n");
            foreach (var resource in unit.Resources)
            {
                text.Append($"  {resource.Id}  {resource.Origin}\n");
                if (resource.Reads.Count > 0)
                    text.Append($"    reads {string.Join(' ', resource.Reads.Select(read => read.MarkerKey))}\n");
            }
        }
        return text.ToString();
    }

    [Fact]
    public void Every_resource_is_there_once_and_on_a_server_that_is_reached()
    {
        var environment = Example.Expand();
        var ids = environment.Units.SelectMany(unit => unit.Resources).Select(resource => resource.Id).ToList();

        ids.Distinct().Count().ShouldBe(ids.Count);
        ids.ShouldAllBe(id => environment.Servers.ContainsKey(id.Server));
    }

    [Fact]
    public void Everything_that_is_read_is_there()
    {
        var units = Example.Expand().Units;
        var ids = units.SelectMany(unit => unit.Resources).Select(resource => resource.Id).ToHashSet();

        units.SelectMany(unit => unit.Resources).SelectMany(resource => resource.Reads).ShouldAllBe(read => ids.Contains(read));
    }

    [Fact]
    public void Every_resource_names_the_line_that_a_person_would_change()
    {
        foreach (var resource in Example.Expand().Units.SelectMany(unit => unit.Resources))
            Example.Tree.Files.Keys.ShouldContain(resource.Origin.File, resource.Id.ToString());
    }

    [Fact]
    public void A_secrets_file_of_the_servers_is_roots_and_goes_where_a_service_reads_it()
    {
        const string Document = "apiVersion: reconciler/v1\nkind: Secrets\nmetadata: {name: host}\nspec:\n"
            + "  sysmond: {path: /etc/newrelic/nrsysmond.cfg, format: raw, from: \"file:/k\"}\n";
        var tree = Example.With("base/host/secrets.yaml", Document);
        DocumentReader.Read(tree.Tree, ReadOptions.Default).Diagnostics.Select(each => each.Code).ShouldContain("read-by-none");
        var read = tree.With("base/host/services.yaml", "spec:\n", "spec:\n  sysmond: {part: backing, on: [web], unit: sysmond, reads:"
            + " [secrets/sysmond]}\n");
        DocumentReader.Read(read.Tree, ReadOptions.Default).Diagnostics.Select(each => each.Code).ShouldNotContain("read-by-none");
        var input = read.Input();
        var file = new SecretFileReference("production", "host", "sysmond");
        List<Resource> Files(ExpansionInput from) => [.. Expander.Expand(from).Units[0].Resources.Where(each =>
            each.Id.Kind == "SecretsFile")];

        // Not resolved: its fault is told, and nothing is written.
        Files(input).ShouldBeEmpty();
        var files = Files(input with { Secrets = input.Secrets with { Files = input.Secrets.Files.Append(new(file,
            "digest")).ToDictionary() } });

        files.Select(each => each.Id.Server).ShouldBe(input.Desired.ServersOn(["web"]));
        files.Select(each => (SecretsFileSpec)each.Spec).ShouldAllBe(spec => spec.Path == "/etc/newrelic/nrsysmond.cfg"
            && spec.User == "root" && spec.Digest == "digest");
    }

    [Fact]
    public void The_digest_does_not_hang_on_the_order_of_a_map()
    {
        var turned = Example.With("base/coralnet/services.yaml", Reversed(Example.Tree.Text("base/coralnet/services.yaml")));

        turned.Application.Digest.ShouldBe(Example.Application.Digest);

        static string Reversed(string text)
        {
            var at = text.IndexOf("spec:\n", StringComparison.Ordinal) + 6;
            return text[..at] + string.Join('\n', text[at..].TrimEnd().Split('\n').Reverse()) + "\n";
        }
    }

    [Theory]
    [InlineData("production/coralnet/maintenance.yaml", "enabled: false", "enabled: true")]
    [InlineData("production/acknowledgements.yaml", "spec: {}", "spec: {edit: {gates: [drift], for: coralnet@3f9d1c07a1e0b6f5c6f0d2a4f0b1d8e7c9a5b342, reason: known}}")]
    [InlineData("production/environment.yaml", "soak: 2h", "soak: 3h")]
    [InlineData("production/environment.yaml", "notice: 15m", "notice: 1h")]
    [InlineData("production/environment.yaml", "profile: production", "profile: staging")]
    [InlineData("production/environment.yaml", "default: report", "default: fix")]
    [InlineData("base/coralnet/services.yaml", "# finishes", "# ends")]
    public void What_says_when_or_whether_leaves_the_digest_alone(string path, string old, string text) =>
        Example.With(path, old, text).Application.Digest.ShouldBe(Example.Application.Digest);

    [Theory]
    [InlineData("production/coralnet/application.yaml", "workers: 4", "workers: 6")]
    [InlineData("base/coralnet/services.yaml", "stopTimeout: 600s", "stopTimeout: 900s")]
    [InlineData("base/coralnet/nginx.conf", "100m", "200m")]
    [InlineData("base/coralnet/checks.yaml", "contains: CoralNet", "contains: Reefs")]
    [InlineData("production/servers.yaml", "address: 10.20.2.1", "address: 10.20.2.2")]
    public void What_says_what_changes_the_digest(string path, string old, string text) =>
        Example.With(path, old, text).Application.Digest.ShouldNotBe(Example.Application.Digest);

    [Fact]
    public void Commit_secret_packages_and_static_inputs_each_change_the_digest()
    {
        string[] digests =
        [
            Example.Application.Digest,
            Example.At(Expanded.NewCommit).Application.Digest,
            (Example with { Secret = "secret-digest-2" }).Application.Digest,
            (Example with { Requirements = "Django==5.1\n" }).Application.Digest,
            (Example with { StaticInputs = "static-inputs-2" }).Application.Digest,
        ];

        digests.Distinct().Count().ShouldBe(digests.Length);
    }

    [Fact]
    public void Expanding_again_gives_the_same_digest() => new Expanded().Application.Digest.ShouldBe(Example.Application.Digest);

    /// <summary>What was seen of a resource is remembered with its spec: one that never equals the next expansion's would be looked at thoroughly in every turn.</summary>
    [Theory]
    [InlineData("production")]
    [InlineData("staging")]
    public void Expanding_again_gives_equal_specs(string environment)
    {
        var (first, second) = (Specs(), Specs());

        first.Keys.Where(id => !first[id].Equals(second[id])).Select(id => $"{id}").ShouldBeEmpty();

        Dictionary<ResourceId, ResourceSpec> Specs() =>
            (Example with { Environment = environment }).Expand().Units.SelectMany(unit => unit.Resources).ToDictionary(resource => resource.Id, resource => resource.Spec);
    }

    [Fact]
    public void The_hosts_digest_changes_with_a_package_and_not_with_a_commit()
    {
        string Host(Expanded expanded) => expanded.Expand().Units.Single(unit => unit.Application == ResourceId.Host).Digest;

        Host(Example.At(Expanded.NewCommit)).ShouldBe(Host(Example));
        Host(Example.With("base/host/packages.yaml", "postgresql: {on: [database]}", "postgresql: {on: [database]}\n  curl: {}")).ShouldNotBe(Host(Example));
    }

    [Fact]
    public void An_acknowledgement_opens_its_gates_for_that_commit_only()
    {
        var acknowledged = Example.With("production/acknowledgements.yaml", "spec: {}",
            $"spec: {{a: {{gates: [drift, promotedFrom], for: coralnet@{Expanded.OldCommit}, reason: known}}}}");

        acknowledged.Application.Acknowledged.ShouldBe(["drift", "promotedFrom"], ignoreOrder: true);
        acknowledged.At(Expanded.NewCommit).Application.Acknowledged.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("database, web", "10.20.1.1 10.20.1.2 10.20.3.1", "10.20.3.1")]
    [InlineData("database", "", "")]
    public void A_database_lets_in_its_own_server_by_its_address_where_it_listens_for_others(string allowed, string allow, string listen)
    {
        var spec = Example.With("base/host/databases.yaml", "[web, worker, beat]", $"[{allowed}]").With("base/host/databases.yaml", "[web]", $"[{allowed}]").Expand()
            .Units.SelectMany(unit => unit.Resources).Where(resource => resource.Id.Name == "coralnet")
            .Select(resource => resource.Spec).OfType<DatabaseSpec>().Single(spec => !spec.OnlyPassword);

        string.Join(' ', spec.Allow).ShouldBe(allow);
        string.Join(' ', spec.Listen).ShouldBe(listen);
    }

    [Fact]
    public void A_persons_shell_is_set_up_as_the_services_are()
    {
        var file = (FileSpec)Example.Application.Resources.Single(resource => resource.Id is { Server: "web1", Name: "env-setup" }).Spec;

        file.Content.Split('\n', 2)[1].ShouldBe("""
            export DATABASE_HOST=10.20.3.1
            export DJANGO_SETTINGS_MODULE=config.settings.production
            export DOMAIN=coralnet.ucsd.edu
            export LANG=C.UTF-8
            export REDIS_URL=redis://10.20.2.1:6379/0
            . /srv/www/venv/bin/activate
            cd /srv/www/coralnet/project

            """);
    }

    [Fact]
    public void A_service_knows_where_each_of_its_variables_is_written_and_that_web_services_load_static_files()
    {
        var services = Example.Application.Resources.Where(resource => resource.Id is { Kind: "Service", Server: "web1" or "worker1" }).ToDictionary(resource => resource.Id.Name);

        $"{services["gunicorn"].Places["REDIS_URL"]}".ShouldStartWith("production/coralnet/application.yaml:9:");
        $"{services["gunicorn"].Places["LANG"]}".ShouldStartWith("base/coralnet/application.yaml:");
        services["gunicorn"].Loads.Select(load => load.Kind).ShouldBe(["StaticFiles"]);
        services["celeryworker"].Loads.ShouldBeEmpty();
    }

    [Fact]
    public void A_time_may_stand_within_the_quotes_of_a_notice_command()
    {
        var spec = Example.With("base/coralnet/application.yaml", "on: python manage.py maintenanceon --start {{startsAt}}", "on: 'notice \"from {{startsAt}}\" {{message}}'")
            .With("production/coralnet/maintenance.yaml", "{enabled: false}", "{enabled: false, message: \"new; reefs\"}")
            .Application.Resources.Select(resource => resource.Spec).OfType<MaintenanceSpec>().First(spec => spec.Notice is not null);

        spec.Notice!.On.ShouldBe("notice \"from {{startsAt}}\" 'new; reefs'");
    }

    [Fact]
    public void Where_only_a_balancer_has_a_site_users_are_told_where_the_application_runs()
    {
        var specs = Example.With("production/coralnet/nginx.yaml", "spec:\n", "spec:\n  coralnet: null\n")
            .Application.Resources.Where(resource => resource.Spec is MaintenanceSpec)
            .ToDictionary(resource => resource.Id.Server, resource => (MaintenanceSpec)resource.Spec);

        specs["web1"].ShouldSatisfyAllConditions(
            spec => spec.Notice.ShouldNotBeNull(),
            spec => spec.Sites.ShouldBeEmpty());
        specs["lb1"].ShouldSatisfyAllConditions(
            spec => spec.Notice.ShouldBeNull(),
            spec => spec.Sites.ShouldNotBeEmpty());
    }

    [Fact]
    public void A_site_without_a_command_finds_its_notice_in_a_file()
    {
        using var folder = new ScratchFolder();
        var file = folder.In("notice.json");
        var notice = Example.With("base/coralnet/application.yaml", """
              notice:
                on: python manage.py maintenanceon --start {{startsAt}}
                off: python manage.py maintenanceoff
            """, $"  notice: {{file: {file}}}")
            .With("production/coralnet/maintenance.yaml", "{enabled: false}", "{enabled: false, message: \"Bob's \\\"new\\\" reefs\"}")
            .Application.Resources.Select(resource => resource.Spec).OfType<MaintenanceSpec>().First(spec => spec.Notice is not null).Notice!;

        Sh.Run(Shell.Join(Shell.Split(notice.On.Replace("{{startsAt}}", "2026-11-21T16:15:35Z")))).Good.ShouldBe("");
        File.ReadAllText(file).ShouldBe("""{"startsAt":"2026-11-21T16:15:35Z","endsAt":null,"message":"Bob's \"new\" reefs"}""" + "\n");
        File.GetUnixFileMode(file).ShouldBe((UnixFileMode)0b110_100_100);
        Sh.Run(notice.Off).Good.ShouldBe("");
        Directory.EnumerateFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public void A_site_with_nothing_of_its_own_gets_a_banner_from_nginx_and_announcing_changes_no_site()
    {
        var quiet = WithBanner("production/coralnet/maintenance.yaml", "{enabled: false}");
        var told = WithBanner("production/coralnet/maintenance.yaml", "{enabled: true, message: \"it's <new>\", endsAt: 2035-01-02T03:00:00Z}");

        var banners = told.Application.Resources.Where(resource => resource.Spec is MaintenanceSpec { Banner: not null }).ToDictionary(resource => resource.Id.Server,
            resource => (MaintenanceSpec)resource.Spec);

        banners.Values.ShouldAllBe(spec => spec.Notice == null && spec.Banner!.Text
            == "Maintenance begins at {{startsAt}} and is to be over by {{endsAt}}. it's <new>");
        banners["web1"].Banner!.Sites.ShouldBe([OnWeb(told).Ask]);
        banners.Keys.ShouldBe(Sites(told).Where(site => ((NginxSiteSpec)site.Spec).Content.Contains("[n]otice")).Select(site => site.Id.Server));
        Sites(told).Select(site => site.Spec).ShouldBe(Sites(quiet).Select(site => site.Spec));
        told.Application.Digest.ShouldBe(quiet.Application.Digest);
        var site = OnWeb(told).Content;
        site.ShouldContain("        include /var/lib/reconciler/cover/coralnet/[n]otice.conf;\n        proxy_pass ");
        site.ShouldContain("location = /.reconciler/notice/coralnet {");
        OnWeb(Example).Content.ShouldNotContain("notice");
    }

    private static List<Resource> Sites(Expanded expanded) => [.. expanded.Application.Resources.Where(resource => resource.Spec is NginxSiteSpec)];

    private static NginxSiteSpec OnWeb(Expanded expanded) => (NginxSiteSpec)Sites(expanded).First(site => site.Id.Server == "web1").Spec;

    private static Expanded WithBanner(string path, string flag) => Example.With("base/coralnet/application.yaml", """
              notice:
                on: python manage.py maintenanceon --start {{startsAt}}
                off: python manage.py maintenanceoff
            """, "  notice: {banner: true}")
        .With("base/coralnet/nginx.conf", "proxy_pass ", "{{> notice}}\n        proxy_pass ").With(path, "{enabled: false}", flag);

    [Fact]
    public void A_retired_server_keeps_only_services_that_are_to_stop()
    {
        var retired = Example.With("production/servers.yaml", "values: {workers: 8}}", "values: {workers: 8}, retired: true}");

        var left = retired.Expand().Units.SelectMany(unit => unit.Resources).Where(resource => resource.Id.Server == "web2").ToList();

        left.Select(resource => resource.Id.Kind).Distinct().ShouldBe(["Service"]);
        left.ShouldAllBe(resource => resource.Reads.Count == 0);
        left.ShouldContain(resource => resource.Id.Name == "gunicorn");
    }

    private const string OwnSupervisor = """
        apiVersion: reconciler/v1
        kind: Services
        metadata: {name: coralnet}
        spec:
          gunicorn: {part: web, on: [web], port: 8000, program: gunicorn, config: config/supervisor.conf}
          celeryworker: {part: worker, on: [worker], program: celery, config: config/supervisor.conf, stopTimeout: 600s}
          celerybeat: {part: beat, on: [beat], program: beat, config: config/supervisor.conf}

        """;

    private static List<Resource> ServicesOf(Expanded example, string server) =>
        [.. example.Application.Resources.Where(resource => resource.Spec is ServiceSpec && resource.Id.Server == server).OrderBy(resource => resource.Id.Name)];

    [Fact]
    public void Programs_of_one_supervisor_conf_are_kept_stopped_where_git_does_not_place_them()
    {
        var example = Example.With("base/coralnet/services.yaml", OwnSupervisor);
        var web = ServicesOf(example, "web1");
        web.Select(resource => $"{resource.Id.Name} {((ServiceSpec)resource.Spec).Retired} {string.Join('+', ((ServiceSpec)resource.Spec).Elsewhere)}")
            .ShouldBe(["celerybeat True worker1", "celeryworker True worker1", "gunicorn False "]);
        web.Take(2).ShouldAllBe(stray => stray.Reads.Count == 0);
        var gunicorn = (ServiceManager.DeclaredProgram)((ServiceSpec)web[2].Spec).Manager;
        gunicorn.KeptStopped.ShouldBe(["beat", "celery"]);
        gunicorn.Leads.ShouldBeTrue();
        gunicorn.Supervisor.Command.ShouldBe("supervisord -c /srv/www/coralnet/config/supervisor.conf");

        var worker = ServicesOf(example, "worker1").ToDictionary(resource => resource.Id.Name, resource => (ServiceSpec)resource.Spec);
        var celery = (ServiceManager.DeclaredProgram)worker["celeryworker"].Manager;
        var beat = (ServiceManager.DeclaredProgram)worker["celerybeat"].Manager;
        worker["gunicorn"].Elsewhere.ShouldBe(["web1", "web2"]);
        celery.KeptStopped.ShouldBe(["gunicorn"]);
        (celery.Leads, beat.Leads).ShouldBe((true, false));
        (celery.StopTimeout, beat.StopTimeout).ShouldBe((TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10)));
        Definition.Of(worker["celeryworker"]).ShouldBe(Definition.Of(worker["celerybeat"]));
        ServicesOf(example, "db1").ShouldBeEmpty();
        ServicesOf(example, "worker1").Select(resource => resource.Spec).ShouldBe(worker.Values, "what was seen is remembered by its spec");
    }

    [Fact]
    public void A_program_that_git_removed_leaves_the_supervisord_that_others_need()
    {
        var before = Example.With("base/coralnet/services.yaml", OwnSupervisor);
        var after = before.With("base/coralnet/services.yaml", "  celerybeat: {part: beat, on: [beat], program: beat, config: config/supervisor.conf}\n", "");
        var unit = after.Application.WithServicesRetired(before.Application, after.Expand().Servers);
        var beat = (ServiceSpec)unit.Resources.Single(resource => resource.Id is { Server: "worker1", Name: "celerybeat" }).Spec;
        beat.Retired.ShouldBeTrue();
        ((ServiceManager.DeclaredProgram)beat.Manager).Shared.ShouldBeTrue();
        var all = before.With("production/coralnet/services.yaml",
            "apiVersion: reconciler/v1\nkind: Services\nmetadata: {name: coralnet}\nspec:\n  celeryworker: null\n  celerybeat: {on: [web1]}\n");
        var moved = all.Application.WithServicesRetired(before.Application, all.Expand().Servers);
        var worker = (ServiceSpec)moved.Resources.Single(resource => resource.Id is { Server: "worker1", Name: "celeryworker" }).Spec;
        worker.Retired.ShouldBeTrue();
        ((ServiceManager.DeclaredProgram)worker.Manager).Shared.ShouldBeFalse();
    }

    [Fact]
    public void An_application_whose_code_is_not_to_be_had_is_left_out_with_its_fault()
    {
        var input = Example.Input() with { Faults = new Dictionary<string, string> { ["coralnet"] = "the repository does not answer" } };

        var environment = Expander.Expand(input);

        environment.Units.Select(unit => unit.Application).ShouldBe([ResourceId.Host, "atlas"]);
        environment.Faults["coralnet"].ShouldBe("the repository does not answer");
    }

    [Fact]
    public void Of_what_is_refused_the_commit_and_the_flag_are_known_all_the_same()
    {
        var input = new Expanded().With("production/coralnet/maintenance.yaml", "enabled: false", "enabled: true").Input()
            with { Code = new Dictionary<string, CodeFacts>(), Faults = new Dictionary<string, string> { ["coralnet"] = "it is not there" } };

        var refused = Expander.Expand(input).Refused["coralnet"];

        refused.CodeCommit.ShouldBe(input.Desired.Applications["coralnet"].Application.Value.Code.Commit);
        (refused.Flag, refused.Times).ShouldBe((true, new FlagTimes(null, null)));
        refused.Resources.ShouldNotBeEmpty();
        refused.Resources.Select(resource => resource.Spec).ShouldAllBe(spec => ((MaintenanceSpec)spec).Enabled && ((MaintenanceSpec)spec).Notice == null);
    }

    [Fact]
    public void Placement_means_roles_and_names_sorted_by_name()
    {
        var placement = new Placement(Example.Input().Desired);

        placement.On(["web", "lb1"]).ShouldBe(["lb1", "web1", "web2"]);
        placement.On(["web1", "web"]).ShouldBe(["web1", "web2"]);
        placement.On([]).ShouldBeEmpty();
        placement.InUse.ShouldBe(["db1", "lb1", "web1", "web2", "worker1"]);
    }
}
