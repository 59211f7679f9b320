using Reconciler.Documents.Kinds;
using Reconciler.Model;

namespace Reconciler.Documents.Expansion;

/// <summary>Where and how an application's commands run.</summary>
internal static class RuntimeExpansion
{
    public static string DirectoryOf(ApplicationDocument application) =>
        application.Django?.Directory is { } folder ? $"{application.Path}/{folder}" : application.Path;

    /// <summary>The application's own variables and Django's settings module, sorted by name.</summary>
    public static ValueList<KeyValuePair<string, string>> EnvironmentOf(ApplicationDocument application, Texts texts)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in application.Environment)
            variables[name] = texts.Plain(value);
        if (application.Django is { } django)
            variables["DJANGO_SETTINGS_MODULE"] = texts.Plain(django.Settings);
        return [.. variables];
    }

    /// <summary>
    /// For a person's shell, to be sourced: what every <c>manage.py</c> needs before it (seeds/000: 45-51), as services and commands have it.
    /// </summary>
    public static string ActivationOf(ApplicationDocument application, Texts texts) => application.Python is not { } python ? "" :
        string.Concat(EnvironmentOf(application, texts).Select(variable => $"export {variable.Key}={Shell.Quote(variable.Value)}\n"))
        + $". {Shell.Quote(python.Virtualenv + "/bin/activate")}\ncd {Shell.Quote(DirectoryOf(application))}\n";

    public static string PathOf(ApplicationDocument application, SecretFileEntry file, Texts texts)
    {
        var path = texts.Plain(file.Path);
        return path.StartsWith('/') ? path : $"{application.Path}/{path}";
    }
}
