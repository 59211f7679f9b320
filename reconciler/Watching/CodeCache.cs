using Reconciler.Model;

namespace Reconciler.Watching;

/// <summary>Facts of the commits last asked about: a commit never changes.</summary>
internal sealed class CodeCache
{
    private const int Most = 32;

    private readonly Lock _turn = new();
    private readonly LinkedList<(string Key, CodeFacts Facts)> _recent = [];

    public CodeFacts? Find(string key)
    {
        lock (_turn)
        {
            for (var node = _recent.First; node is not null; node = node.Next)
            {
                if (node.Value.Key != key)
                    continue;
                _recent.Remove(node);
                _recent.AddFirst(node);
                return node.Value.Facts;
            }
            return null;
        }
    }

    public CodeFacts Keep(string key, CodeFacts facts)
    {
        lock (_turn)
        {
            _recent.AddFirst((key, facts));
            if (_recent.Count > Most)
                _recent.RemoveLast();
            return facts;
        }
    }
}
