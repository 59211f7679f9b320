namespace Reconciler.Importing;

/// <summary>Whose application is meant, after the first look: the second one is made as that user.</summary>
/// <param name="Services">Of that user, by supervisor's and systemd's files.</param>
/// <param name="Folders">In which its programs are started.</param>
internal sealed record Candidate(string User, IReadOnlyList<FoundService> Services, IReadOnlyList<string> Folders,
    IReadOnlyList<string> Virtualenvs)
{
    /// <exception cref="ImportException">There is none, or more than one.</exception>
    public static Candidate Of(ImportRequest request, ServerSeen seen)
    {
        var services = FoundOn(seen);
        var user = request.User ?? One(request, services, seen);
        var its = services.Where(service => service.User == user).ToList();
        return new(user, its,
            [.. its.Select(service => service.Directory).Append(request.Path).OfType<string>()
                .Where(folder => folder.StartsWith('/')).Distinct()],
            [.. its.Select(service => service.Virtualenv).OfType<string>().Distinct()]);
    }

    private static List<FoundService> FoundOn(ServerSeen seen) =>
        [.. Importing.Services.Of(seen)
            .Where(service => service.Part is not null || service.Command.Contains("manage.py", StringComparison.Ordinal))];

    private static string One(ImportRequest request, List<FoundService> services, ServerSeen seen)
    {
        var near = services.Where(service => request.Path is { } path
            && service.Directory?.StartsWith(path, StringComparison.Ordinal) == true).ToList();
        var users = (near.Count > 0 ? near : services).Select(service => service.User).OfType<string>()
            .Concat(seen.Processes.Where(IsSupervisord).Select(process => process.User))
            .Where(user => user is not "root").Distinct().Order(StringComparer.Ordinal).ToList();
        return users switch
        {
            [var user] => user,
            [] when services.FirstOrDefault(service => service.User is null or "root") is { } root => throw new ImportException(
                $"{root.Name} ({root.From}) runs as root, as which nothing of an application is ever run: give it a `user` "
                    + $"of its own there, "
                + "restart it and see that the site works, then import again"),
            [] => throw new ImportException("neither supervisor nor systemd nor a supervisord of its own runs a Django "
                + "application here "
                + "(gunicorn, uvicorn, daphne, uwsgi, celery): name its user with --user LOGIN and its checkout "
                + "with --path FOLDER"),
            _ => throw new ImportException($"applications of several users run here ({string.Join(", ", users)}): name one "
                + $"with --user LOGIN"),
        };
    }

    /// <summary>Not the system's: that one is root's.</summary>
    public static bool IsSupervisord(SeenProcess process) =>
        process.User != "root" && process.Arguments.Contains("supervisord", StringComparison.Ordinal)
            && !process.Arguments.Contains("supervisorctl", StringComparison.Ordinal);
}
