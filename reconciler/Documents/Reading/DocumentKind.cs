using System.Text.Json.Serialization.Metadata;
using Reconciler.Documents.Contracts;
using Reconciler.Documents.Kinds;

namespace Reconciler.Documents.Reading;

/// <summary>Where a kind of document may stand.</summary>
[Flags]
internal enum Home
{
    /// <summary><c>ENVIRONMENT/</c> itself.</summary>
    Environment = 1,

    /// <summary><c>base/host</c> and <c>ENVIRONMENT/host</c>.</summary>
    Host = 2,

    /// <summary><c>base/APPLICATION</c> and <c>ENVIRONMENT/APPLICATION</c>.</summary>
    Application = 4,

    /// <summary><c>ENVIRONMENT/APPLICATION</c> only.</summary>
    ApplicationHere = 8,
}

/// <summary>A kind of document: its file is named after it in lower case, in one of its homes.</summary>
/// <param name="SpecType">What the spec is read into.</param>
/// <param name="Keys">Form of the names, for kinds whose spec is a map of named things.</param>
/// <param name="LaterHome">Where a later version will have it too: refused by name.</param>
internal sealed record DocumentKind(string Name, Type SpecType, Home Home, Form Keys, string Description, Home LaterHome = 0)
{
    /// <summary>The contract of <see cref="SpecType"/>, made when it is first asked for: whoever only wants names does not wait for it.</summary>
    public JsonTypeInfo Spec => ShapeCheck.TypeOf(SpecType);

    /// <summary>It never stands in base/, so every file of it is whole.</summary>
    public bool AlwaysWhole => (Home & (Home.Application | Home.Host)) == 0;

    public string FileName => Name.ToLowerInvariant() + ".yaml";

    public static IReadOnlyList<DocumentKind> All { get; } =
    [
        Of<EnvironmentDocument>("Environment", Home.Environment,
            "How careful to be in an environment: profile, gates, strategy, healing, login."),
        Of<IReadOnlyDictionary<string, ServerEntry>>("Servers", Home.Environment, "The servers of an environment."),
        Of<IReadOnlyDictionary<string, AcknowledgementEntry>>("Acknowledgements", Home.Environment, "What a person has said yes to."),
        Of<ApplicationDocument>("Application", Home.Application, "An application: its code, virtualenv, settings and values."),
        Of<MaintenanceDocument>("Maintenance", Home.ApplicationHere, "The maintenance flag of an application in an environment."),
        Of<IReadOnlyDictionary<string, SecretFileEntry>>("Secrets", Home.Application | Home.Host,
            "Secrets files: what they need, and where it comes from. Never a secret itself."),
        Of<IReadOnlyDictionary<string, ServiceEntry>>("Services", Home.Application | Home.Host, "Processes that must run."),
        Of<IReadOnlyDictionary<string, SiteEntry>>("Nginx", Home.Application, "Sites of nginx.", later: Home.Host),
        Of<IReadOnlyDictionary<string, DatabaseEntry>>("Databases", Home.Host, "PostgreSQL databases.", later: Home.Application),
        Of<IReadOnlyDictionary<string, PackageEntry>>("Packages", Home.Host, "Debian packages.", Form.Package, later: Home.Application),
        Of<IReadOnlyDictionary<string, FileEntry>>("Files", Home.Application | Home.Host, "Files, links and directories without secrets."),
        Of<IReadOnlyDictionary<string, CheckEntry>>("Checks", Home.Application, "Pages that must answer.", later: Home.Host),
        Of<IReadOnlyDictionary<string, TaskEntry>>("Tasks", Home.Application, "Commands that are run once."),
    ];

    /// <summary>The controller's own settings: no part of the desired state, in a file of the machine that it runs on.</summary>
    public static DocumentKind Controller { get; } = Of<ControllerDocument>("Controller", 0,
        "The settings of the controller itself: /etc/reconciler/controller.yaml. "
        + "An option goes before an environment variable, and that before this file.");

    /// <summary>All of which people write files: what editors have schemas for.</summary>
    public static IReadOnlyList<DocumentKind> Written => [.. All, Controller];

    /// <summary>Kinds that later versions bring: refused by name.</summary>
    public static IReadOnlyList<string> NotYet { get; } = ["Users", "AptSources", "Cloud"];

    public static DocumentKind Named(string name) => All.Single(kind => kind.Name == name);

    private static DocumentKind Of<T>(string name, Home home, string description, Form keys = Form.Name, Home later = 0) =>
        new(name, typeof(T), home, keys, description, later);
}
