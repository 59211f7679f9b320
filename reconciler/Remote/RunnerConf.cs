using Reconciler.Model;

namespace Reconciler.Remote;

/// <summary>
/// The runner's lists on a server: root's to edit, so enrolling again keeps every line of theirs, and adds only what it was asked to add and the
/// program's own folders. The usual folders are written once: one that root took out stays out.
/// </summary>
internal static class RunnerConf
{
    private const string Title = "# Which folders, links and users the reconciler may handle";

    /// <summary>A shell function that prints what the file is to hold, from what it holds now: <c>runner_conf FILE</c>.</summary>
    public static string Function(EnrollmentRequest request)
    {
        var added = RunnerRoots.Own.Concat(request.MoreRoots).Select(root => $"root {root}").Concat(request.MoreLinks.Select(link => $"link {link}")).Distinct().ToList();
        return $$"""
            runner_conf() {
            printf '%s\n' {{Shell.Quote($"{Title}; root's to edit: `reconciler enroll` keeps the lines it finds and adds those it is asked for (--root, --link).")}} {{Shell.Quote($"login {request.Login}")}}
            if [ -f "$1" ]; then
            grep -v -e {{Shell.Quote("^" + Title)}} -e '^login ' -- "$1" || :
            else
            printf '%s\n' {{Shell.Join([.. RunnerRoots.Usual.Except(RunnerRoots.Own).Select(root => $"root {root}")])}}
            fi
            for line in {{Shell.Join(added)}}; do
            if [ -f "$1" ] && grep -qxF -e "$line" -- "$1"; then continue; fi
            printf '%s\n' "$line"
            done
            }
            """;
    }
}
