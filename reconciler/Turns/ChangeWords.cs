using Reconciler.Model;

namespace Reconciler.Turns;

/// <summary>What it is in git that moved, in a person's words, as what differs shows it: for the record of a run.</summary>
internal static class ChangeWords
{
    /// <returns>Empty when nothing is to be named: the differences are gone already.</returns>
    public static string Of(IEnumerable<ResourceId> differing)
    {
        var words = differing.Select(resource => WordOf(resource.Kind)).Distinct().Order(StringComparer.Ordinal).ToList();
        return words.Count == 0 ? "" : $": {string.Join(", ", words)}";
    }

    private static string WordOf(string kind) => kind switch
    {
        "SecretsFile" => "secrets",
        "VirtualEnvironment" => "python packages",
        "StaticFiles" => "static files",
        "NginxSite" => "nginx",
        "File" or "Directory" or "Link" or "Absence" => "files",
        "Service" => "services",
        "Account" => "accounts",
        "Database" => "databases",
        "Maintenance" => "maintenance",
        _ => kind.ToLowerInvariant(),
    };
}
