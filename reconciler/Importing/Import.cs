using Reconciler.Model;

namespace Reconciler.Importing;

/// <summary>Documents and the files beside them, by path in the desired state, and what is to be said of them.</summary>
/// <param name="Secrets">Each secrets file on the server, and the source on the controller that is to hold its values.</param>
internal sealed record Import(
    IReadOnlyDictionary<string, string> Files, IReadOnlyList<SecretsToFetch> Secrets, IReadOnlyList<string> Notes,
        IReadOnlyList<LeftAlone> LeftAlone)
{
    /// <summary>Folders that the runner on the server must be allowed first.</summary>
    public IReadOnlyList<string> Roots { get; init; } = [];

    /// <param name="page">Status with which the front page answers now; null when it was not asked.</param>
    public static Import Of(Findings found, int? page, string secrets)
    {
        var draft = new Draft(found, secrets);
        SecretsDraft.Write(draft);
        EnvironmentDraft.Write(draft);
        ApplicationDraft.Write(draft);
        SiteDraft.Write(draft, page);
        ServicesDraft.Write(draft);
        HostDraft.Write(draft);
        ServerLeftovers.Write(draft);
        return new(draft.Files, draft.SecretsToFetch, draft.Notes, draft.LeftAlone) { Roots = RootsOf(found) };
    }

    /// <summary>
    /// The folders above what documents place, each once, none within another. (The runner takes a root that lies over the
    /// path.)
    /// </summary>
    private static IReadOnlyList<string> RootsOf(Findings found)
    {
        var outside = new[] { found.Checkout.Path, found.Virtualenv, ApplicationDraft.StaticOf(found).Folder }.OfType<string>()
            .Where(path => !RunnerRoots.Hold(path)).Select(path => path[..path.LastIndexOf('/')]).Where(RunnerRoots.MayBe)
            .Distinct().ToList();
        return [.. outside.Where(root => !outside.Exists(other => root.StartsWith(other + "/", StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal)];
    }
}

/// <param name="OnServer">Absolute.</param>
/// <param name="Source">On the controller.</param>
internal sealed record SecretsToFetch(string OnServer, string Source, bool IsJson, IReadOnlyList<string> Keys);

/// <summary>What is written so far.</summary>
/// <param name="secrets">Folder of <c>file:</c> secrets on the controller.</param>
internal sealed class Draft(Findings found, string secrets)
{
    public Findings Found => found;

    public ImportRequest Request => found.Request;

    public SortedDictionary<string, string> Files { get; } = new(StringComparer.Ordinal);

    public List<SecretsToFetch> SecretsToFetch { get; } = [];

    public List<string> Notes { get; } = [];

    public List<LeftAlone> LeftAlone { get; } = [.. found.LeftAlone];

    /// <summary>Names of secrets files in secrets.yaml, by path from the checkout's top.</summary>
    public Dictionary<string, string> SecretNames { get; } = [];

    /// <summary>Entries of the application's files.yaml.</summary>
    public List<(string Line, string? From)> FileEntries { get; } = [];

    public string SecretsFolder => secrets;

    /// <summary>Name of its entry in databases.yaml; null without one.</summary>
    public string? Database { get; set; }

    public void Add(string file, YamlDraft document) => Files[$"{Request.Environment}/{file}"] = document.ToString();

    public void AddOfApplication(string file, string text) => Files[$"{Request.Environment}/{Request.Application}/{file}"] = text;

    public void AddOfApplication(string file, YamlDraft document) => AddOfApplication(file, document.ToString());

    public YamlDraft OfApplication(string kind) => new(kind, Request.Application);
}
