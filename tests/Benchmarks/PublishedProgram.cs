using Reconciler.LiveTests.Support;

namespace Reconciler.Benchmarks;

/// <summary>What is measured as a daemon is the program as users have it.</summary>
internal static class PublishedProgram
{
    private const string Published = "RECONCILER_PUBLISHED";

    /// <summary>Publishes it, unless that variable names a folder where it was published before. To be called before anything is started.</summary>
    public static async Task MakeSureAsync(string results)
    {
        if (Environment.GetEnvironmentVariable(Published) is not null)
            return;
        var folder = Path.GetFullPath(Path.Combine(results, "published"));
        await Command.OkAsync(Path.Combine(TestHosts.Root(), "publish"), folder);
        Environment.SetEnvironmentVariable(Published, folder);
    }
}
