namespace Reconciler.Resources.Service;

/// <summary>How the runner finds the process of a service: words of its verbs <c>lookup</c>, <c>start</c>, <c>reload</c> and <c>note-started</c>.</summary>
internal static class Lookup
{
    public static IReadOnlyList<string> Of(ServiceSpec spec) => spec.Manager switch
    {
        ServiceManager.OwnProgram => ["supervisor", "-", "-", spec.FullName],
        ServiceManager.DeclaredProgram(var program, var config, var supervisor) => ["supervisor", config, supervisor.User, program],
        ServiceManager.BareProcess(var pattern, _, var user, _) => ["process", user, pattern],
        _ => ["unit", spec.UnitName!],
    };
}
