using Reconciler.Documents.Yaml;
using Reconciler.Model;

namespace Reconciler.Documents.Rules;

/// <summary>
/// Paths that the runner on a server refuses as it is enrolled. Only a warning: its list is in root's hands, and a server may have been given more.
/// </summary>
internal static class RunnerRules
{
    public static void Check(RuleContext context, DesiredFolder folder)
    {
        if (folder is DesiredApplication { Application: { Value.Retired: false } application })
        {
            Check(context, application, application.Value.Path, "path");
            if (application.Value.Python is { } python)
                Check(context, application, python.Virtualenv, "python", "virtualenv");
            if (application.Value.Django is { Static: { } collected })
                Check(context, application, collected, "django", "static");
        }
        foreach (var (name, file) in folder.Files.Value)
            CheckPath(context, folder.Files, file.Path, file.Link is not null ? "link" : file.Directory ? "root" : null, name, "path");
        // An application's lie below its own path.
        foreach (var (name, secret) in folder.Secrets.Value.Where(_ => folder is not DesiredApplication))
            Check(context, folder.Secrets, secret.Path, name, "path");
    }

    private static void Check<T>(RuleContext context, Located<T> document, string path, params string[] at) =>
        CheckPath(context, document, path, null, at);

    /// <param name="itself">The runner's word for a line that allows the path itself; null when it takes the folder over it.</param>
    private static void CheckPath<T>(RuleContext context, Located<T> document, string path, string? itself, params string[] at)
    {
        // Of a template, what stands before its first value decides.
        var start = path.Split("{{")[0];
        if (!path.StartsWith('/') || RunnerRoots.Hold(start + "x"))
            return;
        var folder = start[..Math.Max(start.LastIndexOf('/'), 0)];
        var fix = $"choose a path below {string.Join(", ", RunnerRoots.Usual.Take(4))}";
        var (word, allowed) = itself is null ? ("root", folder) : (itself, path);
        if (RunnerRoots.MayBe(allowed))
            fix += $"; or allow {allowed} on each of the servers: enroll with `--{word} {allowed}`, which writes `{word} {allowed}` to {RunnerRoots.Configuration}";
        context.Warn("outside-runner-roots", document.PlaceOf(at),
            $"{Shown.Value(path)} lies outside the folders that the runner on a server allows as it is enrolled", fix);
    }
}
