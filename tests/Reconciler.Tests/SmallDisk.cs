using System.Diagnostics;

namespace Reconciler.Tests;

/// <summary>A folder on a disk that is really full soon (a small tmpfs, which only root may mount; the test is skipped for others).</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _folder;

    /// <param name="size">As mount takes it: <c>2m</c>.</param>
    public SmallDisk(string folder, string size)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", $"size={size},mode=0755", "tmpfs", _folder), "a small tmpfs cannot be mounted here");
    }

    /// <summary>There is room again.</summary>
    public void Grow(string size) => Run("mount", "-o", $"remount,size={size}", _folder).ShouldBeTrue();

    public void Dispose() => Run("umount", _folder).ShouldBeTrue();

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
