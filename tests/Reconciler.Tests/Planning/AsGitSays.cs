using Reconciler.Model;
using Reconciler.Resources.Absence;
using Reconciler.Resources.Account;
using Reconciler.Resources.Checks;
using Reconciler.Resources.Code;
using Reconciler.Resources.Database;
using Reconciler.Resources.Directory;
using Reconciler.Resources.File;
using Reconciler.Resources.Link;
using Reconciler.Resources.Maintenance;
using Reconciler.Resources.Migrations;
using Reconciler.Resources.NginxSite;
using Reconciler.Resources.Packages;
using Reconciler.Resources.SecretsFile;
using Reconciler.Resources.Service;
using Reconciler.Resources.StaticFiles;
using Reconciler.Resources.Tasks;
using Reconciler.Resources.VirtualEnvironment;

namespace Reconciler.Tests.Planning;

/// <summary>The facts of servers on which everything is as some desired state says: what a fresh look after its run would find.</summary>
internal static class AsGitSays
{
    public static Dictionary<ResourceId, Observation> Of(IEnumerable<Resource> resources)
    {
        var all = resources.ToList();
        var seen = all.Where(resource => resource.Spec is not ServiceSpec)
            .ToDictionary(resource => resource.Id, resource => resource.Spec is AbsenceSpec ? new Observation.Absent() : (Observation)new Observation.Found(FactsOf(resource.Spec)));
        foreach (var service in all.Where(resource => resource.Spec is ServiceSpec))
            seen[service.Id] = new Observation.Found(Running(service, seen));
        return seen;
    }

    public static ServiceFacts Running(Resource resource, IReadOnlyDictionary<ResourceId, Observation> seen)
    {
        var spec = (ServiceSpec)resource.Spec;
        var read = resource.Reads
            .Select(id => KeyValuePair.Create(id.MarkerKey, seen.GetValueOrDefault(id)?.FactsOf<ResourceFacts>()?.Marker))
            .Where(entry => entry.Value is not null)
            .ToDictionary(entry => entry.Key, entry => entry.Value!);
        if (spec.Elsewhere.Count > 0)
            return new(spec.Service, ServiceState.Stopped, [], "boot") { Wanted = false };
        return new(spec.Service, ServiceState.Running, [new(412, 0)], "boot")
        {
            Definition = Definition.Of(spec) is null ? DefinitionState.NotOurs : DefinitionState.Same,
            Enabled = spec.BootUnit is null ? null : true,
            Listening = spec.Port is null ? null : true,
            Note = new(Alive: true, [412], read),
            Wanted = !spec.Retired,
        };
    }

    private static ResourceFacts FactsOf(ResourceSpec spec) => spec switch
    {
        AccountSpec => new AccountFacts(999, "/nonexistent", "/usr/sbin/nologin"),
        CheckSpec => new CheckFacts([]),
        CodeSpec code => new CheckoutFacts(code.Commit, [code.Commit], [code.Commit], [], 0, 1_700_000_000),
        DatabaseSpec database => DatabaseOf(database),
        DirectorySpec folder => new DirectoryFacts("directory", folder.Mode, folder.Owner, folder.Group),
        FileSpec file => new FileFacts("look", "regular file", file.Digest, file.Mode, file.Owner, file.Group, file.Digest),
        LinkSpec link => new LinkFacts(link.Target, "symbolic link"),
        MaintenanceSpec cover => new MaintenanceFacts(true, cover.Enabled, MaintenanceKind.Digest(cover.Page), MaintenanceKind.RetryAfterOf(cover), null,
            [.. cover.Sites.Select(_ => cover.Enabled ? SiteState.Covered : SiteState.Open)]),
        MigrationsSpec migrations => new MigrationsFacts(migrations.Commit, migrations.VirtualEnvironment, migrations.Variables, migrations.Secrets, [], []),
        NginxSiteSpec site => new NginxSiteFacts(SiteFile.Sealed, site.Digest, SiteLink.Right, site.Digest, new PageAnswer("200", true, true, site.Digest)),
        PackagesSpec packages => new PackagesFacts("signature", string.Join(' ', packages.Packages.Select(package => package.Name)), false,
            packages.Packages.ToDictionary(package => package.Name, package => new InstalledPackage(package.Version ?? "1.0", "ii")), new Dictionary<string, string>(), []),
        SecretsFileSpec secrets => new SecretsFileFacts("", secrets.Digest, "0600", secrets.User, secrets.Group, secrets.Digest),
        StaticFilesSpec files => new StaticFilesFacts(files.Folder, false, [files.Digest]),
        TaskSpec task => new TaskFacts(task.Run, TaskProgress.Ended, 0),
        VirtualEnvironmentSpec packages => new VirtualEnvironmentFacts(packages.Folder, false, [packages.Digest], [], [], true, packages.Digest),
        _ => throw new InvalidOperationException($"Say here what {spec.GetType().Name} looks like when it is as git says."),
    };

    private static DatabaseFacts DatabaseOf(DatabaseSpec spec)
    {
        var listening = DatabaseComparison.WantedListening(spec);
        RoleFacts RoleOf(string role) => new(true, role == spec.Login ? "verifier" : null);
        var note = new PasswordNote(spec.PasswordDigest, "verifier");
        var seen = new ClusterFacts(RoleOf(spec.Owner), spec.Owner, 0, listening, listening,
            "/etc/postgresql/15/main/conf.d/reconciler.conf", HbaBlock.Rules(spec), true)
        {
            Logins = [.. (spec.Logins?.Both ?? []).Select(role => new LoginFacts(role, RoleOf(role), true))],
        };
        return new("signature", "15/main", true, seen, note, true, "700 postgres")
        {
            LoginNotes = spec.Roles.Where(role => role == spec.Login).ToDictionary(role => role, _ => note),
        };
    }
}
