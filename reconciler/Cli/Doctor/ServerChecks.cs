using Reconciler.Documents;
using Reconciler.Remote;

namespace Reconciler.Cli.Doctor;

/// <summary>The servers of an environment, as the controller reaches them.</summary>
/// <param name="ledger">The id of ours; null while there is none.</param>
internal sealed class ServerChecks(IServerSessions sessions, ControllerSettings settings, string? ledger, TimeProvider clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    public async Task<IReadOnlyList<Finding>> LookAsync(DesiredEnvironment environment, CancellationToken cancellation)
    {
        var ssh = environment.Environment.Value.Ssh;
        var looks = environment.InUse.Where(server => server.Value.Address is not null).Select(async server =>
        {
            var address = new ServerAddress(server.Key, server.Value.Address!, ssh.User, server.Value.HostKey is { } key ? [key] : [])
            {
                Port = ssh.Port,
                IdentityFile = settings.Identity,
            };
            return await LookAsync(environment, address, cancellation);
        }).ToList();
        return [.. (await Task.WhenAll(looks)).SelectMany(findings => findings)];
    }

    private async Task<IReadOnlyList<Finding>> LookAsync(DesiredEnvironment environment, ServerAddress server,
        CancellationToken cancellation)
    {
        var subject = $"{environment.Name}/{server.Name}";
        try
        {
            var session = sessions.For(server);
            // The connection is made first, so that it does not count as the clock's.
            await session.RunAsync(new ShellRequest(":", Longest), cancellation);
            var (before, began) = (clock.GetUtcNow(), clock.GetTimestamp());
            var reply = await session.RunAsync(new ShellRequest(ServerReading.Script, Longest), cancellation);
            var took = clock.GetElapsedTime(began);
            var hello = await RunnerQuestions.HelloAsync(session, cancellation);
            var lines = reply.Text.Split('\n');
            var reading = new ServerReading(subject);
            return
            [
                Finding.Ok($"{subject} login", $"{server}, host key as pinned"),
                reading.Clock(lines, before, took),
                reading.Runner(lines, hello, ledger, Enroll(server)),
                reading.Disk(lines),
                .. reading.Needs(lines, environment, server.Name),
            ];
        }
        catch (SessionException fault)
        {
            return [Finding.Fail($"{subject} login", fault.Message, Ssh(server))];
        }
    }

    private static string Ssh(ServerAddress server) =>
        $"ssh -v{(server.IdentityFile is { } key ? $" -i {key}" : "")}{(server.Port is { } port and not 22 ? $" -p {port}" : "")}"
        + $" {server.User}@{server.Host} true";

    private static string Enroll(ServerAddress server) =>
        $"reconciler enroll {server.Name} --admin LOGIN@{server.Host}{(server.HostKeys is [var key, ..] ? $" --host-key '{key}'" : "")} "
        + $"--public-key {server.IdentityFile ?? "KEY"}.pub";
}
