namespace Reconciler.Resources.Service;

/// <summary>The file by which a manager knows a service of ours.</summary>
/// <param name="Path">Absolute; root's, 0644.</param>
internal sealed record Definition(string Path, string Text)
{
    /// <summary>Null for what is not ours to define.</summary>
    public static Definition? Of(ServiceSpec spec) => spec.Manager switch
    {
        ServiceManager.OwnProgram(var launch) => new(SupervisorProgram.PathOf(spec.FullName), SupervisorProgram.Text(spec, launch)),
        ServiceManager.OwnUnit(var launch) => new(SystemdUnit.PathOf(spec.UnitName!), SystemdUnit.Text(spec, launch)),
        ServiceManager.DeclaredProgram own when spec.Elsewhere.Count == 0 =>
            new(SystemdUnit.PathOf(SupervisordUnit.NameOf(spec.Application)), SupervisordUnit.Text(spec.Application, own)),
        _ => null,
    };

    /// <summary>What neither supervisor's nor systemd's files can hold, as a sentence; null when there is nothing of the kind.</summary>
    public static string? Fault(Launch launch)
    {
        if (launch.Variables.Any(variable => HasControl(variable.Value)) || HasControl(launch.Command) || HasControl(launch.Directory))
            return "its command, folder or a variable holds a line break or another control character";
        try
        {
            return Model.Shell.Split(launch.Command).Count > 0 ? null : "its command is empty";
        }
        catch (FormatException exception)
        {
            return $"its command cannot be read: {exception.Message}";
        }
    }

    private static bool HasControl(string text) => text.Any(c => char.IsControl(c) && c != '\t');
}
