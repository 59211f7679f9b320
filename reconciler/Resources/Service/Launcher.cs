using Reconciler.Model;

namespace Reconciler.Resources.Service;

/// <summary>A script that starts what no manager starts: a bare process, or the application's own supervisord.</summary>
internal static class Launcher
{
    /// <summary>Null where a manager does it. The process leaves the runner's session, so that the end of the step does not end it.</summary>
    public static string? Script(ServiceSpec spec) => spec.Manager switch
    {
        ServiceManager.BareProcess(_, _, _, { } launch) => Script(launch),
        ServiceManager.DeclaredProgram(_, _, var supervisor) => Script(supervisor),
        _ => null,
    };

    private static string Script(Launch launch) =>
        $"cd {Shell.Quote(launch.Directory)} || exit 1\n"
        + string.Concat(launch.Variables.Select(variable => $"export {variable.Key}={Shell.Quote(variable.Value)}\n"))
        + $"exec setsid -f {Shell.Join(launch.Words())} </dev/null >/dev/null 2>&1\n";
}
