using System.Globalization;
using Reconciler.Model;

namespace Reconciler.Resources.Maintenance;

/// <summary>
/// The application's own commands that tell its users. They leave nothing to look at, so each keeps its outcome as a result on the
/// server, with the time that was announced and a digest of the words: the same announcement is made once.
/// </summary>
internal static class NoticeSteps
{
    public static Step On(Resource resource, MaintenanceSpec spec, NoticeCommands notice, DateTimeOffset start)
    {
        var time = TimeOf(start);
        return Run(Phase.Announce, resource, spec, notice, $"tell users of {spec.Application} that maintenance begins at {time}",
            notice.On.Replace("{{startsAt}}", time), $"on {time} {WordsOf(notice)}");
    }

    /// <summary>
    /// A short digest of the command with the message and the end that users are told, which git may change while the notice is up.
    /// </summary>
    public static string WordsOf(NoticeCommands notice) => MaintenanceKind.Digest(notice.On)[..12];

    /// <summary>As it is announced, and found again on the server.</summary>
    public static string TimeOf(DateTimeOffset start) => start.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    /// <summary>When users are in again, as the manual has it: it takes an interpreter's start, and better an old notice for that long than the page.</summary>
    public static Step Off(Resource resource, MaintenanceSpec spec, NoticeCommands notice) =>
        Run(Phase.Uncover, resource, spec, notice, $"take the notice of {spec.Application} away", notice.Off, "off") with { Rank = AfterPages };

    /// <summary>After the page is away, and the pages were asked for as users see them.</summary>
    private const int AfterPages = 15;

    private static Step Run(
        Phase phase, Resource resource, MaintenanceSpec spec, NoticeCommands notice, string summary, string command, string outcome) =>
        new(phase, resource.Id, summary, notice.Runtime.RunLive(MaintenanceProbe.NoticeResult(spec.Application),
            $"set -e\n{Shell.Join(Shell.Split(command))} >&2\necho '{outcome}'\n"))
        {
            Proof = $"[ \"$(head -c 100 {MaintenanceProbe.NoticePath(spec.Application)})\" = '{outcome}' ]",
            Attempts = 3,
        };
}
