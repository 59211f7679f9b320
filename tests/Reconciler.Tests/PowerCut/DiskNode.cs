namespace Reconciler.Tests.PowerCut;

/// <summary>
/// A file, folder or link in two layers: as programs see it (in the page cache), and as it surely is on the disk. What was done since the last sync of
/// it stands between the two: each part of it may have reached the disk or not, in any order. A file's content and mode become durable by a sync of
/// the file, an entry by a sync of the folder that holds it; nothing else is promised by POSIX.
/// </summary>
internal sealed class DiskNode
{
    private readonly List<Write> _writes = [];
    private readonly List<(string Name, DiskNode? Node)[]> _moves = [];
    private int _syncedMode;
    private byte[] _syncedContent = [];
    private Dictionary<string, DiskNode> _syncedEntries = [];
    private byte[] _content = [];

    /// <param name="Data">Null: only the length is set, to <paramref name="Offset"/>.</param>
    private sealed record Write(long Offset, byte[]? Data);

    private DiskNode(int mode) => _syncedMode = Mode = mode;

    public int Mode { get; set; }

    public string? Target { get; private init; }

    /// <summary>Null unless it is a folder.</summary>
    public Dictionary<string, DiskNode>? Entries { get; private init; }

    public long Length => _content.Length;

    /// <summary>Where the next write goes that does not say where.</summary>
    public long Position { get; set; }

    public bool Appends { get; set; }

    public static DiskNode NewFile(int mode) => new(mode);

    public static DiskNode NewFolder(int mode) => new(mode) { Entries = [] };

    public static DiskNode NewLink(string target) => new(0b111_111_111) { Target = target };

    public void WriteAt(long offset, byte[] data)
    {
        _writes.Add(new(offset, data));
        Apply(ref _content, offset, data);
    }

    public void SetLength(long length)
    {
        if (length == Length)
            return;
        _writes.Add(new(length, null));
        Apply(ref _content, length, null);
    }

    /// <summary>Entries that change as one: null for one that goes.</summary>
    public void Change(params (string Name, DiskNode? Node)[] changes)
    {
        _moves.Add(changes);
        Apply(Entries!, changes);
    }

    public void Sync()
    {
        _syncedMode = Mode;
        _syncedContent = [.. _content];
        _writes.Clear();
        if (Entries is not null)
            _syncedEntries = new(Entries);
        _moves.Clear();
    }

    public DiskImage.Entry Told(Chance chance) => new(
        Entries is null && Target is null ? Content(chance) : null, Mode == _syncedMode || !chance.Reached() ? _syncedMode : Mode, Target);

    /// <summary>What a folder holds if the power is cut now.</summary>
    public IReadOnlyDictionary<string, DiskNode> Held(Chance chance)
    {
        var held = new Dictionary<string, DiskNode>(_syncedEntries);
        foreach (var move in _moves)
        {
            if (chance.Reached())
                Apply(held, move);
        }
        return held;
    }

    private byte[] Content(Chance chance)
    {
        if (_writes.Count == 0)
            return _syncedContent;
        byte[] content = [.. _syncedContent];
        foreach (var (offset, data) in _writes)
        {
            if (chance.Reached())
                Apply(ref content, offset, data is null ? null : chance.Torn(data));
        }
        return content;
    }

    private static void Apply(ref byte[] content, long offset, byte[]? data)
    {
        if (data is null || content.Length < offset + data.Length)
            Array.Resize(ref content, (int)offset + (data?.Length ?? 0));
        data?.CopyTo(content, offset);
    }

    private static void Apply(Dictionary<string, DiskNode> entries, (string Name, DiskNode? Node)[] changes)
    {
        foreach (var (name, node) in changes)
        {
            if (node is null)
                entries.Remove(name);
            else
                entries[name] = node;
        }
    }
}
