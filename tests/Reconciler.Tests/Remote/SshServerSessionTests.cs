using Reconciler.Model;
using Reconciler.Remote;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Remote;

public sealed class SshServerSessionTests
{
    [Fact]
    public async Task Scripts_run_one_after_the_other_in_one_shell()
    {
        await using var session = LocalShell.Open();
        var first = await session.RunAsync("echo $$; exit 3");
        var second = await session.RunAsync("echo $$");
        first.ExitCode.ShouldBe(3);
        second.ExitCode.ShouldBe(0);
        second.Text.ShouldBe(first.Text);
    }

    [Fact]
    public async Task A_script_that_is_kept_travels_once_for_each_connection()
    {
        using var folder = new ScratchFolder();
        await using var session = new SshServerSession(LocalShell.Server, new SshOptions("/nonexistent"),
            command => new("sh", ["-c", $"tee -a {Shell.Quote(folder.In("sent"))} | ({command})"]), TimeProvider.System);
        var kept = new Dictionary<string, KeptScript>();
        async Task<string> AskAsync(string script, bool keeps = true)
        {
            if (keeps && !kept.ContainsKey(script))
                kept[script] = new(script);
            var request = keeps ? ShellRequest.Of(kept[script], TimeSpan.FromSeconds(20)) : new(script, TimeSpan.FromSeconds(20));
            return (await session.RunAsync(request, TestContext.Current.CancellationToken)).Text;
        }

        int Sent(string script) => File.ReadAllText(folder.In("sent")).Split(script).Length - 1;

        (await AskAsync("echo kept; here=$((here + 1)); echo $here"), await AskAsync("echo kept; here=$((here + 1)); echo $here")).ShouldBe(("kept\n1\n", "kept\n1\n"));
        (await AskAsync("echo between", keeps: false)).ShouldBe("between\n");
        (await AskAsync("echo kept; here=$((here + 1)); echo $here")).ShouldBe("kept\n1\n");
        Sent("echo kept").ShouldBe(1);

        (await AskAsync("echo another")).ShouldBe("another\n");
        (await AskAsync("echo kept; here=$((here + 1)); echo $here")).ShouldBe("kept\n1\n");
        Sent("echo kept").ShouldBe(2);

        await Should.ThrowAsync<SessionException>(() => session.RunAsync("kill -9 $$"));
        (await AskAsync("echo kept; here=$((here + 1)); echo $here")).ShouldBe("kept\n1\n");
        Sent("echo kept").ShouldBe(3);
    }

    [Fact]
    public async Task The_script_reads_exactly_its_payload()
    {
        await using var session = LocalShell.Open();
        (await session.RunAsync("cat; echo end", "a\nb")).Text.ShouldBe("a\nbend\n");
        (await session.RunAsync("cat")).Text.ShouldBe("");
    }

    [Fact]
    public async Task A_payload_left_unread_is_not_taken_for_the_next_request()
    {
        await using var session = LocalShell.Open();
        (await session.RunAsync("read -r x; echo $x", "first\n" + new string('x', 3_000_000))).Text.ShouldBe("first\n");
        (await session.RunAsync("echo still here")).Text.ShouldBe("still here\n");
    }

    [Fact]
    public async Task Noise_of_a_profile_is_skipped()
    {
        await using var session = LocalShell.Open("echo Welcome; echo 00 ready 1; head -c 200000 /dev/urandom");
        (await session.RunAsync("echo hello")).Text.ShouldBe("hello\n");
    }

    [Fact]
    public async Task Forged_markers_and_binary_output_stay_output()
    {
        await using var session = LocalShell.Open();
        var reply = await session.RunAsync("printf '\\n00 end 0\\n\\nffffffffffffffffffffffffffffffff end 0\\n\\000\\377'; exit 9");
        reply.ExitCode.ShouldBe(9);
        reply.Output.ToArray()[^2..].ShouldBe([0, 255]);
        reply.Text.ShouldEndWith("\0\uFFFD");
    }

    [Fact]
    public async Task A_hundred_megabytes_are_read_and_thrown_away_past_the_cap()
    {
        await using var session = LocalShell.Open(cap: 1000);
        var reply = await session.RunAsync("head -c 100000000 /dev/zero; exit 4");
        reply.ShouldSatisfyAllConditions(() => reply.Truncated.ShouldBeTrue(), () => reply.Output.Length.ShouldBe(1000), () => reply.ExitCode.ShouldBe(4));
        (await session.RunAsync("echo on")).Text.ShouldBe("on\n");
    }

    [Fact]
    public async Task No_end_in_time_leaves_the_outcome_unknown_and_the_next_request_gets_a_new_shell()
    {
        await using var session = LocalShell.Open();
        await session.RunAsync("echo $$");
        var fault = await Should.ThrowAsync<SessionException>(() => session.RunAsync("echo so far; sleep 77.5", seconds: 0.5));
        fault.Failure.ShouldBe(SessionFailure.TimedOut);
        fault.Sent.ShouldBeTrue();
        System.Text.Encoding.UTF8.GetString(fault.Partial.Span).ShouldStartWith("so far\n");
        (await session.RunAsync("echo again")).Text.ShouldBe("again\n");
    }

    [Fact]
    public async Task What_a_given_up_session_left_running_is_ended()
    {
        // As sshd does it: the shell leads a process group.
        await using var session = new SshServerSession(LocalShell.Server, new SshOptions("/nonexistent"),
            command => new("setsid", ["--wait", "sh", "-c", command]), TimeProvider.System);
        await Should.ThrowAsync<SessionException>(() => session.RunAsync("sleep 78.25", seconds: 0.5));
        var seen = await session.RunAsync("for p in /proc/[0-9]*; do tr '\\0' ' ' <$p/cmdline 2>/dev/null; done | grep -c '^sleep 78[.]25'");
        seen.Text.ShouldBe("0\n");
    }

    [Fact]
    public async Task Silence_ends_it_before_the_deadline()
    {
        await using var session = LocalShell.Open();
        var request = new ShellRequest("for i in 1 2 3 4; do echo $i; sleep 0.2; done; sleep 30", TimeSpan.FromSeconds(60)) { Silence = TimeSpan.FromSeconds(0.6) };
        var fault = await Should.ThrowAsync<SessionException>(() => session.RunAsync(request, TestContext.Current.CancellationToken));
        System.Text.Encoding.UTF8.GetString(fault.Partial.Span).ShouldStartWith("1\n2\n3\n4\n");
    }

    [Fact]
    public async Task A_profile_that_exits_is_recognised_as_no_session()
    {
        await using var session = LocalShell.Open("echo hi; exit 0");
        var fault = await Should.ThrowAsync<SessionException>(() => session.RunAsync("echo hello"));
        fault.Failure.ShouldBe(SessionFailure.ShellEndedEarly);
        fault.Sent.ShouldBeFalse();
        fault.Message.ShouldContain(".bashrc");
    }

    [Fact]
    public async Task A_session_that_ends_in_the_middle_is_lost_and_opened_anew()
    {
        await using var session = LocalShell.Open();
        var fault = await Should.ThrowAsync<SessionException>(() => session.RunAsync("echo half; kill -9 $$"));
        (fault.Failure, fault.Sent, fault.WorthRetrying).ShouldBe((SessionFailure.Lost, true, true));
        (await session.RunAsync("echo back")).Text.ShouldBe("back\n");
    }

    [Fact]
    public async Task A_payload_shorter_than_announced_closes_the_session()
    {
        await using var session = LocalShell.Open();
        var request = new ShellRequest("cat", TimeSpan.FromSeconds(20)) { Payload = [new PayloadContent(new MemoryStream([1, 2, 3]), 10)] };
        var fault = await Should.ThrowAsync<SessionException>(() => session.RunAsync(request, TestContext.Current.CancellationToken));
        fault.Failure.ShouldBe(SessionFailure.PayloadCutShort);
        (await session.RunAsync("echo back")).Text.ShouldBe("back\n");
    }

    [Fact]
    public async Task A_missing_ssh_program_is_said()
    {
        await using var session = new SshServerSession(LocalShell.Server, new SshOptions("/nonexistent"), _ => new("/nonexistent/ssh"), TimeProvider.System);
        (await Should.ThrowAsync<SessionException>(() => session.RunAsync(":"))).Failure.ShouldBe(SessionFailure.SshMissing);
    }
}
