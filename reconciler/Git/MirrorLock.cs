namespace Reconciler.Git;

/// <summary>Keeps two processes from writing into one mirror: flock(2) on a file beside it, which the kernel lets go when its holder dies.</summary>
internal sealed class MirrorLock : IDisposable
{
    // .NET passes flock's EWOULDBLOCK on as it is.
    private const int WouldBlock = 11;

    private readonly FileStream _file;

    private MirrorLock(FileStream file) => _file = file;

    /// <exception cref="GitException"><see cref="GitFailure.Busy"/> when it was not to be had within <paramref name="patience"/>.</exception>
    public static async Task<MirrorLock> TakeAsync(string path, TimeSpan patience, TimeProvider clock, CancellationToken cancel)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return new MirrorLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException e) when (e.HResult == WouldBlock)
            {
                if (clock.GetElapsedTime(started) > patience)
                    throw new GitException(GitFailure.Busy, $"Another process has held {path} for {patience.TotalSeconds:0} s; it is tried again.", e);
            }
            await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancel);
        }
    }

    public void Dispose() => _file.Dispose();
}
