using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Reconciler.Journaling;

/// <summary>Folders that are still there after the power was cut, which .NET does not see to: fsync(2) of the folder that holds them.</summary>
internal static class DurableFolder
{
    // open(2), asm-generic/fcntl.h
    private const int CloseOnExec = 0x80000;
    private const int NotSupportedHere = 22;

    /// <summary>Makes it, with what is missing above it; only the folder itself gets the mode.</summary>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public static void Make(string folder, UnixFileMode mode)
    {
        var holders = new List<string>();
        for (var made = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)); !Directory.Exists(made); made = holders[^1])
            holders.Add(Path.GetDirectoryName(made)!);
        Directory.CreateDirectory(folder, mode);
        holders.ForEach(Sync);
    }

    private static void Sync(string folder)
    {
        var descriptor = open(folder, CloseOnExec);
        if (descriptor < 0)
            throw Fault(folder);
        try
        {
            // EINVAL: a file system that has no such thing.
            if (fsync(descriptor) != 0 && Marshal.GetLastPInvokeError() != NotSupportedHere)
                throw Fault(folder);
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    private static IOException Fault(string folder) => new($"{folder}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int fsync(int descriptor);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int close(int descriptor);
}
