using Reconciler.Model;

namespace Reconciler.Resources.NginxSite;

internal enum SiteFile
{
    Absent,

    /// <summary>As rendered by us, whole: the digest in it is the digest of it.</summary>
    Sealed,

    /// <summary>Edited since, or somebody else's.</summary>
    Foreign,
}

internal enum SiteLink
{
    Absent,
    Right,
    Elsewhere,

    /// <summary>A file or folder where the link should be.</summary>
    NoLink,
}

/// <summary>A site on disk and in use.</summary>
/// <param name="FileDigest">Of a sealed file.</param>
/// <param name="Tried">The digest that nginx last found good beside the live configuration, or null.</param>
/// <param name="Served">What nginx answered when asked for the digest in use.</param>
internal sealed record NginxSiteFacts(SiteFile File, string? FileDigest, SiteLink Link, string? Tried, PageAnswer Served) : ResourceFacts(Marker: null)
{
    /// <summary>Files that nginx reads beside it and that reconciler did not put there.</summary>
    public IReadOnlyList<ForeignSite> Foreign { get; init; } = [];

    /// <summary>Servers that its upstreams leave out, by the file.</summary>
    public IReadOnlyList<string> Out { get; init; } = [];

    public override IReadOnlyList<string> LeavesOut => Out;

    /// <summary>The digest that a foreign file would have if it were sealed as it is: of an edit that git says by now.</summary>
    public string? Resealed { get; init; }

    /// <summary>The digest of the configuration in use; null when nginx did not name one.</summary>
    public string? ServedDigest => Served is { State: "200", Start: { Length: 64 } text } && text.All(char.IsAsciiHexDigitLower) ? text : null;

    /// <summary>Nothing to ask with: an honest "cannot tell", which is not a difference.</summary>
    public bool CannotAsk => Served.State == "toolless";

    public override string? Ailment => CannotAsk ? "which configuration nginx serves cannot be asked: install openssl on this server" : null;
}
