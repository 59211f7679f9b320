using Reconciler.Documents.Kinds;
using Reconciler.Model;

namespace Reconciler.Documents.Expansion;

/// <summary>The merged documents of one application, or of the host, as far as they exist.</summary>
internal sealed record ApplicationDocuments(string Name)
{
    /// <summary>Null for the host.</summary>
    public ApplicationDocument? Application { get; init; }

    public MaintenanceDocument Maintenance { get; init; } = new();

    public IReadOnlyDictionary<string, SecretFileEntry> Secrets { get; init; } = new Dictionary<string, SecretFileEntry>();

    public IReadOnlyDictionary<string, ServiceEntry> Services { get; init; } = new Dictionary<string, ServiceEntry>();

    public IReadOnlyDictionary<string, SiteEntry> Sites { get; init; } = new Dictionary<string, SiteEntry>();

    public IReadOnlyDictionary<string, DatabaseEntry> Databases { get; init; } = new Dictionary<string, DatabaseEntry>();

    public IReadOnlyDictionary<string, PackageEntry> Packages { get; init; } = new Dictionary<string, PackageEntry>();

    public IReadOnlyDictionary<string, FileEntry> Files { get; init; } = new Dictionary<string, FileEntry>();

    public IReadOnlyDictionary<string, CheckEntry> Checks { get; init; } = new Dictionary<string, CheckEntry>();
}

/// <summary>Everything that expansion decides from: documents of one environment at one revision, and what was read about their code and secrets.</summary>
internal sealed record ExpansionInput(
    string Environment,
    string Revision,
    EnvironmentDocument Policy,
    IReadOnlyDictionary<string, ServerEntry> Servers,
    IReadOnlyDictionary<string, AcknowledgementEntry> Acknowledgements,
    ApplicationDocuments Host,
    IReadOnlyList<ApplicationDocuments> Applications,
    IReadOnlyDictionary<string, CodeFacts> Code,
    SecretDigests Secrets,
    string DigestKey,
    IReadOnlyDictionary<string, string> BaseDigests,
    Func<string, string, ITexts> Texts)
{
    public SecretFileReference SecretFile(string application, string file) => new(Environment, application, file);
}
