using Reconciler.Model;

namespace Reconciler.Resources.Maintenance;

/// <summary>What one site of the application answers at <see cref="Cover.StatePath"/>.</summary>
internal enum SiteState
{
    /// <summary>Not asked with success: no nginx, another site, or a configuration without the cover.</summary>
    NotServed,
    Open,
    Covered,
}

/// <summary>Whether an application is covered on a server.</summary>
/// <param name="Folder">Whether <see cref="Cover.Folder"/> is there.</param>
/// <param name="Flag">Whether the flag file is there.</param>
/// <param name="Page">SHA-256 hex of the page, or null when there is none.</param>
/// <param name="RetryAfter">The steps of Retry-After (seconds) whose files are there.</param>
/// <param name="Notice">The time for which the application's own notice is up, as it was announced; null when it is not.</param>
/// <param name="Sites">In the order of <see cref="MaintenanceSpec.Sites"/>.</param>
internal sealed record MaintenanceFacts(
    bool Folder, bool Flag, string? Page, IReadOnlyList<int> RetryAfter, string? Notice, IReadOnlyList<SiteState> Sites) : ResourceFacts(Marker: null)
{
    /// <summary>
    /// The digest of the command that told them; null when it was noted without (by an earlier version), or there is no notice.
    /// </summary>
    public string? NoticeWords { get; init; }

    /// <summary>
    /// In the order of <see cref="NoticeBanner.Sites"/>: what nginx puts into pages, <c>APPLICATION TIME WORDS</c>; empty when nothing, null when it was not
    /// asked with success.
    /// </summary>
    public IReadOnlyList<string?> Shown { get; init; } = [];

    public static MaintenanceFacts Nothing { get; } = new(false, false, null, [], null, []);
}
