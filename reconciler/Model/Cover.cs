namespace Reconciler.Model;

/// <summary>
/// What the cover partial of a site and the maintenance of its application agree on: files on the server, and paths that nginx answers.
/// Covering needs no reload: nginx looks for the flag file on each request.
/// </summary>
internal static class Cover
{
    /// <summary>A request header with the check token, sent from the server itself, passes the cover.</summary>
    public const string CheckHeader = "X-Reconciler-Check";

    /// <summary>A response header with the application's name, on what the cover answers: tells it from a 503 of the application.</summary>
    public const string CoveredHeader = "X-Reconciler-Cover";

    /// <summary>Retry-After in seconds where no step below is set.</summary>
    public const int DefaultRetryAfter = 120;

    /// <summary>nginx cannot read a number from a file, so Retry-After goes in these steps (seconds), each switched by a file of its own.</summary>
    public static IReadOnlyList<int> RetryAfterSteps { get; } = [900, 3600, 21600];

    /// <summary>How the summaries of the steps begin that bring users the page, or take it away: the journal tells them from what only prepares it.</summary>
    public const string RaiseWords = "cover ", LiftWords = "uncover ";

    /// <summary>Where Debian's nginx.conf has nginx write its process id.</summary>
    public const string NginxPid = "/run/nginx.pid";

    /// <summary>Root's folder, 0755: nginx's workers must be able to see what is in it.</summary>
    public static string Folder(string application) => $"/var/lib/reconciler/cover/{application}";

    /// <summary>While it is there, the application's sites on this server are covered.</summary>
    public static string Flag(string application) => $"{Folder(application)}/on";

    /// <summary>What is shown while covered; may be replaced at any time.</summary>
    public static string Page(string application) => $"{Folder(application)}/page.html";

    public static string RetryAfterFile(string application, int seconds) => $"{Folder(application)}/retry-{seconds}";

    /// <summary>While users are told of maintenance by nginx: what its sites include. Else it is not there.</summary>
    public static string NoticeFile(string application) => $"{Folder(application)}/notice.conf";

    /// <summary>
    /// As a pattern, because nginx takes one that nothing matches for an empty file (https://nginx.org/en/docs/ngx_core_module.html#include): what is not
    /// announced needs no file, and a site no change to announce.
    /// </summary>
    public static string NoticeInclude(string application) => $"include {Folder(application)}/[n]otice.conf;";

    /// <summary>Answers what nginx would put into a page, to the server itself with the token.</summary>
    public static string NoticePath(string application) => $"/.reconciler/notice/{application}";

    /// <summary>Answers 503 with <see cref="CoveredHeader"/> while covered, else 200 <c>open</c>; never asks the application.</summary>
    public static string StatePath(string application) => $"/.reconciler/cover/{application}";

    /// <summary>Answers the digest of the configuration in use, to the server itself with the token.</summary>
    public static string ConfigPath(string application, string site) => $"/.reconciler/config/{application}-{site}";
}
