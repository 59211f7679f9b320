using Reconciler.Model;

namespace Reconciler.Resources;

/// <summary>Every resource kind, by name. A new kind is a folder here and a line in this list.</summary>
internal static class ResourceKinds
{
    public static IReadOnlyDictionary<string, IResourceKind> All { get; } = new IResourceKind[]
    {
        new Absence.AbsenceKind(),
        new Account.AccountKind(),
        new Code.CodeKind(),
        new Checks.ChecksKind(),
        new Database.DatabaseKind(),
        new Directory.DirectoryKind(),
        new File.FileKind(),
        new Link.LinkKind(),
        new Maintenance.MaintenanceKind(),
        new Migrations.MigrationsKind(),
        new NginxSite.NginxSiteKind(),
        new Packages.PackagesKind(),
        new SecretsFile.SecretsFileKind(),
        new Service.ServiceKind(),
        new StaticFiles.StaticFilesKind(),
        new Tasks.TasksKind(),
        new VirtualEnvironment.VirtualEnvironmentKind(),
    }.ToDictionary(kind => kind.Name);
}
