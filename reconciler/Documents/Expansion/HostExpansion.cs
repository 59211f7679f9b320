using Reconciler.Documents.Kinds;
using Reconciler.Model;
using Reconciler.Resources.Database;
using Reconciler.Resources.Packages;
using Reconciler.Resources.SecretsFile;

namespace Reconciler.Documents.Expansion;

/// <summary>What belongs to servers themselves: packages, files, databases, backing services.</summary>
internal sealed class HostExpansion(ExpansionInput input, Placement placement)
{
    private readonly DesiredFolder _host = input.Desired.Host;

    public IReadOnlyList<Resource> Expand() =>
    [
        .. placement.InUse.Select(PackagesOn).OfType<Resource>(),
        .. FileExpansion.Expand(input, placement, _host, placement.InUse),
        .. _host.Secrets.Value.OrderBy(entry => entry.Key, StringComparer.Ordinal).SelectMany(entry => Secrets(entry.Key, entry.Value)),
        .. _host.Databases.Value.Where(entry => entry.Value.On is not null).OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => Database(entry.Key, entry.Value)).OfType<Resource>(),
        .. new ServiceExpansion(input, placement, _host).Expand(),
    ];

    private Resource? PackagesOn(string server)
    {
        var wanted = _host.Packages.Value
            .Where(entry => entry.Value.On is null || placement.IsOn(entry.Value.On, server))
            .OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => new WantedPackage(entry.Key, Enum.Parse<PackageState>($"{entry.Value.State}"), entry.Value.Version))
            .ToList();
        return wanted.Count == 0
            ? null
            : new(new(server, ResourceId.Host, "Packages", "apt"), new PackagesSpec(wanted) { PruneAtMost = input.Desired.Environment.Value.Prune?.AtMost }, _host.Packages.Place);
    }

    /// <summary>Root's, on the servers of those that read it; nowhere while it cannot be resolved, which is reported.</summary>
    private IEnumerable<Resource> Secrets(string name, SecretFileEntry file)
    {
        var reference = input.SecretFile(ResourceId.Host, name);
        if (!input.Secrets.Files.TryGetValue(reference, out var digest))
            return [];
        return ReadersOf(name).Select(server => new Resource(new(server, ResourceId.Host, "SecretsFile", name),
            new SecretsFileSpec(input.Texts(_host, server).Plain(file.Path), "root", "root", digest,
                reference) { DigestKey = new(input.DigestKey) },
            _host.Secrets.KeyPlaceOf(name))
        {
            Provenance = input.Secrets.Provenance.GetValueOrDefault(reference),
        });
    }

    private IEnumerable<string> ReadersOf(string secret) => input.Desired.Folders
        .SelectMany(folder => folder.Services.Value.Values.Where(service => service.Reads is { } reads
            && (reads.Contains($"{ResourceId.Host}/secrets/{secret}") || (folder == _host && reads.Contains($"secrets/{secret}")))))
        .SelectMany(service => placement.On(service.On)).Distinct().Order(StringComparer.Ordinal);

    /// <returns>Null while its password cannot be resolved, which is reported with the application's secrets.</returns>
    private Resource? Database(string name, DatabaseEntry entry)
    {
        var password = PasswordOf(entry.Password);
        if (!input.Secrets.Keys.TryGetValue(password, out var digest))
            return null;
        DatabaseLogins? logins = null;
        if (entry is { Logins: [var first, var second], User: { } user })
        {
            if (!input.Secrets.Logins.TryGetValue(PasswordOf(user), out var inUse))
                return null;
            logins = new(first, second, inUse);
        }
        var server = placement.On(entry.On!)[0];
        // The server itself too, where PostgreSQL listens: an application on it may name it by its address, as those on the others do.
        var listen = ListenOn(server);
        var allow = listen.Count == 0 ? [] : placement.On(entry.Allow).Select(allowed => placement[allowed].Address!).Order(StringComparer.Ordinal).ToList();
        return new(new(server, ResourceId.Host, "Database", name),
            new DatabaseSpec(name, entry.Owner, password, digest, allow, listen, BackupOf(entry.Backup)) { Logins = logins, EndsReaders = entry.Blockers == Blockers.End },
            _host.Databases.KeyPlaceOf(name));
    }

    /// <summary>PostgreSQL listens for all databases of a server at once: on its own address when any of them lets another server in.</summary>
    private List<string> ListenOn(string server) =>
        _host.Databases.Value.Values.Any(entry => entry.On is not null && placement.IsOn(entry.On, server) && placement.On(entry.Allow).Any(allowed => allowed != server))
            ? [placement[server].Address!]
            : [];

    /// <param name="text"><c>APPLICATION/secrets/FILE/KEY</c>.</param>
    private SecretReference PasswordOf(string text)
    {
        var parts = text.Split('/');
        return new(input.SecretFile(parts[0], parts[2]), parts[3]);
    }

    private static DatabaseBackup? BackupOf(BackupSettings? backup) => backup is null
        ? null
        : new(backup.Mode == BackupModeName.Dump ? BackupMode.Dump : BackupMode.Accept, backup.To, backup.Keep ?? 7, backup.MaxAge ?? TimeSpan.FromHours(24));
}
