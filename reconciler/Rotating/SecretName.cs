using System.Text.RegularExpressions;

namespace Reconciler.Rotating;

/// <summary>Which secret of an environment is meant: as a person types it.</summary>
/// <param name="Key">Null for a file that is one value.</param>
internal sealed partial record SecretName(string Application, string File, string? Key)
{
    /// <summary><c>APPLICATION/FILE/KEY</c>, or as databases.yaml names it <c>APPLICATION/secrets/FILE/KEY</c>; the key is left out for
    /// <c>format: raw</c>. Null when it is none.</summary>
    public static SecretName? Parse(string text) => Written().Match(text) is { Success: true } match
        ? new(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3] is { Success: true } key ? key.Value : null) : null;

    /// <summary>As databases.yaml and services.yaml name it.</summary>
    public string InDocuments => $"{Application}/secrets/{File}{(Key is null ? "" : $"/{Key}")}";

    public override string ToString() => $"{Application}/{File}{(Key is null ? "" : $"/{Key}")}";

    [GeneratedRegex(@"^([a-z][a-z0-9-]*)/(?:secrets/)?([a-z][a-z0-9-]*)(?:/([A-Za-z_][A-Za-z0-9_]*))?\z")]
    private static partial Regex Written();
}
