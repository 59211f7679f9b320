using System.Text;

namespace Reconciler.Resources.Service;

/// <summary>
/// The text of a program definition of ours. Rules of the file, from supervisor 4.2: <c>%</c> begins an expansion and is doubled; <c>;</c> and
/// <c>#</c> after a blank begin a comment, also between quotes; <c>command</c> is split as by sh; a value in <c>environment</c> stands
/// between quotes that cannot be escaped.
/// </summary>
internal static class SupervisorProgram
{
    public static string PathOf(string program) => $"/etc/supervisor/conf.d/{program}.conf";

    public static string Text(ServiceSpec spec, Launch launch)
    {
        var fits = launch.Variables.Where(variable => FitsBetweenQuotes(variable.Value)).ToList();
        var others = launch.Variables.Where(variable => !FitsBetweenQuotes(variable.Value)).ToList();
        return $"""
            ; Written by reconciler from services.yaml: an edit here is reported and replaced.
            [program:{spec.FullName}]
            command={Double(string.Join(' ', launch.Words(others).Select(Word)))}
            directory={Double(launch.Directory)}
            user={launch.User}
            environment={string.Join(',', fits.Select(variable => $"{variable.Key}=\"{Double(variable.Value)}\""))}
            autostart=true
            autorestart=true
            startsecs=1
            startretries=10
            stopsignal=TERM
            stopwaitsecs={(long)Math.Ceiling(spec.StopTimeout.TotalSeconds)}
            stopasgroup={StopsAsGroup(spec.Part)}
            killasgroup=true
            redirect_stderr=true
            stdout_logfile=/var/log/supervisor/{spec.FullName}.log

            """;
    }

    /// <summary>
    /// TERM to a celery worker's children ends the tasks that they are working on, so only the parent gets it. A web server's children end
    /// gracefully on TERM (gunicorn), or are not told by their parent (runserver).
    /// </summary>
    private static string StopsAsGroup(ServicePart part) => part == ServicePart.Web ? "true" : "false";

    private static string Double(string text) => text.Replace("%", "%%");

    private static bool FitsBetweenQuotes(string value) =>
        !value.Contains('"') && !value.StartsWith('\'') && !value.EndsWith('\'') && !value.Contains(" ;") && !value.Contains(" #")
        && !value.Contains("\t;") && !value.Contains("\t#");

    /// <summary>One word of <c>command</c>: as for sh, but a <c>;</c> or <c>#</c> never follows a blank, nor stands at the start of a word.</summary>
    private static string Word(string word)
    {
        var quoted = new StringBuilder(Model.Shell.Quote(word));
        if (quoted[0] != '\'')
            return quoted.ToString();
        foreach (var mark in (string[])[" ;", " #", "\t;", "\t#"])
            quoted.Replace(mark, $"{mark[0]}''{mark[1]}");
        return quoted.ToString();
    }
}
