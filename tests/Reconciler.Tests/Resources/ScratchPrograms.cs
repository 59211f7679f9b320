using Reconciler.Tests.Git;

namespace Reconciler.Tests.Resources;

/// <summary>Programs of a test's own in <c>bin</c> of its folder, for scripts with that in their PATH.</summary>
internal static class ScratchPrograms
{
    /// <param name="text">In sh.</param>
    public static void Make(ScratchFolder scratch, string name, string text)
    {
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(scratch.In("bin")).FullName, name), $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode(scratch.In($"bin/{name}"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }
}
