using System.Diagnostics;

namespace Reconciler.Tests.PowerCut;

/// <summary>What one program did to one folder, call by call.</summary>
internal sealed class Recording
{
    private const string Calls =
        "open,openat,creat,write,pwrite64,writev,pwritev,ftruncate,truncate,fallocate,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,link,linkat,"
        + "symlink,symlinkat,chmod,fchmod,fchmodat,umask,chdir,fchdir,dup2,fsync,fdatasync,sync,syncfs,mmap,execve,clone,clone3,fork,vfork,copy_file_range";

    /// <summary>Names the file for what a program says, where its stdout is not its own.</summary>
    public const string SaidVariable = "RECONCILER_TEST_SAID";

    private readonly string _folder;
    private readonly DiskImage _start;
    private readonly Func<string, bool> _leavesOut;
    private readonly string _said;
    private readonly IReadOnlyList<SystemCall> _calls;

    private Recording(string folder, DiskImage start, Func<string, bool> leavesOut, string said, IReadOnlyList<SystemCall> calls) =>
        (_folder, _start, _leavesOut, _said, _calls) = (folder, start, leavesOut, said, calls);

    /// <summary>All that it printed.</summary>
    public string Said { get; private init; } = "";

    /// <summary>Runs a program under strace and follows what it does.</summary>
    /// <param name="folder">What is in it at the start is taken to be on the disk for long.</param>
    /// <param name="leavesOut">Relative paths, with all below them, that are lost anyway or of no interest.</param>
    /// <exception cref="ShouldAssertException">The model and the folder disagree in the end, so that nothing that the model says is to be trusted.</exception>
    public static async Task<Recording> OfAsync(
        string folder, string input, Func<string, bool> leavesOut, IReadOnlyDictionary<string, string>? environment, params string[] program)
    {
        var start = DiskImage.Of(folder, leavesOut);
        using var scratch = new Git.ScratchFolder();
        var (trace, said) = (scratch.In("trace"), scratch.In("said"));
        await File.WriteAllTextAsync(scratch.In("input"), input);
        // Without copy_file_range programs copy by read and write, which a trace shows.
        var strace = new ProcessStartInfo("strace",
            ["-f", "--seccomp-bpf", "-y", "-xx", "-s", "4194304", "-o", trace, "-e", $"trace={Calls}", "-e", "inject=copy_file_range:error=ENOSYS",
                "sh", "-c", "umask 022; in=$1 out=$2; shift 2; exec \"$@\" <\"$in\" >>\"$out\" 2>&1", "sh", scratch.In("input"), said, .. program]);
        strace.Environment[SaidVariable] = said;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            strace.Environment[name] = value;
        using var process = Process.Start(strace)!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        var recording = new Recording(folder, start, leavesOut, said, [.. SystemCall.Read(File.ReadLines(trace))]) { Said = await File.ReadAllTextAsync(said) };
        recording.ShouldAgreeWithTheFolder();
        return recording;
    }

    /// <summary>What it made sure of, in order.</summary>
    public IReadOnlyList<SystemCall> Syncs => [.. _calls.Where(Followed().IsSynced)];

    /// <summary>As if it had left this one call out.</summary>
    public Recording Without(Func<SystemCall, bool> leftOut) =>
        new(_folder, _start, _leavesOut, _said, [.. _calls.Where(call => !leftOut(call))]) { Said = Said };

    /// <summary>
    /// The power cut before the first call and after each that concerns the folder: what is left if only what was synced is on the disk, if everything
    /// is, and for some subsets. What is left alike in the same situation is told once.
    /// </summary>
    /// <param name="seed">Of the subsets.</param>
    /// <param name="acts">A call that shows that the act has begun.</param>
    /// <param name="share">Of the points, those that are looked at, by chance.</param>
    /// <param name="repeated">What is left alike as well.</param>
    public IEnumerable<PowerCut> Cuts(int seed, int subsets, Func<SystemCall, bool>? acts = null, double share = 1, bool repeated = false)
    {
        var random = new Random(seed);
        var disk = Followed();
        var seen = new HashSet<(string, string, bool)>();
        var (said, acted, number) = ("", false, 0);
        foreach (var call in _calls.Prepend(null))
        {
            var changed = call is null || disk.Apply(call);
            if (call is { Name: "write" or "pwrite64" } && SystemCall.PathOf(call.Arguments[0]) == _said)
                (said, changed) = (said + call.Text(1), true);
            if (call is not null && !acted && acts?.Invoke(call) == true)
                acted = changed = true;
            if (!changed)
                continue;
            number++;
            if (random.NextDouble() >= share)
                continue;
            foreach (var chance in Enumerable.Range(0, subsets).Select(i => Chance.Some(seed + number * 1000 + i)).Prepend(Chance.Everything).Prepend(Chance.OnlyWhatWasSynced))
            {
                var image = disk.Image(chance);
                if (seen.Add((image.Digest(), said, acted)) || repeated)
                    yield return new(number, call?.ToString() ?? "the start", chance.Name, said, acted, image);
            }
        }
    }

    /// <summary>What is left when the power is cut after the last call.</summary>
    public DiskImage AtEnd(Chance chance)
    {
        var disk = Followed();
        foreach (var call in _calls)
            disk.Apply(call);
        return disk.Image(chance);
    }

    private TracedDisk Followed() => new(_folder, _start, _leavesOut, _calls);

    private void ShouldAgreeWithTheFolder()
    {
        AtEnd(Chance.Everything).DifferencesTo(DiskImage.Of(_folder, _leavesOut)).ShouldBeEmpty("the model (left) is not what was really done (right)");
    }
}

/// <summary>What is left of a folder when the power is cut.</summary>
/// <param name="After">The call after which.</param>
/// <param name="How">What of it had reached the disk.</param>
/// <param name="Said">What the program had printed by then.</param>
/// <param name="Acted">Its act had begun.</param>
internal sealed record PowerCut(int Number, string After, string How, string Said, bool Acted, DiskImage Image)
{
    public override string ToString() => $"power cut {Number}, after {After}, {How}";
}
