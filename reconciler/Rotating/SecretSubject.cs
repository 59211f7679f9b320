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

    public string Scheme => From.Split(':')[0];

    /// <summary>A commit has to name the new value: git pins a version, or holds the value itself.</summary>
    public bool IsInGit => Scheme == "age" || (Scheme == "aws" && Version?.StartsWith("stage:", StringComparison.Ordinal) == false);

    /// <summary>Null when the documents have no such secret.</summary>
    public static SecretSubject? Find(DesiredEnvironment desired, SecretName name) => All(desired).FirstOrDefault(each => each.Name == name);

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
            SecretRole.Of(name, databases.Count > 0))
        {
            Version = own?.From is null ? file.Version : own.Version,
            VersionPath = [.. path, "version"],
            Place = folder.Secrets.PlaceOf([.. path, "version"]),
            Databases = databases,
        };
    }
}
