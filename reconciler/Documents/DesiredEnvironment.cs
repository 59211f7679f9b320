using Reconciler.Documents.Kinds;

namespace Reconciler.Documents;

/// <summary>What git says about one environment at one revision, merged and found without fault.</summary>
/// <param name="Name">Its folder.</param>
/// <param name="Revision">Commit of the desired-state repository.</param>
/// <param name="BaseRevision">Commit that <c>base/</c> was taken from: the same one unless pinned.</param>
/// <param name="Host">What belongs to the servers themselves.</param>
/// <param name="Applications">By name; retired ones too.</param>
/// <param name="Templates">The text files of its folders.</param>
internal sealed record DesiredEnvironment(
    string Name,
    string Revision,
    string BaseRevision,
    Located<EnvironmentDocument> Environment,
    Located<IReadOnlyDictionary<string, ServerEntry>> Servers,
    Located<IReadOnlyDictionary<string, AcknowledgementEntry>> Acknowledgements,
    DesiredFolder Host,
    IReadOnlyDictionary<string, DesiredApplication> Applications,
    TemplateFiles Templates)
{
    /// <summary>Servers that are neither retired nor gone, by name.</summary>
    public IReadOnlyList<KeyValuePair<string, ServerEntry>> InUse { get; } =
        [.. Servers.Value.Where(server => server.Value.InUse).OrderBy(server => server.Key, StringComparer.Ordinal)];

    /// <summary>Host and the applications, host first.</summary>
    public IEnumerable<DesiredFolder> Folders => [Host, .. Applications.Values];

    /// <summary>Names of the servers in use that have one of these roles or names, sorted; every server in use for null.</summary>
    public IReadOnlyList<string> ServersOn(IReadOnlyList<string>? on) =>
        [.. InUse.Where(server => on is null || on.Contains(server.Key) || server.Value.Roles.Any(on.Contains)).Select(server => server.Key)];

    /// <summary>Servers in use that have anything of an application: a service, a site, or its migrations; sorted.</summary>
    public IReadOnlyList<string> ServersOf(DesiredApplication application) => ServersOn(
        [
            .. application.Services.Value.Values.SelectMany(service => service.On),
            .. application.Nginx.Value.Values.SelectMany(site => site.On),
            .. application.Application.Value.Django?.Migrate.On is { } server ? [server] : Array.Empty<string>(),
        ]);

    /// <summary>The same as <see cref="ServersOn"/>, with retired servers, on which things are stopped.</summary>
    public IReadOnlyList<string> ServersOnWithRetired(IReadOnlyList<string>? on) =>
        [.. Servers.Value.Where(server => server.Value.Gone is null && (on is null || on.Contains(server.Key) || server.Value.Roles.Any(on.Contains)))
            .Select(server => server.Key).Order(StringComparer.Ordinal)];

    /// <summary>A text file beside a document: in the folder itself, else in the same folder of the base.</summary>
    /// <param name="folder">An application, or <c>host</c>.</param>
    /// <returns>Null when there is none.</returns>
    public TemplateFile? ReadTemplate(string folder, string path) => Templates.Find(Name, folder, path);
}
