using Reconciler.Documents;
using Reconciler.Documents.Expansion;
using Reconciler.Documents.Kinds;
using Reconciler.Model;

namespace Reconciler.Rotating;

/// <summary>One secret as an environment's documents have it: where its value stands, and who takes it from there.</summary>
/// <param name="From"><c>SCHEME:NAME</c> or <c>SCHEME:NAME#KEY</c>, values filled in.</param>
/// <param name="Member">Its key in the JSON object there; null: all that stands there is the value.</param>
internal sealed record SecretSubject(SecretName Name, SecretFileEntry File, string From, string? Member, SecretRole Role)
{
    /// <summary>Django's name for keys of before that still verify what was signed with them.</summary>
    public const string FallbacksKey = "SECRET_KEY_FALLBACKS";

    public string? Version { get; init; }

    /// <summary>Where <see cref="Version"/> stands, from <c>spec</c> on.</summary>
    public IReadOnlyList<string> VersionPath { get; init; } = [];

    /// <summary>The file and line of it; of the entry where there is none.</summary>
    public required Place Place { get; init; }

    /// <summary>The databases whose owner's password it is, by name.</summary>
    public IReadOnlyDictionary<string, DatabaseEntry> Databases { get; init; } = new Dictionary<string, DatabaseEntry>();

    /// <summary>Names the role that logs in with it, where two do so by turns; both change at once.</summary>
    public SecretName? User { get; init; }

    /// <summary>The two, and the owner last; none where the owner alone logs in.</summary>
    public IReadOnlyList<string> Logins => Databases.Values.Where(database => database.User is not null)
        .Select(database => (IReadOnlyList<string>)[.. database.Logins!, database.Owner]).FirstOrDefault() ?? [];

    public string Scheme => From.Split(':')[0];

    /// <summary>A commit has to name the new value: git pins a version, or holds the value itself.</summary>
    public bool IsInGit => Scheme == "age" || (Scheme == "aws" && Version?.StartsWith("stage:", StringComparison.Ordinal) == false);

    /// <summary>Null when the documents have no such secret.</summary>
    public static SecretSubject? Find(DesiredEnvironment desired, SecretName name) => All(desired).FirstOrDefault(each =>
        each.Name == name);

    /// <summary>All that take their value from where this one does, itself among them.</summary>
    public IReadOnlyList<SecretSubject> FromTheSame(DesiredEnvironment desired) =>
        [.. All(desired).Where(each => each.From.Split('#')[0] == From.Split('#')[0] && each.Member == Member && each.Version == Version)];

    /// <summary>Every entry that names the object in which it stands, at the version that it does: where git pins one, all of them
    /// move.</summary>
    public IReadOnlyList<SecretSubject> Pinned(DesiredEnvironment desired) =>
        [.. All(desired).Where(each => each.From.Split('#')[0] == From.Split('#')[0] && each.Version == Version)
            .DistinctBy(each => (each.Place.File, string.Join('/', each.VersionPath)))];

    /// <summary>Whether others than its own application read the value, and so have to be converged with it.</summary>
    public bool IsReadByOthers(DesiredEnvironment desired) =>
        FromTheSame(desired).Any(each => each.Name.Application != Name.Application)
        || desired.Folders.Any(folder => folder.Name != Name.Application && folder.Services.Value.Values
            .Any(service => service.Reads?.Contains($"{Name.Application}/secrets/{Name.File}") == true));

    /// <summary>Every secret of an environment, the servers' own first.</summary>
    public static IEnumerable<SecretSubject> All(DesiredEnvironment desired) =>
        from folder in desired.Folders
        from file in folder.Secrets.Value
        from name in file.Value.Format == SecretFormat.Raw ? [new SecretName(folder.Name, file.Key, null)]
            : file.Value.Keys.Keys.Select(key => new SecretName(folder.Name, file.Key, key))
        select Of(desired, folder, file.Value, name);

    /// <summary>Values of before can be kept in this file, beside the value: <c>format: json</c>, from one object.</summary>
    public bool DeclaresFallbacks => Role.Use == SecretUse.DjangoSecretKey && Name.Key is { } key && File.Format == SecretFormat.Json
        && File.Keys[key].From is null && File.Keys.TryGetValue(FallbacksKey, out var fallbacks) && fallbacks.From is null;

    private static SecretSubject Of(DesiredEnvironment desired, DesiredFolder folder, SecretFileEntry file, SecretName name)
    {
        var own = name.Key is { } key ? file.Keys[key] : null;
        var from = new Texts(desired, folder, null).Plain(own?.From ?? file.From ?? "");
        var databases = desired.Host.Databases.Value.Where(database => database.Value.Password == name.InDocuments).ToDictionary();
        string[] path = own?.From is null ? [name.File] : [name.File, "keys", name.Key!];
        return new(name, file, from, from.Split('#') is [_, var member] ? member : own?.From is null ? name.Key : null,
            SecretRole.Of(name, databases.Count > 0,
                ofLogin: desired.Host.Databases.Value.Values.Any(database => database.User == name.InDocuments)))
        {
            Version = own?.From is null ? file.Version : own.Version,
            VersionPath = [.. path, "version"],
            Place = folder.Secrets.PlaceOf([.. path, "version"]),
            Databases = databases,
            User = databases.Values.Select(database => database.User).OfType<string>().Select(SecretName.Parse).FirstOrDefault(),
        };
    }
}
