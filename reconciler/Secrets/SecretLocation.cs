namespace Reconciler.Secrets;

/// <summary>Where a secret stands, as documents write it: <c>env:NAME</c>, <c>file:PATH</c>, <c>aws:NAME#KEY</c>. It is no secret itself.</summary>
/// <param name="Key">One key of the JSON object that stands there; null for all of it.</param>
/// <param name="Version">For sources that keep several; null for the only one.</param>
internal sealed record SecretLocation(string Scheme, string Name, string? Key, string? Version)
{
    /// <summary>Null when the text is no location.</summary>
    public static SecretLocation? Parse(string text, string? version)
    {
        var colon = text.IndexOf(':');
        if (colon < 1 || text.Any(char.IsControl))
            return null;
        var hash = text.IndexOf('#', colon);
        var name = hash < 0 ? text[(colon + 1)..] : text[(colon + 1)..hash];
        var key = hash < 0 ? null : text[(hash + 1)..];
        return name.Length == 0 || key?.Length == 0 ? null : new SecretLocation(text[..colon], name, key, version);
    }

    public override string ToString() => Key is null ? $"{Scheme}:{Name}" : $"{Scheme}:{Name}#{Key}";
}
