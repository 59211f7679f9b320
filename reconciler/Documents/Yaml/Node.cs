using Reconciler.Model;

namespace Reconciler.Documents.Yaml;

/// <summary>A value of a document that knows where it stands. Never deeper than <see cref="YamlReader.DeepestNesting"/>.</summary>
internal abstract record Node(Place Place);

/// <param name="Text">What it says; quotes and escapes resolved.</param>
/// <param name="Plain">Written without quotes, so the schema decides what it is.</param>
internal sealed record ScalarNode(Place Place, string Text, bool Plain) : Node(Place)
{
    /// <summary>The word <c>null</c>: in an environment it removes what the base says.</summary>
    public bool IsNull => Plain && Text == "null";
}

internal sealed record SequenceNode(Place Place, IReadOnlyList<Node> Items) : Node(Place);

/// <param name="Entries">As written; no key twice.</param>
internal sealed record MapNode(Place Place, IReadOnlyList<MapEntry> Entries) : Node(Place)
{
    private readonly Dictionary<string, MapEntry> _byKey = Entries.ToDictionary(entry => entry.Key);

    public MapEntry? this[string key] => _byKey.GetValueOrDefault(key);
}

/// <summary>Keys are always texts, whatever they look like.</summary>
internal sealed record MapEntry(string Key, Place KeyPlace, Node Value);
