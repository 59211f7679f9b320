using Reconciler.Documents.Kinds;

namespace Reconciler.Documents;

/// <summary>The merged documents of one folder: an application's, or <c>host</c>. A document that no file declares is empty.</summary>
internal record DesiredFolder(
    string Name,
    Located<IReadOnlyDictionary<string, ServiceEntry>> Services,
    Located<IReadOnlyDictionary<string, SecretFileEntry>> Secrets,
    Located<IReadOnlyDictionary<string, SiteEntry>> Nginx,
    Located<IReadOnlyDictionary<string, DatabaseEntry>> Databases,
    Located<IReadOnlyDictionary<string, PackageEntry>> Packages,
    Located<IReadOnlyDictionary<string, FileEntry>> Files,
    Located<IReadOnlyDictionary<string, CheckEntry>> Checks,
    Located<IReadOnlyDictionary<string, TaskEntry>> Tasks);

/// <summary>An application in one environment. Its <see cref="DesiredFolder.Packages"/> are always empty: packages belong to host.</summary>
internal sealed record DesiredApplication(
    DesiredFolder Folder,
    Located<ApplicationDocument> Application,
    Located<MaintenanceDocument> Maintenance) : DesiredFolder(Folder);
