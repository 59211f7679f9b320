using System.Text.Json;

namespace Reconciler.Secrets;

/// <summary>Finds every key of a declared secrets file and makes the file. All that is wrong is said at once, before anything stops on a server.</summary>
/// <param name="digestKey">The ledger's.</param>
internal sealed class SecretFileResolver(IEnumerable<ISecretSource> sources, string digestKey)
{
    private readonly Dictionary<string, ISecretSource> _sources = sources.ToDictionary(source => source.Scheme, StringComparer.Ordinal);

    /// <summary>One that knows another source too.</summary>
    public SecretFileResolver With(ISecretSource source) => new([.. _sources.Values.Where(each => each.Scheme != source.Scheme), source], digestKey);

    public async Task<SecretReading> ResolveAsync(SecretFileDeclaration declaration, CancellationToken cancel)
    {
        var reading = new SecretLookup(_sources);
        if (declaration.Format == SecretFormat.Raw)
            return await RawAsync(declaration, reading, cancel);
        var values = new SortedDictionary<string, ResolvedValue>(StringComparer.Ordinal);
        foreach (var (key, own) in declaration.Keys.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (await reading.FindAsync(key, own, declaration, cancel) is { } value)
                values[key] = value;
        }
        if (reading.Faults.Count > 0)
            return new SecretReading.Refused(reading.Faults);
        var faults = new List<SecretFault>();
        var content = SecretFileText.Render(declaration, values, faults);
        return content is null
            ? new SecretReading.Refused(faults)
            : Resolved(declaration, content, values.ToDictionary(entry => entry.Key, entry => entry.Value.AsSecret()), reading.Provenance);
    }

    private async Task<SecretReading> RawAsync(SecretFileDeclaration declaration, SecretLookup reading, CancellationToken cancel)
    {
        var value = await reading.FindRawAsync(declaration, cancel);
        return value is null
            ? new SecretReading.Refused(reading.Faults)
            : Resolved(declaration, value, new Dictionary<string, SecretValue>(), reading.Provenance);
    }

    private SecretReading.Resolved Resolved(
        SecretFileDeclaration declaration, SecretValue content, IReadOnlyDictionary<string, SecretValue> values, string? provenance) =>
        new(new ResolvedSecretFile(declaration.Reference, content, KeyedDigest.Of(digestKey, content.Reveal()), values)
        {
            Format = declaration.Format,
            ValueDigests = values.ToDictionary(value => value.Key, value => KeyedDigest.Of(digestKey, value.Value.Reveal())),
            Provenance = provenance,
        });
}

/// <summary>A found value: text, or for JSON sources any other kind of value, which only JSON files can hold in every case.</summary>
internal sealed class ResolvedValue(SecretValue text, JsonValueKind kind, string? from)
{
    /// <summary>For a string its characters; for another kind its JSON text.</summary>
    public string Text => text.RevealText()!;

    public JsonValueKind Kind => kind;

    public string? From => from;

    public SecretValue AsSecret() => text;

    public override string ToString() => "***";
}
