using Reconciler.LiveTests.Deploys;
using Reconciler.LiveTests.Support;

namespace Reconciler.Benchmarks.Push;

/// <summary>The program as a daemon that fetches from a <see cref="GitServer"/>, in a cgroup of its own.</summary>
internal sealed class Watch : IAsyncDisposable
{
    /// <summary>Where it answers <c>/metrics</c>.</summary>
    public const int Port = 19464;

    private readonly Cgroup _cgroup;
    private readonly Controller _controller;

    private Watch(Cgroup cgroup, Controller controller, RunningProgram program) => (_cgroup, _controller, Program) = (cgroup, controller, program);

    public RunningProgram Program { get; }

    public string State => _controller.State;

    /// <summary>Seconds of a core so far, with all that it started.</summary>
    public double Cpu => _cgroup.Cpu;

    /// <param name="controller">With an address of that server as its repository.</param>
    /// <param name="interval">Of its looks; as an option.</param>
    public static async Task<Watch> StartAsync(Controller controller, GitServer server, string interval)
    {
        var cgroup = new Cgroup();
        var script = Path.Combine(server.SshFolder, "watch");
        // ssh takes its folder from the system's list of users: it has to lie there for this process alone.
        await File.WriteAllTextAsync(script, $$"""
            #!/bin/sh
            echo $$ >'{{cgroup.Processes}}'
            mkdir -p -m 700 ~/.ssh
            exec unshare --mount sh -c 'mount --bind "$1" ~/.ssh && shift && exec "$@"' sh '{{server.SshFolder}}' '{{controller.Executable}}' "$@"

            """);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var started = controller.StartedBy(script);
        return new(cgroup, started, started.Start("watch", "--interval", interval, "--listen", $"127.0.0.1:{Port}", "--log-format", "json"));
    }

    public async ValueTask DisposeAsync()
    {
        await _controller.StopAsync(Program);
        await Program.DisposeAsync();
        _cgroup.Dispose();
    }
}
