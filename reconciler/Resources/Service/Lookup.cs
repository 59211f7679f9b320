namespace Reconciler.Resources.Service;

/// <summary>How the runner finds the process of a service: words of its verbs <c>lookup</c>, <c>start</c>, <c>reload</c> and <c>note-started</c>.</summary>
internal static class Lookup
{
    public static IReadOnlyList<string> Of(ServiceSpec spec) => spec.Manager switch
    {
        ServiceManager.OwnProgram => ["supervisor", "-", "-", spec.FullName],
        ServiceManager.ExistingProgram(var program) => ["supervisor", "-", "-", program],
        ServiceManager.DeclaredProgram(var program, var config, var supervisor) => ["supervisor", config, supervisor.User, program],
        ServiceManager.BareProcess(var pattern, _, var user, _) => ["process", user, pattern],
        _ => ["unit", spec.UnitName!],
    };

    /// <summary>The same for the verbs that may have to start its manager too (<c>start</c>), or to ask for what that wrote (<c>logs</c>).</summary>
    public static IReadOnlyList<string> WithManager(ServiceSpec spec) =>
        spec.Manager is ServiceManager.DeclaredProgram && spec.BootUnit is { } unit ? [.. Of(spec), unit] : Of(spec);
}
