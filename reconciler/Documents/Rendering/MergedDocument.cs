using Reconciler.Documents.Reading;
using Reconciler.Documents.Yaml;

namespace Reconciler.Documents.Rendering;

/// <summary>One merged document of an environment, for printing.</summary>
/// <param name="Folder">The environment, an application or <c>host</c>: what <c>metadata.name</c> says.</param>
internal sealed record MergedDocument(string Kind, string Folder, MapNode Spec)
{
    /// <summary>Those that any file declares: of the environment, host, then the applications by name, each in the order of the kinds.</summary>
    public static IReadOnlyList<MergedDocument> Of(DesiredEnvironment environment)
    {
        var found = new List<MergedDocument>();
        void Add<T>(string kind, string folder, Located<T> document)
        {
            if (document.Node is { } node)
                found.Add(new MergedDocument(DocumentKind.Named(kind).Name, folder, node));
        }

        Add("Environment", environment.Name, environment.Environment);
        Add("Servers", environment.Name, environment.Servers);
        Add("Acknowledgements", environment.Name, environment.Acknowledgements);
        foreach (var folder in environment.Folders)
        {
            if (folder is DesiredApplication application)
            {
                Add("Application", folder.Name, application.Application);
                Add("Maintenance", folder.Name, application.Maintenance);
            }
            Add("Secrets", folder.Name, folder.Secrets);
            Add("Services", folder.Name, folder.Services);
            Add("Nginx", folder.Name, folder.Nginx);
            Add("Databases", folder.Name, folder.Databases);
            Add("Packages", folder.Name, folder.Packages);
            Add("Files", folder.Name, folder.Files);
            Add("Checks", folder.Name, folder.Checks);
            Add("Tasks", folder.Name, folder.Tasks);
        }
        return found;
    }
}
