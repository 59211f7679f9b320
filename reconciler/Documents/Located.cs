using Reconciler.Documents.Yaml;
using Reconciler.Model;

namespace Reconciler.Documents;

/// <summary>A document's spec as a record, and where each of its values stands: base and environment each keep their own.</summary>
/// <param name="node">The merged spec; null when no file says anything.</param>
/// <param name="place">The document itself.</param>
/// <param name="faultyEntries">Keys in which a fault was found, so that what seems to be missing there may be there.</param>
/// <param name="unreadable">The same for the whole document.</param>
internal sealed class Located<T>(T value, MapNode? node, Place place, IReadOnlySet<string> faultyEntries, bool unreadable)
{
    public T Value => value;

    /// <summary>The merged nodes, for rendering.</summary>
    public MapNode? Node => node;

    /// <summary>Where the document stands: the environment's file when there is one, else the base's.</summary>
    public Place Place => place;

    /// <summary>A file of it could not be read. Never true in what is handed out, as the next two: only while faults are gathered.</summary>
    internal bool Unreadable => unreadable;

    /// <summary>Anything in it is faulty.</summary>
    internal bool Faulty => unreadable || faultyEntries.Count > 0;

    internal bool IsFaulty(string entry) => unreadable || faultyEntries.Contains(entry);

    /// <summary>An entry may be meant to be there: the document cannot be read, the entry is faulty, or one that is almost called so.</summary>
    internal bool MayLack(string entry) => unreadable || faultyEntries.Any(faulty => Contracts.Nearest.To(faulty, [entry]) is not null);

    /// <summary>Whether any file declares it.</summary>
    public bool Exists => node is not null;

    /// <summary>
    /// Where the value at this path stands, as <c>PlaceOf("gunicorn", "command")</c>: a single value where it is written, a map or list at its key; list items
    /// by their number from 0. What is not written has the place of the nearest thing around it.
    /// </summary>
    public Place PlaceOf(params ReadOnlySpan<string> path)
    {
        var found = place;
        Node? current = node;
        foreach (var part in path)
        {
            if (current is MapNode map && map[part] is { } entry)
                (current, found) = (entry.Value, entry.Value is ScalarNode scalar ? scalar.Place : entry.KeyPlace);
            else if (current is SequenceNode list && int.TryParse(part, out var index) && index >= 0 && index < list.Items.Count)
                (current, found) = (list.Items[index], list.Items[index].Place);
            else
                break;
        }
        return found;
    }

    /// <summary>Where the key at this path stands: the name of a named thing.</summary>
    public Place KeyPlaceOf(params ReadOnlySpan<string> path)
    {
        Node? parent = node;
        foreach (var part in path[..^1])
            parent = (parent as MapNode)?[part]?.Value;
        return (parent as MapNode)?[path[^1]]?.KeyPlace ?? PlaceOf(path);
    }
}
