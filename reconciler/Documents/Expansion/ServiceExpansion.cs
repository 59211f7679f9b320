using Reconciler.Documents.Kinds;
using Reconciler.Model;
using Reconciler.Resources.Service;

namespace Reconciler.Documents.Expansion;

/// <summary>services.yaml, for an application or for the host.</summary>
internal sealed class ServiceExpansion(ExpansionInput input, Placement placement, DesiredFolder documents)
{
    private readonly ApplicationDocument? _application = (documents as DesiredApplication)?.Application.Value;

    public IEnumerable<Resource> Expand() => [.. Declared(), .. Strays()];

    private IEnumerable<Resource> Declared() =>
        from entry in documents.Services.Value
        from server in placement.On(entry.Value.On).Select(name => (Name: name, Retired: _application?.Retired ?? false))
            .Concat(placement.RetiredOn(entry.Value.On).Select(name => (Name: name, Retired: true)))
        select Service(server.Name, entry.Key, entry.Value, server.Retired);

    /// <summary>
    /// Programs of a supervisor.conf that runs on a server where git does not place them: it would start them there too, and they would work on
    /// with old code while others are stopped for the new.
    /// </summary>
    private IEnumerable<Resource> Strays() =>
        from server in placement.InUse
        where _application is { Retired: false }
        let here = Programs(server).ToList()
        from entry in documents.Services.Value
        where IsStray(entry.Value, here)
        select Service(server, entry.Key, entry.Value, retired: true, elsewhere: placement.On(entry.Value.On));

    private static bool IsStray(ServiceEntry entry, List<KeyValuePair<string, ServiceEntry>> here) =>
        entry is { Program: { } program, Config: not null } && here.Any(one => one.Value.Config == entry.Config) && here.All(one => one.Value.Program != program);

    /// <summary>The programs of the application's own supervisord on a server, in the order of their start.</summary>
    private IEnumerable<KeyValuePair<string, ServiceEntry>> Programs(string server) => documents.Services.Value
        .Where(entry => entry.Value is { Program: not null, Config: not null }
            && (placement.IsOn(entry.Value.On, server) || placement.IsRetiredOn(entry.Value.On, server)))
        .OrderBy(entry => entry.Value.Part).ThenBy(entry => entry.Key, StringComparer.Ordinal);

    private Resource Service(string server, string name, ServiceEntry entry, bool retired, IReadOnlyList<string>? elsewhere = null)
    {
        var texts = input.Texts(documents, server);
        return new(new(server, documents.Name, "Service", name),
            new ServiceSpec(documents.Name, name, Enum.Parse<ServicePart>($"{entry.Part}"), ManagerOf(server, name, entry, texts))
            {
                StopTimeout = entry.StopTimeout,
                OnChange = entry.OnChange == ChangeReaction.Reload ? OnChange.Reload : OnChange.Restart,
                Port = entry.Port,
                Retired = retired,
                Elsewhere = [.. elsewhere ?? []],
            },
            documents.Services.KeyPlaceOf(name))
        {
            Reads = retired ? [] : ReadsOf(server, entry),
            Loads = retired ? [] : LoadsOf(server, entry),
            Places = Places,
        };
    }

    // The same for all its services, on all servers.
    private Dictionary<string, Place> Places => field ??= PlacesOfVariables();

    private Dictionary<string, Place> PlacesOfVariables() => documents is not DesiredApplication { Application: var application } ? []
        : application.Value.Environment.Keys.ToDictionary(variable => variable, variable => application.PlaceOf("environment", variable))
            .Append(new("", application.PlaceOf("environment"))).ToDictionary();

    /// <summary>
    /// ManifestStaticFilesStorage reads staticfiles.json once, when a process starts (django.contrib.staticfiles.storage,
    /// <c>ManifestFilesMixin.__init__</c>).
    /// </summary>
    private IReadOnlyList<ResourceId> LoadsOf(string server, ServiceEntry entry) =>
        _application?.Django?.Static is not null && entry.Part == Part.Web && entry.Reads?.Contains("code") != false
            ? [new(server, documents.Name, "StaticFiles", "static")]
            : [];

    private ServiceManager ManagerOf(string server, string name, ServiceEntry entry, Texts texts) => entry switch
    {
        { Unit: { } unit } => new ServiceManager.ExistingUnit(unit),
        { Program: { } program, Config: null } => new ServiceManager.ExistingProgram(program),
        { Program: { } program } => ProgramOf(server, name, program, entry, texts),
        { Process: { } pattern } => new ServiceManager.BareProcess(pattern, $"{entry.StopSignal ?? StopSignal.TERM}", _application?.User ?? "root",
            entry.Command is { } start ? LaunchOf(texts.Command(start), texts) : null),
        { Manager: ServiceManagerName.Systemd } => new ServiceManager.OwnUnit(LaunchOf(texts.Command(entry.Command!), texts)),
        _ => new ServiceManager.OwnProgram(LaunchOf(texts.Command(entry.Command!), texts)),
    };

    private ServiceManager.DeclaredProgram ProgramOf(string server, string name, string program, ServiceEntry entry, Texts texts)
    {
        var config = ConfigOf(entry, texts);
        var here = Programs(server).ToList();
        return new(program, config, LaunchOf($"supervisord -c {Shell.Quote(config)}", texts))
        {
            KeptStopped = [.. documents.Services.Value.Values.Where(other => IsStray(other, here)).Select(other => other.Program!).Distinct().Order(StringComparer.Ordinal)],
            StopTimeout = here.Select(one => one.Value.StopTimeout).Append(entry.StopTimeout).Max(),
            Leads = here.Count > 0 && here[0].Key == name,
        };
    }

    private string ConfigOf(ServiceEntry entry, Texts texts) => $"{_application!.Path}/{texts.Plain(entry.Config!)}";

    private Launch LaunchOf(string command, Texts texts)
    {
        var application = _application!;
        return new(command, RuntimeExpansion.DirectoryOf(application), application.User, application.Python?.Virtualenv,
            RuntimeExpansion.EnvironmentOf(application, texts));
    }

    /// <summary>Default: everything of its application; for host services nothing.</summary>
    private IReadOnlyList<ResourceId> ReadsOf(string server, ServiceEntry entry)
    {
        if (entry.Reads is { } reads)
            return [.. reads.Select(read => ReadOf(server, read))];
        if (_application is not { } application || entry.Part == Part.Backing)
            return [];
        return
        [
            new(server, documents.Name, "Code", "code"),
            .. application.Python is null ? Array.Empty<ResourceId>() : [new(server, documents.Name, "VirtualEnvironment", "virtualenv")],
            .. documents.Secrets.Value.Keys.Order(StringComparer.Ordinal).Select(file => new ResourceId(server, documents.Name, "SecretsFile", file)),
        ];
    }

    private ResourceId ReadOf(string server, string read) => read.Split('/') switch
    {
        ["code"] => new(server, documents.Name, "Code", "code"),
        ["virtualenv"] => new(server, documents.Name, "VirtualEnvironment", "virtualenv"),
        ["secrets", var file] => new(server, documents.Name, "SecretsFile", file),
        ["files", var file] => new(server, documents.Name, "File", file),
        [var application, "secrets", var file] => new(server, application, "SecretsFile", file),
        _ => throw new FormatException($"reads: {read}"),
    };
}
