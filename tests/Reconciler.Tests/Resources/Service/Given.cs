using Reconciler.Model;
using Reconciler.Resources.Service;

namespace Reconciler.Tests.Resources.Service;

/// <summary>Services and what was seen of them, as the tests start from.</summary>
internal static class Given
{
    public const string Boot = "5d3c1f9e-0000-4000-8000-000000000001";

    public static readonly ResourceId Code = new("web1", "coralnet", "Code", "coralnet");
    public static readonly ResourceId Settings = new("web1", "coralnet", "SecretsFile", "settings");

    public const string OldCommit = "3f9d1c07a1e0b6f5c6f0d2a4f0b1d8e7c9a5b342";
    public const string NewCommit = "7ab20000a1e0b6f5c6f0d2a4f0b1d8e7c9a5b342";

    public static Launch Launch(string command) =>
        new(command, "/srv/www/coralnet/project", "coralnet", "/srv/www/venv", [new("DJANGO_SETTINGS_MODULE", "config.settings.production"), new("LANG", "C.UTF-8")]);

    public static ServiceSpec Gunicorn { get; } =
        new("coralnet", "gunicorn", ServicePart.Web, new ServiceManager.OwnProgram(Launch("gunicorn -w 4 -b 127.0.0.1:8000 config.wsgi"))) { Port = 8000 };

    public static ServiceSpec Worker { get; } =
        new("coralnet", "celeryworker", ServicePart.Worker, new ServiceManager.DeclaredProgram("celeryworker", "/cnhome/config/supervisor.conf",
            Launch("supervisord -c /cnhome/config/supervisor.conf"))) { StopTimeout = TimeSpan.FromMinutes(10) };

    public static ServiceSpec Beat { get; } =
        new("coralnet", "celerybeat", ServicePart.Beat, new ServiceManager.OwnUnit(Launch("celery -A config beat")));

    public static ServiceSpec Nginx { get; } =
        new("host", "nginx", ServicePart.Backing, new ServiceManager.ExistingUnit("nginx")) { OnChange = OnChange.Reload };

    public static ServiceSpec Indexer { get; } =
        new("jane", "indexer", ServicePart.Worker, new ServiceManager.BareProcess("manage.py runindexer", "HUP", "jane", null));

    public static Resource Resource(ServiceSpec spec, params IReadOnlyList<ResourceId> reads) =>
        new(new("web1", spec.Application, "Service", spec.Service), spec, new("base/coralnet/services.yaml", 5, 3)) { Reads = reads };

    /// <summary>Running since a start that we noted, with everything as git says.</summary>
    public static ServiceFacts Running(ServiceSpec spec, params (ResourceId Read, string Marker)[] read) =>
        new(spec.Service, ServiceState.Running, [new(412, 0)], Boot)
        {
            Definition = Definition.Of(spec) is null ? DefinitionState.NotOurs : DefinitionState.Same,
            Enabled = spec.BootUnit is null ? null : true,
            Listening = spec.Port is null ? null : true,
            Note = new(Alive: true, [412], read.ToDictionary(entry => entry.Read.MarkerKey, entry => entry.Marker)),
        };

    /// <summary>As <see cref="Running"/>, but its supervisor has started it again since.</summary>
    public static ServiceFacts Restarted(ServiceSpec spec, params (ResourceId Read, string Marker)[] read)
    {
        var before = Running(spec, read);
        return before with { Processes = [new(999, 95_000)], Note = before.Note! with { Alive = false } };
    }

    public static ServiceFacts Down(ServiceSpec spec, ServiceState state = ServiceState.Stopped) => Running(spec) with { State = state, Processes = [], Listening = spec.Port is null ? null : false };

    public static ReadMarkers Now(params (ResourceId Read, string? Marker)[] markers) =>
        new(markers.ToDictionary(entry => entry.Read, entry => entry.Marker));
}
