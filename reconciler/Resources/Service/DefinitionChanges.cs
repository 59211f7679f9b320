using Reconciler.Model;

namespace Reconciler.Resources.Service;

/// <summary>
/// What differs between two definitions. Variables are named; their values never are, for nobody can tell which of them are secrets.
/// </summary>
/// <param name="Settings">Sentences, from what is there to what git says.</param>
internal sealed record DefinitionChanges(
    IReadOnlyList<string> Settings, IReadOnlyList<string> Changed, IReadOnlyList<string> Added, IReadOnlyList<string> Removed)
{
    /// <summary>Null when nothing that means anything differs.</summary>
    public static DefinitionChanges? Between(DefinitionText there, DefinitionText wanted)
    {
        var settings = new[]
        {
            Setting("command", there.Command, wanted.Command, "`"),
            Setting("folder", there.Directory, wanted.Directory),
            Setting("user", there.User, wanted.User),
            Setting("time to stop", there.Stop is null ? null : $"{there.Stop} s", wanted.Stop is null ? null : $"{wanted.Stop} s"),
        };
        var others = there.Others.Keys.Union(wanted.Others.Keys)
            .Where(key => there.Others.GetValueOrDefault(key) != wanted.Others.GetValueOrDefault(key))
            .Select(key => key == "ExecStartPost" ? "the programs that it should leave stopped" : key).Order(StringComparer.Ordinal);
        var changed = wanted.Variables
            .Where(variable => there.Variables.TryGetValue(variable.Key, out var was) && was != variable.Value)
            .Select(variable => variable.Key).Order(StringComparer.Ordinal);
        var changes = new DefinitionChanges([.. settings.OfType<string>(), .. others],
            [.. changed],
            [.. wanted.Variables.Keys.Except(there.Variables.Keys).Order(StringComparer.Ordinal)],
            [.. there.Variables.Keys.Except(wanted.Variables.Keys).Order(StringComparer.Ordinal)]);
        return changes.Settings.Count + changes.Changed.Count + changes.Added.Count + changes.Removed.Count == 0 ? null : changes;
    }

    /// <summary>The line that a person would change: of a variable, where nothing else differs.</summary>
    public Place PlaceIn(Resource resource) => Settings.Count > 0 ? resource.Origin
        : Changed.Concat(Added).Concat(Removed).Select(resource.Places.GetValueOrDefault).FirstOrDefault(place => place is not null)
            ?? resource.Places.GetValueOrDefault("") ?? resource.Origin;

    public override string ToString()
    {
        var variables = new[] { Named(Changed, "changed"), Named(Added, "added"), Named(Removed, "removed") }.OfType<string>().ToList();
        return string.Join(", ", variables.Count == 0 ? Settings : [.. Settings, $"variables {string.Join(", ", variables)}"]);
    }

    private static string? Setting(string name, string? there, string? wanted, string quote = "") =>
        there == wanted ? null : $"{name} {quote}{there ?? "none"}{quote} -> {quote}{wanted ?? "none"}{quote}";

    private static string? Named(IReadOnlyList<string> names, string how) => names.Count == 0 ? null
        : $"{(names.Count == 1 ? names[0] : $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}")} {how}";
}
