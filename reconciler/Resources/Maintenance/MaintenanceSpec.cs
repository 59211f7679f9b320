using Reconciler.Model;

namespace Reconciler.Resources.Maintenance;

/// <summary>Whether an application is under maintenance on one server that has a covered site of it, and what users see then.</summary>
/// <param name="Enabled">The flag in git.</param>
/// <param name="Page">The whole HTML page; <see cref="DefaultPage"/> makes one.</param>
/// <param name="RetryAfter">Seconds; rounded down to one of <see cref="Cover.RetryAfterSteps"/>.</param>
/// <param name="Sites">Where to ask nginx for each site of the application on this server.</param>
/// <param name="Notice">Null where the application has no notice, or this server no <c>part: web</c> service of it.</param>
internal sealed record MaintenanceSpec(
    string Application, bool Enabled, string Page, int RetryAfter, ValueList<PageTarget> Sites, NoticeCommands? Notice) : ResourceSpec
{
    /// <summary>
    /// The flag is on and covers only then: until that time the notice is up with it. Null when the flag is off, or covers.
    /// </summary>
    public DateTimeOffset? Begins { get; init; }

    /// <summary>Instead of commands: what nginx puts into pages. Null where no site of the application on this server has the part for it.</summary>
    public NoticeBanner? Banner { get; init; }

    /// <summary>Users were promised a time for a change: a notice that is up stays up.</summary>
    public bool KeepsNotice { get; init; }
}

/// <summary>How the application itself tells its users that maintenance is coming.</summary>
/// <param name="On">
/// A command whose values are filled in but <c>{{startsAt}}</c>, which the planner knows: it becomes <see cref="Change.StartsAt"/> in RFC 3339, UTC.
/// </param>
/// <param name="Off">A command; takes the notice away.</param>
internal sealed record NoticeCommands(string On, string Off, ApplicationRuntime Runtime);
