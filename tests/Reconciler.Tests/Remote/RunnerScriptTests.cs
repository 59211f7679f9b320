using Reconciler.Model;
using Reconciler.Remote;

namespace Reconciler.Tests.Remote;

public sealed class RunnerScriptTests : IDisposable
{
    private readonly RunnerSandbox runner = new();

    public void Dispose() => runner.Dispose();

    [Fact]
    public async Task A_file_is_placed_whole_with_mode_and_record()
    {
        (await runner.EndedAsync(runner.Place("a b'ü\\n%", "x\ny", mode: "0600"))).ExitCode.ShouldBe(0);
        var path = $"{runner.Files}/a b'ü\\n%";
        File.ReadAllText(path).ShouldBe("x\ny");
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.ReadAllText($"{runner.State}/placed{path}").ShouldStartWith("n ");
        Directory.GetFiles(runner.Files).Length.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_replaced_is_kept_and_can_be_put_back()
    {
        await runner.EndedAsync(runner.Place("f", "one", "note1"));
        await runner.EndedAsync(runner.Place("f", "two", "note2"));
        File.GetUnixFileMode($"{runner.State}/kept{runner.Files}/f/note1").ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await runner.EndedAsync(RunnerRequest.Restore($"{runner.Files}/f", "0640", "root", "root", "note1"))).ExitCode.ShouldBe(0);
        File.ReadAllText($"{runner.Files}/f").ShouldBe("one");
        (await runner.EndedAsync(RunnerRequest.Restore($"{runner.Files}/f", "0640", "root", "root", "none"))).Refusal!.Code.ShouldBe(RunnerCode.Missing);
    }

    [Fact]
    public async Task An_edit_by_hand_is_kept_under_its_digest()
    {
        await runner.EndedAsync(runner.Place("f", "one", "note1"));
        (await runner.EndedAsync(runner.Place("f", "one and a half", "note1b"))).Output.ShouldBe("kept note1\n");
        File.WriteAllText($"{runner.Files}/f", "edited");
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("edited"u8));
        (await runner.EndedAsync(runner.Place("f", "two", "note2"))).Output
            .ShouldBe($"kept {digest} changed by hand since it was placed: {runner.Files}/f; the edit is the newest file in {runner.State}/kept{runner.Files}/f\n");
        File.ReadAllText($"{runner.State}/kept{runner.Files}/f/{digest}").ShouldBe("edited");
    }

    [Fact]
    public async Task The_same_operation_takes_effect_once()
    {
        var envelope = runner.NewEnvelope();
        (await runner.EndedAsync(runner.Place("f", "one"), envelope)).Replayed.ShouldBeFalse();
        (await runner.EndedAsync(runner.Place("f", "two"), envelope)).Replayed.ShouldBeTrue();
        File.ReadAllText($"{runner.Files}/f").ShouldBe("one");
    }

    [Theory]
    [InlineData("supervisor", "/srv/x/supervisor.conf", "nobody-here", "celery")]
    [InlineData("process", "nobody-here", "manage.py runindexer")]
    public async Task Who_is_not_there_yet_has_no_processes(params string[] lookup) =>
        (await runner.ReadAsync(RunnerRequest.Lookup(lookup))).ShouldBe("absent 0 0\n");

    [Fact]
    public async Task Lookups_and_logs_take_only_names_and_users_that_may_be_acted_for()
    {
        (await runner.ReadAsync(RunnerRequest.Logs(["supervisor", "/srv/x/supervisor.conf", "nobody-here", "celery"]))).ShouldBe("");
        (await runner.ReadAsync(RunnerRequest.Logs(["supervisor", "/srv/x/supervisor.conf", "root", "celery"]))).ShouldContain("root is never acted for");
        (await runner.ReadAsync(RunnerRequest.Lookup(["supervisor", "/srv/x/supervisor.conf", "root", "celery"]))).ShouldContain("root is never acted for");
        (await runner.ReadAsync(RunnerRequest.Logs(["supervisor", "../x", "daemon", "celery"]))).ShouldContain("not an absolute path");
        (await runner.ReadAsync(RunnerRequest.Logs(["supervisor", "-", "-", "celery", "a;id"]))).ShouldContain("runner: 64");
        (await runner.ReadAsync(RunnerRequest.Logs(["unit", "--all"]))).ShouldContain("runner: 64");
        (await runner.ReadAsync(RunnerRequest.Logs(["file", "/etc/shadow"]))).ShouldContain("runner: 64");
    }

    [Fact]
    public async Task The_refusal_of_another_ledger_says_how_to_take_the_server_over_and_that_does()
    {
        await runner.EndedAsync(runner.Place("f", "one"));
        var other = runner.NewEnvelope() with { Ledger = "other" };
        var refused = (await runner.SendAsync(runner.Place("f", "two"), other)).ShouldBeOfType<RunnerAnswer.Refused>().Refusal.Sentence;

        refused.ShouldStartWith($"this server obeys ledger ledger, not other, as {runner.State}/fence on it says: have the controller with");
        refused.ShouldEndWith("where that controller is ended for good, `reconciler takeover` on this one takes the server over");
        refused.ShouldNotContain("explicitly");
        (await runner.SendAsync(new("takeover", ["ledger"]), other)).ShouldBeOfType<RunnerAnswer.Fenced>();

        (await runner.EndedAsync(runner.Place("f", "two"), runner.NewEnvelope() with { Ledger = "other" })).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Another_ledger_and_a_lower_fence_are_refused()
    {
        await runner.EndedAsync(runner.Place("f", "one"));
        (await RefusedAsync(runner.Place("f", "two"), runner.NewEnvelope() with { Ledger = "other", Fence = 99 })).ShouldBe(RunnerCode.Fenced);
        (await RefusedAsync(runner.Place("f", "two"), runner.NewEnvelope() with { Fence = 6 })).ShouldBe(RunnerCode.Fenced);
        (await runner.EndedAsync(runner.Place("f", "two"), runner.NewEnvelope() with { Fence = 8 })).ExitCode.ShouldBe(0);
        (await RefusedAsync(runner.Place("f", "three"))).ShouldBe(RunnerCode.Fenced);
        File.ReadAllText($"{runner.Files}/f").ShouldBe("two");
    }

    [Fact]
    public async Task A_fence_that_cannot_be_written_is_refused_and_the_one_of_before_counts()
    {
        await runner.EndedAsync(runner.Place("f", "one"));
        Directory.CreateDirectory($"{runner.State}/fence.unsure");
        (await RefusedAsync(new("fence", []), runner.NewEnvelope() with { Fence = 8 })).ShouldBe(RunnerCode.CannotDo);
        File.ReadAllText($"{runner.State}/fence").ShouldBe("ledger 7\n");
    }

    [Theory]
    [InlineData("/etc/evil")]
    [InlineData("{0}/../evil")]
    [InlineData("{0}/./x")]
    [InlineData("{0}//x")]
    [InlineData("{0}/out/evil")]
    [InlineData("files/x")]
    [InlineData("{0}")]
    [InlineData("{0}x")]
    public async Task Nothing_is_placed_outside_the_allowed_folders(string path)
    {
        Directory.CreateSymbolicLink($"{runner.Files}/out", runner.Root);
        var request = RunnerRequest.Place(string.Format(path, runner.Files), "0644", "root", "root", "n", new PayloadPart.Text("evil"));
        (await runner.EndedAsync(request)).Refusal!.Code.ShouldBe(RunnerCode.NotAllowed);
        File.Exists($"{runner.Root}/evil").ShouldBeFalse();
        File.Exists("/etc/evil").ShouldBeFalse();
    }

    [Fact]
    public async Task A_link_in_the_place_of_a_file_is_replaced_not_followed()
    {
        File.WriteAllText($"{runner.Root}/target", "untouched");
        File.CreateSymbolicLink($"{runner.Files}/f", $"{runner.Root}/target");
        (await runner.EndedAsync(runner.Place("f", "new"))).ExitCode.ShouldBe(0);
        File.ReadAllText($"{runner.Root}/target").ShouldBe("untouched");
        new FileInfo($"{runner.Files}/f").LinkTarget.ShouldBeNull();
    }

    [Fact]
    public async Task Links_switch_and_a_directory_in_the_way_is_moved_aside()
    {
        Directory.CreateDirectory($"{runner.Files}/l");
        File.WriteAllText($"{runner.Files}/l/mine", "kept");
        await runner.EndedAsync(RunnerRequest.Link($"{runner.Files}/l", "/a"));
        await runner.EndedAsync(RunnerRequest.Link($"{runner.Files}/l", "/b"));
        new FileInfo($"{runner.Files}/l").LinkTarget.ShouldBe("/b");
        Directory.GetFiles(runner.Files, "mine", SearchOption.AllDirectories).Length.ShouldBe(1);
        (await runner.EndedAsync(RunnerRequest.Link($"{runner.Root}/link", "/c"))).ExitCode.ShouldBe(0);
        (await runner.EndedAsync(RunnerRequest.Link($"{runner.Root}/other", "/c"))).Refusal!.Code.ShouldBe(RunnerCode.NotAllowed);
    }

    [Fact]
    public async Task Trees_go_only_from_a_folder_for_them()
    {
        Directory.CreateDirectory($"{runner.Files}/venv.d/old/lib");
        Directory.CreateDirectory($"{runner.Files}/precious/x");
        (await runner.EndedAsync(RunnerRequest.RemoveTree($"{runner.Files}/venv.d/old"))).ExitCode.ShouldBe(0);
        (await runner.EndedAsync(RunnerRequest.RemoveTree($"{runner.Files}/precious/x"))).Refusal!.Code.ShouldBe(RunnerCode.NotAllowed);
        Directory.Exists($"{runner.Files}/venv.d/old").ShouldBeFalse();
        Directory.Exists($"{runner.Files}/precious/x").ShouldBeTrue();
    }

    [Fact]
    public async Task Directories_are_made_with_their_parents()
    {
        (await runner.EndedAsync(RunnerRequest.Directory($"{runner.Files}/a/b/c", "0750", "root", "daemon"))).ExitCode.ShouldBe(0);
        File.GetUnixFileMode($"{runner.Files}/a/b/c").ShouldBe((UnixFileMode)0b111_101_000);
        File.GetUnixFileMode($"{runner.Files}/a").ShouldBe((UnixFileMode)0b111_101_101);
        (await runner.EndedAsync(RunnerRequest.Directory($"{runner.Root}/elsewhere", "0750", "root", "root"))).Refusal!.Code.ShouldBe(RunnerCode.NotAllowed);
    }

    [Fact]
    public async Task An_allowed_folder_itself_is_made_and_gets_its_owner()
    {
        File.AppendAllText($"{runner.Root}/conf", $"root {runner.Root}/parcels\n");
        (await runner.EndedAsync(RunnerRequest.Directory($"{runner.Root}/parcels", "0750", "nobody", "daemon"))).ExitCode.ShouldBe(0);
        File.GetUnixFileMode($"{runner.Root}/parcels").ShouldBe((UnixFileMode)0b111_101_000);
        (await runner.EndedAsync(RunnerRequest.Directory($"{runner.Root}/parcels", "0700", "root", "root"))).ExitCode.ShouldBe(0);
        File.GetUnixFileMode($"{runner.Root}/parcels").ShouldBe((UnixFileMode)0b111_000_000);
    }

    [Fact]
    public async Task A_directory_that_is_refused_is_not_made_and_the_line_that_would_allow_it_is_named()
    {
        var outside = (await runner.EndedAsync(RunnerRequest.Directory($"{runner.Root}/elsewhere/deep", "0750", "root", "root"))).Refusal!;
        var nobody = (await runner.EndedAsync(RunnerRequest.Directory($"{runner.Files}/a/b", "0750", "no-such-user", "root"))).Refusal!;

        outside.Sentence.ShouldBe($"{runner.Root}/elsewhere/deep is outside the folders allowed in {runner.Root}/conf, and only root may add one: root {runner.Root}/elsewhere/deep");
        nobody.Sentence.ShouldBe("there is no user no-such-user");
        Directory.Exists($"{runner.Root}/elsewhere").ShouldBeFalse();
        Directory.Exists($"{runner.Files}/a").ShouldBeFalse();
    }

    [Fact]
    public async Task A_list_without_links_allows_none()
    {
        File.WriteAllText($"{runner.Root}/conf", $"root {runner.Files}\n");
        (await runner.EndedAsync(RunnerRequest.Link("/cnhome", "/tmp"))).Refusal!.Code.ShouldBe(RunnerCode.NotAllowed);
        Path.Exists("/cnhome").ShouldBeFalse();
    }

    [Fact]
    public async Task A_script_runs_as_its_user_with_a_bare_environment_and_its_result_is_kept()
    {
        var receipt = await runner.EndedAsync(RunnerRequest.Run("nobody", "/tmp", "res", new PayloadPart.Text("id -un; pwd; env | cut -d= -f1 | sort | tr '\\n' ' '; exit 4\n")));
        receipt.ExitCode.ShouldBe(4);
        File.ReadAllText($"{runner.State}/results/res").ShouldBe("nobody\n/tmp\nHOME LANG OLDPWD PATH PWD ");
        (await runner.EndedAsync(RunnerRequest.Run("root", "/tmp", "-", new PayloadPart.Text("id")))).Refusal!.Code.ShouldBe(RunnerCode.NotAllowed);
    }

    [Fact]
    public async Task A_script_may_read_its_input()
    {
        var request = RunnerRequest.RunWithInput("nobody", "/tmp", "-", new PayloadPart.Text("wc -c"), new PayloadPart.Text(new string('x', 200_000)));
        (await runner.EndedAsync(request)).Output.ShouldBe("200000\n");
    }

    [Fact]
    public async Task Of_long_output_head_and_tail_are_kept()
    {
        var output = (await runner.EndedAsync(RunnerRequest.Run("nobody", "/", "-", new PayloadPart.Text("echo first; head -c 100000000 /dev/zero | tr '\\0' x; echo; echo last")))).Output;
        (output.Length, output.StartsWith("first\n", StringComparison.Ordinal), output.EndsWith("\nlast\n", StringComparison.Ordinal)).ShouldBe((65543, true, true));
    }

    [Fact]
    public async Task A_deadline_ends_what_ignores_it()
    {
        var receipt = await runner.EndedAsync(RunnerRequest.Run("nobody", "/", "-", new PayloadPart.Text("sleep 40 & sleep 40")), runner.NewEnvelope() with { Deadline = TimeSpan.FromSeconds(1) });
        (receipt.DeadlinePassed, receipt.ExitCode).ShouldBe((true, 124));
    }

    [Fact]
    public async Task Another_step_is_waited_for_only_so_long()
    {
        var first = runner.EndedAsync(RunnerRequest.Run("nobody", "/", "-", new PayloadPart.Text("sleep 3")));
        await Task.Delay(500, TestContext.Current.CancellationToken);
        (await RefusedAsync(runner.Place("f", "x"))).ShouldBe(RunnerCode.Busy);
        (await runner.SendAsync(new RunnerRequest("settle", []), runner.NewEnvelope())).ShouldBeOfType<RunnerAnswer.Running>().Operations.ShouldBe("t.1.1");
        (await first).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task What_was_settled_before_it_came_never_begins()
    {
        var envelope = runner.NewEnvelope();
        (await runner.EndedAsync(new RunnerRequest("settle", []), envelope)).Refusal!.Code.ShouldBe(RunnerCode.Withdrawn);
        (await runner.EndedAsync(runner.Place("f", "late"), envelope)).Refusal!.Code.ShouldBe(RunnerCode.Withdrawn);
        File.Exists($"{runner.Files}/f").ShouldBeFalse();
    }

    [Fact]
    public async Task What_began_and_never_ended_is_not_begun_again()
    {
        var envelope = runner.NewEnvelope();
        await runner.EndedAsync(runner.Place("other", "x"));
        File.WriteAllText($"{runner.State}/receipts/{envelope.Operation}.begun", "boot\n");
        (await runner.SendAsync(new RunnerRequest("settle", []), envelope)).ShouldBeOfType<RunnerAnswer.Interrupted>();
        (await RefusedAsync(runner.Place("f", "again"), envelope)).ShouldBe(RunnerCode.Interrupted);
    }

    [Theory]
    [InlineData("")]
    [InlineData("reconciler-runner 2\n\n")]
    [InlineData("reconciler-runner 1\nverb place\n")]
    [InlineData("reconciler-runner 1\nwhat now\n\n")]
    [InlineData("reconciler-runner 1\nverb place\n\n")]
    [InlineData("reconciler-runner 1\nledger l\nfence -1\noperation o\nverb place\n\n")]
    [InlineData("reconciler-runner 1\nledger l\nfence 1\noperation ../o\nverb place\n\n")]
    [InlineData("reconciler-runner 1\nledger l\nfence 1\noperation o\nverb place\narg a\\0012b\n\n")]
    [InlineData("reconciler-runner 1\nledger l\nfence 1\noperation o\nverb place\npayload 10\n\nshort")]
    [InlineData("reconciler-runner 1\nledger l\nfence 1\noperation o\nverb place\npayload x\n\n")]
    public async Task A_request_that_is_not_well_formed_does_nothing(string request)
    {
        var (text, code) = await runner.RawAsync(request);
        code.ShouldBe(64);
        text.ShouldStartWith("runner: 64: ");
        (Directory.Exists($"{runner.Root}/spool") ? Directory.GetDirectories($"{runner.Root}/spool") : []).ShouldBeEmpty();
    }

    [Fact]
    public async Task Reading_requests_leave_nothing_behind()
    {
        File.WriteAllText($"{runner.Files}/s", "content");
        await runner.ReadAsync(new RunnerRequest("hello", []));
        var before = Directory.GetFileSystemEntries(runner.State, "*", SearchOption.AllDirectories);
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("keycontent"u8));
        (await runner.ReadAsync(RunnerRequest.Digest("key", $"{runner.Files}/s", $"{runner.Files}/none"))).ShouldBe($"{digest} 0644 root root\nabsent\n");
        (await runner.ReadAsync(RunnerRequest.Run("nobody", "/", "-", new PayloadPart.Text("echo hi; echo no >&2")))).ShouldBe("hi\n");
        (await runner.ReadAsync(runner.Place("f", "x"))).ShouldStartWith("runner: 64: ");
        Directory.GetFileSystemEntries(runner.State, "*", SearchOption.AllDirectories).ShouldBe(before);
        Directory.GetDirectories($"{runner.Root}/spool").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_full_disk_is_told_and_leaves_the_file_as_it_was()
    {
        await runner.EndedAsync(runner.Place("f", "one"));
        await runner.EndedAsync(RunnerRequest.Directory($"{runner.Files}/small", "0755", "root", "root"));
        (await RunAsync("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", $"{runner.Files}/small")).ShouldBe(0);
        try
        {
            await runner.EndedAsync(runner.Place("small/f", "old"));
            (await runner.EndedAsync(runner.Place("small/f", new string('x', 200_000)))).Refusal!.Code.ShouldBe(RunnerCode.CannotDo);
            File.ReadAllText($"{runner.Files}/small/f").ShouldBe("old");
            Directory.GetFiles($"{runner.Files}/small").Length.ShouldBe(1);
        }
        finally
        {
            await RunAsync("umount", $"{runner.Files}/small");
        }
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(program, arguments);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private async Task<RunnerCode> RefusedAsync(RunnerRequest request, RunnerEnvelope? envelope = null) =>
        (await runner.SendAsync(request, envelope)).ShouldBeOfType<RunnerAnswer.Refused>().Refusal.Code;
}
