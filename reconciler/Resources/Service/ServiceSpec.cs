using Reconciler.Model;

namespace Reconciler.Resources.Service;

/// <summary>A process that git says should run (or, once retired, should not): seeds/000 lines 76-98.</summary>
/// <param name="Application">As in <see cref="ResourceId.Application"/>; <c>host</c> for services of the server itself.</param>
/// <param name="Service">The key in services.yaml: <c>gunicorn</c>.</param>
/// <param name="Part">Its place in the order of stopping and starting.</param>
/// <param name="Manager">Who keeps it running, and how it is found.</param>
internal sealed record ServiceSpec(string Application, string Service, ServicePart Part, ServiceManager Manager) : ResourceSpec
{
    /// <summary>How long it may take to stop before it is killed: celery finishes the tasks at hand.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What to do when something that it reads has changed.</summary>
    public OnChange OnChange { get; init; } = OnChange.Restart;

    /// <summary>TCP port, 1 to 65535, on which something listens once it is ready; null when it has none.</summary>
    public int? Port { get; init; }

    /// <summary>Git says that it must not run (server or application retired, service removed): stopped, and not started at boot.</summary>
    public bool Retired { get; init; }

    /// <summary>
    /// The servers where git places it, when this is not one of them: its supervisor.conf would start it here as well. Then it is also
    /// <see cref="Retired"/>.
    /// </summary>
    public ValueList<string> Elsewhere { get; init; } = [];

    /// <summary>APPLICATION-SERVICE: the program or unit that we make, and the name under which its start is noted; unique on a server.</summary>
    public string FullName => $"{Application}-{Service}";

    /// <summary>For a sentence: the name in services.yaml, and where we made it under another one, that.</summary>
    public string Shown => Manager switch
    {
        ServiceManager.OwnUnit => $"{Service} (unit {UnitName})",
        ServiceManager.OwnProgram => $"{Service} (supervisor's {FullName})",
        _ => Service,
    };

    /// <summary>Its systemd unit with suffix, or null when systemd does not manage it.</summary>
    public string? UnitName => Manager switch
    {
        ServiceManager.OwnUnit => $"{FullName}.service",
        ServiceManager.ExistingUnit(var unit) => unit.Contains('.') ? unit : $"{unit}.service",
        _ => null,
    };

    /// <summary>The unit that must be enabled for the service to come back after a reboot; null when no unit decides that.</summary>
    public string? BootUnit => Manager switch
    {
        ServiceManager.OwnProgram or ServiceManager.ExistingProgram => "supervisor.service",
        ServiceManager.DeclaredProgram => Elsewhere.Count > 0 ? null : SupervisordUnit.NameOf(Application),
        _ => UnitName,
    };
}

/// <summary>Rises in the order of stopping and of starting; backing services are only ever started.</summary>
internal enum ServicePart
{
    Backing,
    Web,
    Worker,
    Beat,
}

internal enum OnChange
{
    Restart,
    Reload,
}
