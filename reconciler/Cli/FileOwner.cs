using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Reconciler.Cli;

/// <summary>To whom files belong, which .NET does not tell.</summary>
internal static class FileOwner
{
    // statx(2), whose structure is the same on every architecture.
    private const int Here = -100;
    private const int EmptyPath = 0x1000;
    private const uint WithOwner = 0x8;
    private const int Size = 256;
    private const int OwnerAt = 20;

    /// <summary>The effective user of this process.</summary>
    public static uint Me { get; } = geteuid();

    /// <summary>The owner of an open file.</summary>
    public static uint Of(SafeFileHandle file) => Owner((int)file.DangerousGetHandle(), "", EmptyPath);

    /// <summary>The owner of a file or folder; links are followed.</summary>
    public static uint Of(string path) => Owner(Here, path, 0);

    private static uint Owner(int folder, string path, int flags)
    {
        var answer = new byte[Size];
        return statx(folder, path, flags, WithOwner, answer) == 0
            ? BinaryPrimitives.ReadUInt32LittleEndian(answer.AsSpan(OwnerAt))
            : throw new IOException($"{path}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] answer);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint geteuid();
}
