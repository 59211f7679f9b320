using Reconciler.Model;

namespace Reconciler.Documents.Expansion;

/// <summary>Everything that expansion decides from: documents of one environment at one revision, and what was read about their code and secrets.</summary>
/// <param name="Code">By application; none for one whose code could not be read, which then is not expanded.</param>
/// <param name="DigestKey">The ledger's.</param>
/// <param name="BaseDigests">By application: of the base content beneath it.</param>
/// <param name="Faults">Applications whose code or secrets are not to be had, and why: left out.</param>
internal sealed record ExpansionInput(
    DesiredEnvironment Desired,
    IReadOnlyDictionary<string, CodeFacts> Code,
    SecretDigests Secrets,
    string DigestKey,
    IReadOnlyDictionary<string, string> BaseDigests,
    IReadOnlyDictionary<string, string> Faults)
{
    public SecretFileReference SecretFile(string application, string file) => new(Desired.Name, application, file);

    public Texts Texts(DesiredFolder folder, string server) => new(Desired, folder, server);
}
