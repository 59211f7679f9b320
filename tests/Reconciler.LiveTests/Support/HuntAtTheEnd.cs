using Reconciler.LiveTests.Support;

[assembly: AssemblyFixture(typeof(HuntAtTheEnd))]

namespace Reconciler.LiveTests.Support;

/// <summary>
/// When all tests have run, no planted secret may have been found anywhere. Servers and controllers were searched before they were removed; here follows what
/// the program left among the machine's temporary files.
/// </summary>
public sealed class HuntAtTheEnd : IDisposable
{
    private readonly string _begin = Path.GetTempFileName();

    public void Dispose()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), "reconciler-*"))
            Planted.SearchController(folder, _begin);
        File.Delete(_begin);
        Planted.ShouldBeNowhere();
    }
}
