using System.Text;
using Reconciler.Model;

namespace Reconciler.Resources.Service;

/// <summary>Whether a running process has read something else than what is there now.</summary>
internal static class Staleness
{
    public static IEnumerable<Difference> Of(Resource resource, ServiceSpec spec, ServiceFacts facts, ReadMarkers reads)
    {
        if (spec.Retired || !facts.Runs)
            yield break;
        foreach (var read in resource.Reads)
        {
            // What could not be seen is not judged.
            if (reads.Observed.GetValueOrDefault(read) is not { } now)
                continue;
            if (facts.Note is not { } note)
            {
                yield return Difference(resource, spec, $"{spec.Service} was not started by reconciler, so whether it has read the present {Words(read)} cannot be told: converge lets it read it", null, null);
                yield break;
            }
            var then = note.Reads.GetValueOrDefault(read.MarkerKey);
            if (then != now)
                yield return Difference(resource, spec, Sentence(spec, facts, read, then, now), Short(now), then is null ? null : Short(then)) with { Follows = read };
        }
    }

    private static string Sentence(ServiceSpec spec, ServiceFacts facts, ResourceId read, string? then, string now)
    {
        if (then is null)
            return $"what {spec.Service} has read of {Words(read)} is not known";
        // Its supervisor has started it again since the note: it may have read the old or the new.
        if (!facts.IsNoted)
            return $"{spec.Service} was restarted by its supervisor, and {Words(read)} changed before or after that";
        return IsCommit(then) && IsCommit(now)
            ? $"{spec.Service} runs {Words(read)} {Short(then)}, but {Short(now)} is there"
            : $"{spec.Service} has read {Words(read)} as of before the last change";
    }

    private static Difference Difference(Resource resource, ServiceSpec spec, string sentence, string? wanted, string? observed) =>
        ServiceComparison.Of(resource, DifferenceType.Change, $"{sentence} ({(spec.OnChange == OnChange.Reload ? "reload" : "restart")} needed)", wanted, observed);

    /// <summary>"secrets file settings", "virtual environment"; the name is left out where an application has only one.</summary>
    private static string Words(ResourceId read)
    {
        var words = new StringBuilder();
        foreach (var c in read.Kind)
            words.Append(char.IsUpper(c) && words.Length > 0 ? " " : "").Append(char.ToLowerInvariant(c));
        return read.Name == read.Application || read.Name.Equals(read.Kind, StringComparison.OrdinalIgnoreCase) ? words.ToString() : $"{words} {read.Name}";
    }

    private static bool IsCommit(string marker) => marker.Length == 40 && marker.All(char.IsAsciiHexDigitLower);

    private static string Short(string marker) => marker.Length > 12 ? marker[..12] : marker;
}
