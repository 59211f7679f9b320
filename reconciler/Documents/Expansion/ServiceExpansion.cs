using Reconciler.Documents.Kinds;
using Reconciler.Model;
using Reconciler.Resources.Service;

namespace Reconciler.Documents.Expansion;

/// <summary>services.yaml, for an application or for the host.</summary>
internal sealed class ServiceExpansion(ExpansionInput input, Placement placement, DesiredFolder documents)
{
    private readonly ApplicationDocument? _application = (documents as DesiredApplication)?.Application.Value;

    public IEnumerable<Resource> Expand() =>
        from entry in documents.Services.Value
        from server in placement.On(entry.Value.On).Select(name => (Name: name, Retired: _application?.Retired ?? false))
            .Concat(placement.RetiredOn(entry.Value.On).Select(name => (Name: name, Retired: true)))
        select Service(server.Name, entry.Key, entry.Value, server.Retired);

    private Resource Service(string server, string name, ServiceEntry entry, bool retired)
    {
        var texts = input.Texts(documents, server);
        return new(new(server, documents.Name, "Service", name),
            new ServiceSpec(documents.Name, name, Enum.Parse<ServicePart>($"{entry.Part}"), ManagerOf(entry, texts))
            {
                StopTimeout = entry.StopTimeout,
                OnChange = entry.OnChange == ChangeReaction.Reload ? OnChange.Reload : OnChange.Restart,
                Port = entry.Port,
                Retired = retired,
            },
            documents.Services.KeyPlaceOf(name))
        { Reads = retired ? [] : ReadsOf(server, entry) };
    }

    private ServiceManager ManagerOf(ServiceEntry entry, Texts texts) => entry switch
    {
        { Unit: { } unit } => new ServiceManager.ExistingUnit(unit),
        { Program: { } program } => new ServiceManager.DeclaredProgram(program, ConfigOf(entry, texts), LaunchOf($"supervisord -c {ConfigOf(entry, texts)}", texts)),
        { Process: { } pattern } => new ServiceManager.BareProcess(pattern, $"{entry.StopSignal ?? StopSignal.TERM}", _application?.User ?? "root",
            entry.Command is { } start ? LaunchOf(texts.Command(start), texts) : null),
        { Manager: ServiceManagerName.Systemd } => new ServiceManager.OwnUnit(LaunchOf(texts.Command(entry.Command!), texts)),
        _ => new ServiceManager.OwnProgram(LaunchOf(texts.Command(entry.Command!), texts)),
    };

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
