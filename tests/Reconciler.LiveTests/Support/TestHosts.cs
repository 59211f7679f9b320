using System.Runtime.CompilerServices;

namespace Reconciler.LiveTests.Support;

/// <summary>Real test hosts, made by tests/Lab/lab and gone when disposed, or when this process is.</summary>
internal sealed class TestHosts : IAsyncDisposable
{
    private static int _made;
    private readonly string _lab;

    private TestHosts(string lab, IReadOnlyDictionary<string, TestHost> hosts, string adminKey) => (_lab, Hosts, AdminKey) = (lab, hosts, adminKey);

    public IReadOnlyDictionary<string, TestHost> Hosts { get; }

    /// <summary>Private key of <c>admin</c>, who may sudo on every host.</summary>
    public string AdminKey { get; }

    public TestHost this[string name] => Hosts[name];

    /// <param name="lab">A name of its own for each test class.</param>
    /// <param name="hosts"><c>NAME:bare</c> or <c>NAME:full</c>.</param>
    public static async Task<TestHosts> UpAsync(string lab, params string[] hosts)
    {
        // Two test runs on one machine have labs of their own, and so have two fixtures of one kind.
        lab = $"{lab}-{Environment.ProcessId}-{Interlocked.Increment(ref _made)}";
        var lines = await Command.OkAsync(Script, ["up", lab, .. hosts, "--owner", $"{Environment.ProcessId}"]);
        var made = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', 3))
            .ToDictionary(words => words[0], words => new TestHost(lab, words[0], words[1], words[2]));
        return new(lab, made, (await Command.OkAsync(Script, "key", lab)).Trim());
    }

    /// <exception cref="InvalidOperationException">A planted secret was found on one of them.</exception>
    public async ValueTask DisposeAsync()
    {
        try
        {
            foreach (var host in Hosts.Values)
                await Planted.SearchAsync(host);
        }
        finally
        {
            await Command.OkAsync(Script, "down", _lab);
        }
        Planted.ShouldBeNowhere();
    }

    internal static string Script => Path.Combine(Root(), "tests", "Lab", "lab");

    internal static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}

/// <param name="HostKey"><c>ssh-ed25519 AAAA...</c>.</param>
internal sealed record TestHost(string Lab, string Name, string Address, string HostKey)
{
    /// <summary>Runs a shell script as root on the host, as somebody who edits by hand would.</summary>
    public async Task<string> ShellAsync(string script) => await Command.OkAsync(TestHosts.Script, "exec", Lab, Name, "--", "sh", "-c", script);

    public async Task RebootAsync()
    {
        await Planted.SearchAsync(this);
        await Command.OkAsync(TestHosts.Script, "reboot", Lab, Name);
    }
}
