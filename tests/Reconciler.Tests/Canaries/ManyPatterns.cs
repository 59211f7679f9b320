using System.Runtime.InteropServices;

namespace Reconciler.Tests.Canaries;

/// <summary>Finds many byte strings in one pass over a stream, as Aho and Corasick describe it.</summary>
public sealed class ManyPatterns
{
    private readonly byte[] _column = new byte[256];
    private readonly List<int> _next;
    private readonly List<int> _ends = [-1];
    private readonly List<int> _shorter = [0];
    private readonly int _columns;

    /// <param name="patterns">None of them empty, each once. Together they use at most 255 different bytes.</param>
    public ManyPatterns(IReadOnlyList<byte[]> patterns)
    {
        _columns = 1;
        foreach (var each in patterns.SelectMany(pattern => pattern).Distinct())
            _column[each] = (byte)_columns++;
        _next = [.. Enumerable.Repeat(-1, _columns)];
        for (var index = 0; index < patterns.Count; index++)
            Add(patterns[index], index);
        Link();
    }

    /// <summary>Calls with the pattern's number and where it ended, for each that ends in this piece of the stream.</summary>
    /// <param name="piece">What follows upon the piece of before.</param>
    /// <param name="state">0 for the first piece; what was returned for each next one.</param>
    public int Search(ReadOnlySpan<byte> piece, int state, Action<int, int> found)
    {
        var next = CollectionsMarshal.AsSpan(_next);
        var ends = CollectionsMarshal.AsSpan(_ends);
        var shorter = CollectionsMarshal.AsSpan(_shorter);
        for (var at = 0; at < piece.Length; at++)
        {
            state = next[state * _columns + _column[piece[at]]];
            if (ends[state] < 0 && shorter[state] == 0)
                continue;
            for (var each = state; each != 0; each = shorter[each])
                if (ends[each] >= 0)
                    found(ends[each], at + 1);
        }
        return state;
    }

    private void Add(byte[] pattern, int index)
    {
        var state = 0;
        foreach (var each in pattern)
        {
            var cell = state * _columns + _column[each];
            if (_next[cell] < 0)
            {
                _next[cell] = _ends.Count;
                _ends.Add(-1);
                _shorter.Add(0);
                _next.AddRange(Enumerable.Repeat(-1, _columns));
            }
            state = _next[cell];
        }
        _ends[state] = index;
    }

    /// <summary>Breadth first: where to go on when the next byte does not fit, and the nearest shorter pattern that ends where this state does.</summary>
    private void Link()
    {
        var otherwise = new int[_ends.Count];
        var waiting = new Queue<int>();
        waiting.Enqueue(0);
        while (waiting.TryDequeue(out var state))
        {
            var back = otherwise[state];
            _shorter[state] = state == 0 ? 0 : _ends[back] >= 0 ? back : _shorter[back];
            for (var column = 0; column < _columns; column++)
            {
                var cell = state * _columns + column;
                var fallback = state == 0 ? 0 : _next[back * _columns + column];
                if (_next[cell] < 0)
                {
                    _next[cell] = fallback;
                    continue;
                }
                otherwise[_next[cell]] = fallback;
                waiting.Enqueue(_next[cell]);
            }
        }
    }
}
