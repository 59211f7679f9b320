using Reconciler.LiveTests.Support;
using Reconciler.Remote;

namespace Reconciler.LiveTests.Remote;

[Collection(OneEnrolledHost.Name)]
public sealed class SshFaultLiveTests(EnrolledHost host) : IDisposable
{
    private readonly string _sockets = Directory.CreateTempSubdirectory("reconciler-ssh-").FullName;

    public void Dispose() => Directory.Delete(_sockets, recursive: true);

    [Fact]
    public async Task Each_way_to_have_no_session_is_told_apart()
    {
        var other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJl3bxDGtVXbLz2vNsxsmS5mRbTkVpz8YjXXXXXXXXXX";
        (await FailureAsync(host.Login with { HostKeys = [other] })).ShouldBe(SessionFailure.HostKeyChanged);
        (await FailureAsync(host.Login with { HostKeys = [] })).ShouldBe(SessionFailure.HostKeyUnknown);
        (await FailureAsync(host.Login with { User = "nobody" })).ShouldBe(SessionFailure.PermissionDenied);
        (await FailureAsync(host.Login with { Port = 4 })).ShouldBe(SessionFailure.Refused);
        (await FailureAsync(host.Login with { Host = "no-such-host.invalid" })).ShouldBe(SessionFailure.NameNotResolved);
    }

    [Fact]
    public async Task A_server_that_is_cut_off_times_out_and_comes_back()
    {
        await Command.OkAsync(TestHosts.Script, "cut", host.Host.Lab, host.Host.Name);
        try
        {
            (await FailureAsync(host.Login)).ShouldBeOneOf(SessionFailure.TimedOut, SessionFailure.Unreachable);
        }
        finally
        {
            await Command.OkAsync(TestHosts.Script, "mend", host.Host.Lab, host.Host.Name);
        }
        await using var session = New(host.Login);
        (await session.RunAsync(new ShellRequest("echo back", TimeSpan.FromSeconds(30)), TestContext.Current.CancellationToken)).Text.ShouldBe("back\n");
    }

    private SshServerSession New(ServerAddress server) =>
        new(server, new SshOptions(_sockets) { ConnectTimeout = TimeSpan.FromSeconds(3) }, TimeProvider.System);

    private async Task<SessionFailure> FailureAsync(ServerAddress server)
    {
        await using var session = New(server);
        var fault = await Should.ThrowAsync<SessionException>(() => session.RunAsync(new ShellRequest(":", TimeSpan.FromSeconds(20)), TestContext.Current.CancellationToken));
        fault.Sent.ShouldBeFalse();
        return fault.Failure;
    }
}
