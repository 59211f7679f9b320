using Reconciler.Remote;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Remote;

/// <summary>Connections are bounded in number; whom that closes notices nothing but the time of a new one.</summary>
public sealed class OpenSessionsTests
{
    private readonly OpenSessions _open = new(most: 2);

    private static async Task<string> ShellOfAsync(SshServerSession session) => (await session.RunAsync("echo $$")).Text;

    [Fact]
    public async Task Beyond_the_number_the_one_that_was_not_used_for_longest_is_closed_and_opened_anew_when_it_is_asked()
    {
        await using SshServerSession a = LocalShell.Open(open: _open), b = LocalShell.Open(open: _open), c = LocalShell.Open(open: _open);
        var (first, second) = (await ShellOfAsync(a), await ShellOfAsync(b));
        (await ShellOfAsync(a)).ShouldBe(first);

        await ShellOfAsync(c);

        _open.Count.ShouldBe(2);
        (await ShellOfAsync(a)).ShouldBe(first);
        (await ShellOfAsync(b)).ShouldNotBe(second);
        _open.Count.ShouldBe(2);
    }

    [Fact]
    public async Task One_in_use_is_never_closed()
    {
        using var scratch = new ScratchFolder();
        await using SshServerSession a = LocalShell.Open(open: _open), b = LocalShell.Open(open: _open), c = LocalShell.Open(open: _open);
        var fifo = scratch.In("fifo");
        (await a.RunAsync($"mkfifo '{fifo}'")).ExitCode.ShouldBe(0);
        var busy = a.RunAsync($"read word <'{fifo}'; echo \"$word\"");
        await ShellOfAsync(b);
        await ShellOfAsync(c);

        (await b.RunAsync($"echo all of it >'{fifo}'")).ExitCode.ShouldBe(0);
        (await busy).Text.ShouldContain("all of it");
    }

    [Fact]
    public async Task One_that_was_lost_or_ended_counts_no_more()
    {
        await using var a = LocalShell.Open(open: _open);
        await Should.ThrowAsync<SessionException>(() => a.RunAsync("kill -KILL $$"));
        _open.Count.ShouldBe(0);

        await using (var b = LocalShell.Open(open: _open))
            await ShellOfAsync(b);
        _open.Count.ShouldBe(0);
    }
}
