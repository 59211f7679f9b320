namespace Reconciler.Tests.PowerCut;

/// <summary>One folder, which follows the calls of a trace.</summary>
internal sealed class TracedDisk
{
    private const int FirstUmask = 0b000_010_010;

    private readonly string _folder;
    private readonly Func<string, bool> _leavesOut;
    private readonly DiskNode _top = DiskNode.NewFolder(0b111_101_101);
    private readonly Dictionary<int, int> _parents = [];
    private readonly Dictionary<int, int> _umasks = [];
    private readonly Dictionary<(int Process, string Number), string> _descriptors = [];

    /// <param name="start">What is in it and long on the disk.</param>
    /// <param name="leavesOut">Relative paths, with all below them, that are not followed.</param>
    /// <param name="calls">To know beforehand whose child a process is: its first call may come before its parent hears of it.</param>
    public TracedDisk(string folder, DiskImage start, Func<string, bool> leavesOut, IEnumerable<SystemCall> calls)
    {
        (_folder, _leavesOut) = (folder, leavesOut);
        foreach (var (path, entry) in start.Entries)
        {
            var node = entry.Target is { } target ? DiskNode.NewLink(target)
                : entry.Content is { } content ? Filled(content, entry.Mode)
                : DiskNode.NewFolder(entry.Mode);
            Holder(path).Change((NameOf(path), node));
        }
        SyncAll(_top);
        foreach (var call in calls.Where(call => call.Name is "clone" or "clone3" or "fork" or "vfork"))
            _parents[int.Parse(call.Result.Split(' ')[0])] = call.Process;
    }

    public DiskImage Image(Chance chance)
    {
        var image = new DiskImage();
        var told = new Dictionary<DiskNode, DiskImage.Entry>();
        Tell(_top, "");
        return image;

        void Tell(DiskNode folder, string prefix)
        {
            foreach (var (name, node) in folder.Held(chance).OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                if (!told.TryGetValue(node, out var entry))
                    told[node] = entry = node.Told(chance);
                image.Add(prefix + name, entry);
                if (node.Entries is not null)
                    Tell(node, $"{prefix}{name}/");
            }
        }
    }

    /// <summary>Whether a call makes sure of something in this folder.</summary>
    public bool IsSynced(SystemCall call) => call.Syncs && (call.Name == "sync" || Inside(Descriptor(call)) is not null);

    /// <returns>Whether it concerned this folder.</returns>
    public bool Apply(SystemCall call)
    {
        foreach (var (number, path) in call.Descriptors())
            _descriptors[(call.Process, number)] = path;
        switch (call.Name)
        {
            case "umask":
                _umasks[call.Process] = call.Octal(0);
                return false;
            case "chdir":
                _descriptors[(call.Process, "AT_FDCWD")] = Full(call.Process, "AT_FDCWD", call.Text(0));
                return false;
            case "fchdir":
                _descriptors[(call.Process, "AT_FDCWD")] = SystemCall.PathOf(call.Arguments[0])!;
                return false;
            case "open": return Open(call, call.Arguments[1], 2);
            case "openat": return Open(call, call.Arguments[2], 3);
            case "creat": return Open(call, "O_WRONLY|O_CREAT|O_TRUNC", 1);
            case "write": return Write(call, [call.Bytes(1)], null);
            case "pwrite64": return Write(call, [call.Bytes(1)], call.Number(3));
            case "writev": return Write(call, SystemCall.Strings(call.Arguments[1]), null);
            case "pwritev": return Write(call, SystemCall.Strings(call.Arguments[1]), call.Number(3));
            case "ftruncate": return On(Descriptor(call), node => node.SetLength(call.Number(1)));
            case "truncate": return On(At(call, null, 0), node => node.SetLength(call.Number(1)));
            case "fallocate": return On(Descriptor(call), node => node.SetLength(Math.Max(node.Length, call.Number(2) + call.Number(3))));
            case "fchmod": return On(Descriptor(call), node => node.Mode = call.Octal(1));
            case "chmod": return On(At(call, null, 0), node => node.Mode = call.Octal(1));
            case "fchmodat": return On(At(call, 0, 1), node => node.Mode = call.Octal(2));
            case "fsync" or "fdatasync": return On(Descriptor(call), node => node.Sync());
            case "sync": SyncAll(_top); return true;
            case "syncfs": return On(Descriptor(call), _ => SyncAll(_top));
            case "mkdir": return Add(At(call, null, 0), DiskNode.NewFolder(call.Octal(1) & ~Umask(call.Process)));
            case "mkdirat": return Add(At(call, 0, 1), DiskNode.NewFolder(call.Octal(2) & ~Umask(call.Process)));
            case "symlink": return Add(At(call, null, 1), DiskNode.NewLink(call.Text(0)));
            case "symlinkat": return Add(At(call, 1, 2), DiskNode.NewLink(call.Text(0)));
            case "unlink" or "rmdir": return Add(At(call, null, 0), null);
            case "unlinkat": return Add(At(call, 0, 1), null);
            case "link": return Link(At(call, null, 0), At(call, null, 1));
            case "linkat": return Link(At(call, 0, 1), At(call, 2, 3));
            case "rename": return Rename(At(call, null, 0), At(call, null, 1));
            case "renameat" or "renameat2": return Rename(At(call, 0, 1), At(call, 2, 3));
            case "mmap" when call.Arguments[2].Contains("PROT_WRITE", StringComparison.Ordinal) && call.Arguments[3].Contains("MAP_SHARED", StringComparison.Ordinal):
                return On(SystemCall.PathOf(call.Arguments[4]), _ => throw new InvalidOperationException($"written to without a call that a trace shows: {call}"));
            default: return false;
        }
    }

    private bool Open(SystemCall call, string flags, int mode)
    {
        if (Inside(SystemCall.PathOf(call.Result)) is not { } path)
            return false;
        var options = flags.Split('|');
        var node = Find(path);
        var made = node is null;
        if (node is null)
        {
            if (!options.Contains("O_CREAT"))
                throw new InvalidOperationException($"the model has lost track: {call}");
            node = DiskNode.NewFile(call.Octal(mode) & ~Umask(call.Process));
            Holder(path).Change((NameOf(path), node));
        }
        if (options[0] == "O_RDONLY")
            return made;
        node.Appends = options.Contains("O_APPEND");
        node.Position = 0;
        if (options.Contains("O_TRUNC"))
            node.SetLength(0);
        return true;
    }

    private bool Write(SystemCall call, IEnumerable<byte[]> parts, long? offset) => On(Descriptor(call), node =>
    {
        var data = parts.SelectMany(part => part).Take(int.Parse(call.Result)).ToArray();
        var at = offset ?? (node.Appends ? node.Length : node.Position);
        node.WriteAt(at, data);
        node.Position = at + data.Length;
    });

    private bool Rename(string? from, string? to)
    {
        (from, to) = (Inside(from), Inside(to));
        if (from is null && to is null)
            return false;
        var node = from is null || to is null ? throw new InvalidOperationException($"{from ?? to} crosses the border of the folder") : Find(from)!;
        if (Holder(from) == Holder(to))
            Holder(from).Change((NameOf(from), null), (NameOf(to), node));
        else
        {
            // Each folder knows only its own part, so that one may be there without the other.
            Holder(to).Change((NameOf(to), node));
            Holder(from).Change((NameOf(from), null));
        }
        return true;
    }

    private bool Link(string from, string to) => Inside(from) is { } inside && Add(to, Find(inside));

    private bool Add(string? path, DiskNode? node)
    {
        if (Inside(path) is not { } inside)
            return false;
        Holder(inside).Change((NameOf(inside), node));
        return true;
    }

    private bool On(string? path, Action<DiskNode> act)
    {
        if (Inside(path) is not { } inside)
            return false;
        act(Find(inside) ?? throw new InvalidOperationException($"the model has lost track of {inside}"));
        return true;
    }

    private static string? Descriptor(SystemCall call) => SystemCall.PathOf(call.Arguments[0]);

    /// <param name="folder">The argument that says from where; null for the process's own folder.</param>
    private string At(SystemCall call, int? folder, int name) =>
        Full(call.Process, folder is { } argument ? call.Arguments[argument].Split('<')[0] : "AT_FDCWD", call.Text(name));

    private string Full(int process, string folder, string name)
    {
        const string own = "/proc/self/fd/";
        if (name.StartsWith(own, StringComparison.Ordinal))
            return Known(process, name[own.Length..]);
        return Path.GetFullPath(name.StartsWith('/') ? name : $"{Known(process, folder)}/{name}");
    }

    /// <summary>A child has what its parent had.</summary>
    private string Known(int process, string number) => Inherited(process, one => _descriptors.GetValueOrDefault((one, number)))
        ?? throw new InvalidOperationException($"process {process} has no descriptor {number}");

    private int Umask(int process) => Inherited(process, one => _umasks.TryGetValue(one, out var umask) ? umask : (int?)null) ?? FirstUmask;

    private T? Inherited<T>(int process, Func<int, T?> of)
    {
        while (true)
        {
            if (of(process) is { } known)
                return known;
            if (!_parents.TryGetValue(process, out process))
                return default;
        }
    }

    private string? Inside(string? path)
    {
        if (path is null || path != _folder && !path.StartsWith(_folder + "/", StringComparison.Ordinal))
            return null;
        var inside = path[_folder.Length..].TrimStart('/');
        return _leavesOut(inside) || inside.Split('/').Select((_, i) => string.Join('/', inside.Split('/').Take(i))).Skip(1).Any(_leavesOut) ? null : inside;
    }

    private DiskNode? Find(string path)
    {
        var node = _top;
        foreach (var name in Path.IsPathRooted(path) ? throw new InvalidOperationException($"{path} is not within") : path.Split('/').Where(name => name.Length > 0))
        {
            if (node.Entries is null || !node.Entries.TryGetValue(name, out node!))
                return null;
        }
        return node;
    }

    private DiskNode Holder(string path) => Find(path.Contains('/') ? path[..path.LastIndexOf('/')] : "") ?? throw new InvalidOperationException($"there is no folder for {path}");

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static DiskNode Filled(byte[] content, int mode)
    {
        var node = DiskNode.NewFile(mode);
        node.WriteAt(0, content);
        return node;
    }

    private static void SyncAll(DiskNode node)
    {
        node.Sync();
        foreach (var inner in node.Entries ?? [])
            SyncAll(inner.Value);
    }
}
