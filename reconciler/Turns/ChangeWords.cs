using Reconciler.Diffing;
using Reconciler.Model;

namespace Reconciler.Turns;

/// <summary>What it is in git that moved, in a person's words, as what differs shows it: for the record of a run.</summary>
internal static class ChangeWords
{
    /// <param name="differing">Those of <paramref name="diff"/> that are meant.</param>
    /// <returns>Empty when nothing is to be named: the differences are gone already.</returns>
    public static string Of(Diff diff, IEnumerable<ResourceId> differing)
    {
        var words = differing.Where(resource => resource.Kind != "Migrations" || IsPending(diff.ByResource[resource]))
            .Select(resource => WordOf(resource.Kind)).Distinct().Order(StringComparer.Ordinal).ToList();
        return words.Count == 0 ? "" : $": {string.Join(", ", words)}";
    }

    /// <summary>Every commit's migrations are unknown until its code has been tried; that alone names none.</summary>
    private static bool IsPending(IEnumerable<Difference> differences) =>
        differences.Any(difference => difference.Type != DifferenceType.Unknown && difference.Gate is null);

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
