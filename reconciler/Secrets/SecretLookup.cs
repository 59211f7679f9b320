using System.Text.Json;
using Reconciler.Model;

namespace Reconciler.Secrets;

/// <summary>The values of one secrets file: each source is read once, every fault is kept.</summary>
internal sealed class SecretLookup(IReadOnlyDictionary<string, ISecretSource> sources)
{
    private readonly Dictionary<SecretLocation, SecretValue?> _read = [];

    public List<SecretFault> Faults { get; } = [];

    /// <summary>What was read in which version, for people; null when no source has versions.</summary>
    public string? Provenance => _read.Where(read => read.Value?.Version is not null)
        .Select(read => $"{read.Key} (version {Short(read.Value!.Version!)})") is var read && read.Any() ? string.Join(" and ", read) : null;

    // AWS's are UUIDs.
    private static string Short(string version) => version.Split('-')[0];

    /// <summary>Null when there is a fault, which then is in <see cref="Faults"/>.</summary>
    public async Task<ResolvedValue?> FindAsync(string key, SecretKeyDeclaration own, SecretFileDeclaration file, CancellationToken cancel)
    {
        var from = own.From ?? file.From;
        if (Locate(key, from, own.From is null ? file.Version : own.Version, file.Reference) is not { } location)
            return null;
        if (await ReadAsync(key, location, cancel) is not { } whole)
            return null;
        if (whole.RevealText() is not { } text || text.Contains('\0'))
            return Fault(key, location, SecretFaultReason.WrongFormat, "is not text (UTF-8 without NUL); store it as text, or use format raw");
        // All that stands at a key's own source is the value, unless it names a key of it.
        var name = location.Key ?? (own.From is null ? key : null);
        return name is null ? Whole(key, location, text) : Member(key, location, name, text);
    }

    public async Task<SecretValue?> FindRawAsync(SecretFileDeclaration file, CancellationToken cancel)
    {
        if (Locate(null, file.From, file.Version, file.Reference) is not { } location || await ReadAsync(null, location, cancel) is not { } whole)
            return null;
        if (location.Key is null)
            return whole;
        return whole.RevealText() is { } text
            ? Member(location.Key, location, location.Key, text)?.AsSecret()
            : Fault<SecretValue>(location.Key, location, SecretFaultReason.WrongFormat, "is not text; leave out the # part");
    }

    private SecretLocation? Locate(string? key, string? from, string? version, SecretFileReference file)
    {
        var what = key is null ? "it" : $"the key {key}";
        if (from is null)
            return Declared(key, from, $"The secrets file {file.Name} of {file.Application} says nowhere where {what} comes from in {file.Environment}; add 'from'.");
        if (SecretLocation.Parse(from, version) is not { } location)
            // Not repeated: somebody may have put the value itself there.
            return Declared(key, null, $"What the secrets file {file.Name} of {file.Application} says about where {what} comes from is no source; write SCHEME:NAME, as env:NAME or file:PATH.");
        return sources.ContainsKey(location.Scheme)
            ? location
            : Declared(key, from, $"'{location.Scheme}:' is no source of secrets that this controller knows; it knows {string.Join(", ", sources.Keys.Order().Select(k => k + ":"))}.");
    }

    private SecretLocation? Declared(string? key, string? from, string sentence)
    {
        Faults.Add(new SecretFault(key, from, SecretFaultReason.Declaration, sentence));
        return null;
    }

    private async Task<SecretValue?> ReadAsync(string? key, SecretLocation location, CancellationToken cancel)
    {
        var whole = location with { Key = null };
        if (_read.TryGetValue(whole, out var known))
            return known;
        try
        {
            var value = await sources[location.Scheme].ReadAsync(whole, cancel);
            return _read[whole] = value.Reveal().AsSpan().Trim(" \t\r\n"u8).IsEmpty
                ? Fault<SecretValue>(key, location, SecretFaultReason.Empty, "is empty; put the value there")
                : value;
        }
        catch (SecretSourceException e)
        {
            Faults.Add(new SecretFault(key, location.ToString(), e.Reason, e.Message));
            return _read[whole] = null;
        }
    }

    private ResolvedValue Whole(string key, SecretLocation location, string text)
    {
        // A file's last newline is the editor's, not the password's.
        var value = text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
        return value.Trim().Length > 0
            ? new ResolvedValue(new SecretValue(value), JsonValueKind.String, location.ToString())
            : Fault(key, location, SecretFaultReason.Empty, "is empty; put the value there")!;
    }

    private ResolvedValue? Member(string key, SecretLocation location, string name, string text)
    {
        using var document = SecretJson.Parse(text);
        if (document is null || document.RootElement.ValueKind != JsonValueKind.Object)
            return Fault(key, location, SecretFaultReason.WrongFormat, "is not a JSON object with unique keys; store {\"KEY\": \"value\", ...} there");
        if (!document.RootElement.TryGetProperty(name, out var member) || member.ValueKind == JsonValueKind.Null)
            return Fault(key, location, SecretFaultReason.Missing, $"has no key {name}; add it there, or take it out of 'keys'");
        if (SecretJson.TextOf(member) is not { } value)
            return Fault(key, location, SecretFaultReason.WrongFormat, $"has half a character (a lone surrogate) in {name}; store text there");
        if (value.Trim().Length == 0)
            return Fault(key, location, SecretFaultReason.Empty, $"has an empty {name}; put the value there");
        return value.Contains('\0')
            ? Fault(key, location, SecretFaultReason.WrongFormat, $"has a NUL in {name}; store text there")
            : new ResolvedValue(new SecretValue(value), member.ValueKind, location.ToString());
    }

    private ResolvedValue? Fault(string? key, SecretLocation location, SecretFaultReason reason, string sentence) =>
        Fault<ResolvedValue>(key, location, reason, sentence);

    private T? Fault<T>(string? key, SecretLocation location, SecretFaultReason reason, string sentence) where T : class
    {
        Faults.Add(new SecretFault(key, location.ToString(), reason, $"The source {location}{(key is null ? "" : $", for the key {key},")} {sentence}."));
        return null;
    }
}
