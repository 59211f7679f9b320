using System.Diagnostics;
using System.Text;
using Reconciler.Git;
using Reconciler.Model;

namespace Reconciler.Tests.Git;

public sealed class GitMirrorTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly ScratchRepository _repository;
    private readonly GitMirror _mirror;

    public GitMirrorTests()
    {
        _repository = new ScratchRepository(_scratch.In("origin"));
        _mirror = Mirrors(_scratch.In("mirrors")).Of(_repository.Folder);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal static MirrorFolder Mirrors(string folder, GitSettings? settings = null) =>
        new(folder, new GitProgram(settings ?? new GitSettings { LocalRepositories = true }, TimeProvider.System), TimeProvider.System);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_branch_is_fetched_by_name_and_resolved()
    {
        var first = _repository.Commit("one", ("a", "1"));
        (await _mirror.FetchAsync(["main"], Cancel)).ShouldBe([new FetchedBranch("main", null, first, Forced: false)]);
        var second = _repository.Commit("two", ("a", "2"));
        (await _mirror.FetchAsync(["main"], Cancel)).ShouldBe([new FetchedBranch("main", first, second, Forced: false)]);
        (await _mirror.ResolveAsync("main", Cancel)).ShouldBe(second);
        (await _mirror.RelationAsync(first, second, Cancel)).ShouldBe(CommitRelation.Forward);
        (await _mirror.RelationAsync(second, first, Cancel)).ShouldBe(CommitRelation.Back);
    }

    [Fact]
    public async Task A_force_push_is_told()
    {
        var first = _repository.Commit("one", ("a", "1"));
        var second = _repository.Commit("two", ("a", "2"));
        await _mirror.FetchAsync(["main"], Cancel);
        _repository.Git("reset", "--quiet", "--hard", first);
        (await _mirror.FetchAsync(["main"], Cancel)).ShouldBe([new FetchedBranch("main", second, first, Forced: true)]);
        (await _mirror.HasCommitAsync(second, Cancel)).ShouldBeTrue();
    }

    [Fact]
    public async Task An_unrelated_history_is_told_as_forced()
    {
        _repository.Commit("one", ("a", "1"));
        await _mirror.FetchAsync(["main"], Cancel);
        _repository.Git("checkout", "--quiet", "--orphan", "other");
        var other = _repository.Commit("elsewhere", ("b", "1"));
        _repository.Git("branch", "--force", "main", other);
        (await _mirror.FetchAsync(["main"], Cancel)).ShouldHaveSingleItem().Forced.ShouldBeTrue();
    }

    [Fact]
    public async Task A_missing_branch_is_named()
    {
        _repository.Commit("one", ("a", "1"));
        var e = await Should.ThrowAsync<GitException>(() => _mirror.FetchAsync(["mian"], Cancel));
        e.Failure.ShouldBe(GitFailure.NoSuchBranch);
        e.Message.ShouldContain("mian");
        e.WorthRetrying.ShouldBeFalse();
    }

    [Theory]
    [InlineData("--upload-pack=touch /tmp/never")]
    [InlineData("--upload-pack=x")]
    [InlineData("a..b")]
    [InlineData("a b")]
    [InlineData("a:b")]
    [InlineData("*/*")]
    [InlineData("")]
    [InlineData("a.lock")]
    [InlineData("/a")]
    [InlineData("a\nb")]
    public async Task A_branch_name_that_git_might_take_for_something_else_is_refused(string name)
    {
        var e = await Should.ThrowAsync<GitException>(() => _mirror.FetchAsync([name], Cancel));
        e.Failure.ShouldBe(GitFailure.NotAllowed);
    }

    [Fact]
    public async Task A_remote_branch_named_like_an_option_runs_nothing()
    {
        var commit = _repository.Commit("one", ("a", "1"));
        var canary = _scratch.In("canary");
        _repository.Git("update-ref", $"refs/heads/--upload-pack=touch${{IFS}}{canary}".Replace("//", "/"), commit);
        await _mirror.FetchAsync(["*"], Cancel);
        File.Exists(canary).ShouldBeFalse();
    }

    [Fact]
    public async Task A_commit_that_is_on_no_branch_is_not_reachable()
    {
        _repository.Commit("one", ("a", "1"));
        _repository.Git("checkout", "--quiet", "-b", "fork");
        var stranger = _repository.Commit("stranger", ("a", "x"));
        _repository.Git("checkout", "--quiet", "main");
        _repository.Git("branch", "--quiet", "-D", "fork");
        _repository.Git("update-ref", "refs/pull/1/head", stranger);
        _repository.Git("config", "uploadpack.allowAnySHA1InWant", "true");
        await _mirror.FetchAsync(["main", "hotfix/*"], Cancel);
        (await _mirror.HasCommitAsync(stranger, Cancel)).ShouldBeFalse();
        (await _mirror.BranchesContainingAsync(stranger, ["*"], Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Branches_are_judged_by_pattern()
    {
        _repository.Commit("one", ("a", "1"));
        _repository.Git("checkout", "--quiet", "-b", "hotfix/urgent/1");
        var hotfix = _repository.Commit("fix", ("a", "2"));
        await _mirror.FetchAsync(["main", "hotfix/*"], Cancel);
        (await _mirror.BranchesContainingAsync(hotfix, ["main", "hotfix/*"], Cancel)).ShouldBe(["hotfix/urgent/1"]);
        (await _mirror.BranchesContainingAsync(hotfix, ["main"], Cancel)).ShouldBeEmpty();
    }

    /// <summary>What was answered before holds as long as no branch has moved, whoever fetched.</summary>
    [Fact]
    public async Task A_branch_that_moves_is_judged_anew()
    {
        var first = _repository.Commit("one", ("a", "1"));
        await _mirror.FetchAsync(["main"], Cancel);
        (await _mirror.BranchesContainingAsync(first, ["*"], Cancel)).ShouldBe(["main"]);
        var second = _repository.Commit("two", ("a", "2"));
        (await _mirror.BranchesContainingAsync(second, ["*"], Cancel)).ShouldBeEmpty();

        await _mirror.FetchAsync(["main"], Cancel);
        (await _mirror.BranchesContainingAsync(second, ["*"], Cancel)).ShouldBe(["main"]);
        _repository.Git("reset", "--quiet", "--hard", first);
        await _mirror.FetchAsync(["main"], Cancel);

        (await _mirror.BranchesContainingAsync(second, ["*"], Cancel)).ShouldBeEmpty();
        (await _mirror.BranchesContainingAsync(first, ["*"], Cancel)).ShouldBe(["main"]);
    }

    [Fact]
    public async Task Files_and_modes_are_read_as_they_are()
    {
        var big = new string('x', 3_000_000);
        _repository.Commit("files", ("ä b/ü.txt", "grüße\n"), ("run", "#!/bin/sh\n"), ("big", big), ("empty", ""));
        _repository.Git("update-index", "--chmod=+x", "run");
        File.CreateSymbolicLink(Path.Combine(_repository.Folder, "link"), "run");
        _repository.Git("add", "link");
        _repository.Git("commit", "--quiet", "-m", "modes");
        var commit = _repository.Head;
        await _mirror.FetchAsync(["main"], Cancel);
        var tree = await _mirror.ReadTreeAsync(commit, "", Cancel);
        tree.Select(entry => (entry.Path, entry.Mode)).ShouldBe(
            [("big", "100644"), ("empty", "100644"), ("link", "120000"), ("run", "100755"), ("ä b/ü.txt", "100644")], ignoreOrder: true);
        var blobs = await _mirror.ReadBlobsAsync([.. tree.Select(entry => entry.Id)], Cancel);
        blobs[tree.Single(entry => entry.Path == "big").Id].Length.ShouldBe(big.Length);
        Encoding.UTF8.GetString((await _mirror.ReadFileAsync(commit, "ä b/ü.txt", Cancel))!).ShouldBe("grüße\n");
        (await _mirror.ReadFileAsync(commit, "empty", Cancel)).ShouldBe([]);
        (await _mirror.ReadFileAsync(commit, "link", Cancel)).ShouldBeNull();
        (await _mirror.ReadFileAsync(commit, "ä b", Cancel)).ShouldBeNull();
        (await _mirror.ReadTreeAsync(commit, "ä b", Cancel)).ShouldHaveSingleItem().Path.ShouldBe("ä b/ü.txt");
        (await _mirror.ReadTreeAsync(commit, "nothing", Cancel)).ShouldBeEmpty();
        (await _mirror.TreeIdAsync(commit, "nothing", Cancel)).ShouldBeNull();
        (await _mirror.TreeIdAsync(commit, "ä b", Cancel))!.Length.ShouldBe(40);
        (await Should.ThrowAsync<GitException>(() => _mirror.ReadFileAsync(commit, "../x", Cancel))).Failure.ShouldBe(GitFailure.NotAllowed);
    }

    [Fact]
    public async Task A_commit_says_who_and_what_and_when()
    {
        var first = _repository.Commit("one", ("a", "1"));
        var second = _repository.Commit("red \u001b[31m alert", ("a", "2"));
        await _mirror.FetchAsync(["main"], Cancel);
        var info = await _mirror.CommitInfoAsync(second, Cancel);
        info.ShouldBe(new CommitInfo(second, "Ada <ada@example.org>", "red \uFFFD[31m alert", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)));
        (await _mirror.LogAsync(first, second, 10, Cancel)).ShouldBe([info]);
        (await _mirror.LogAsync(null, second, 10, Cancel)).Select(commit => commit.Id).ShouldBe([second, first]);
        (await Should.ThrowAsync<GitException>(() => _mirror.CommitInfoAsync(new string('0', 40), Cancel))).Failure.ShouldBe(GitFailure.NoSuchCommit);
        (await Should.ThrowAsync<GitException>(() => _mirror.CommitInfoAsync(second[..8], Cancel))).Failure.ShouldBe(GitFailure.NoSuchCommit);
    }

    [Fact]
    public async Task A_thin_pack_brings_a_server_from_one_commit_to_the_next()
    {
        var text = string.Concat(Enumerable.Range(0, 2000).Select(i => $"line {i}\n"));
        var first = _repository.Commit("one", ("a", text));
        _repository.Git("clone", "--quiet", "--bare", _repository.Folder, _scratch.In("server"));
        var second = _repository.Commit("two", ("a", text + "more\n"));
        await _mirror.FetchAsync(["main"], Cancel);
        var pack = new MemoryStream();
        await _mirror.WritePackAsync(second, [first, new string('1', 40), "--not-a-commit"], pack, Cancel);
        pack.Length.ShouldBeLessThan(1000);
        await ReceiveAsync(_scratch.In("server"), pack.ToArray());
        _repository.Git($"--git-dir={_scratch.In("server")}", "cat-file", "-p", $"{second}:a").ShouldEndWith("more\n");
        _repository.Git($"--git-dir={_scratch.In("server")}", "fsck", "--full");
        (await Should.ThrowAsync<GitException>(() => _mirror.WritePackAsync(new string('2', 40), [], pack, Cancel))).Failure.ShouldBe(GitFailure.NoSuchCommit);
    }

    [Fact]
    public async Task A_remote_that_is_not_there_is_told_and_leaves_the_mirror_readable()
    {
        var commit = _repository.Commit("one", ("a", "1"));
        await _mirror.FetchAsync(["main"], Cancel);
        Directory.Move(_repository.Folder, _repository.Folder + ".away");
        (await Should.ThrowAsync<GitException>(() => _mirror.FetchAsync(["main"], Cancel))).Failure.ShouldBe(GitFailure.Refused);
        (await _mirror.ResolveAsync("main", Cancel)).ShouldBe(commit);
    }

    [Fact]
    public async Task What_was_never_fetched_is_told()
    {
        (await Should.ThrowAsync<GitException>(() => _mirror.CommitInfoAsync(new string('a', 40), Cancel))).Message.ShouldContain("not been fetched");
        (await _mirror.HasCommitAsync(new string('a', 40), Cancel)).ShouldBeFalse();
    }

    [Fact]
    public async Task Two_fetches_into_one_mirror_take_turns()
    {
        var commit = _repository.Commit("one", ("a", "1"));
        var mirrors = Enumerable.Range(0, 4).Select(_ => Mirrors(_scratch.In("mirrors")).Of(_repository.Folder)).ToList();
        await Task.WhenAll(mirrors.Select(mirror => mirror.FetchAsync(["main"], Cancel)));
        (await mirrors[3].ResolveAsync("main", Cancel)).ShouldBe(commit);
    }

    [Fact]
    public async Task A_mirror_that_another_holds_is_busy_after_the_deadline()
    {
        var settings = new GitSettings { LocalRepositories = true, LockDeadline = TimeSpan.FromMilliseconds(50) };
        var mirror = Mirrors(_scratch.In("mirrors"), settings).Of(_repository.Folder);
        Directory.CreateDirectory(_scratch.In("mirrors"));
        using var held = new FileStream(mirror.Folder + ".lock", FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        (await Should.ThrowAsync<GitException>(() => mirror.FetchAsync(["main"], Cancel))).Failure.ShouldBe(GitFailure.Busy);
    }

    [Fact]
    public async Task A_lock_that_a_killed_git_left_does_not_stop_the_next_fetch()
    {
        _repository.Commit("one", ("a", "1"));
        await _mirror.FetchAsync(["main"], Cancel);
        var stale = Path.Combine(_mirror.Folder, "refs", "heads", "main.lock");
        File.WriteAllText(stale, "");
        File.SetLastWriteTimeUtc(stale, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var second = _repository.Commit("two", ("a", "2"));
        await _mirror.FetchAsync(["main"], Cancel);
        (await _mirror.ResolveAsync("main", Cancel)).ShouldBe(second);
    }

    [Fact]
    public async Task Many_fetches_do_not_pile_up_packs()
    {
        var mirror = Mirrors(_scratch.In("mirrors"), new GitSettings { LocalRepositories = true, MostPacks = 4 }).Of(_repository.Folder);
        for (var i = 0; i < 8; i++)
        {
            _repository.Commit($"{i}", ("a", $"{i}"));
            await mirror.FetchAsync(["main"], Cancel);
        }
        Directory.GetFiles(Path.Combine(mirror.Folder, "objects", "pack"), "*.pack").Length.ShouldBeLessThan(6);
        (await mirror.LogAsync(null, _repository.Head, 100, Cancel)).Count.ShouldBe(8);
    }

    private static async Task ReceiveAsync(string server, byte[] pack)
    {
        using var process = Process.Start(new ProcessStartInfo("git", [$"--git-dir={server}", "index-pack", "--stdin", "--fix-thin"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        await process.StandardInput.BaseStream.WriteAsync(pack, Cancel);
        process.StandardInput.Close();
        await process.WaitForExitAsync(Cancel);
        process.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_request_is_fetched_beside_all_branches_and_merged_without_touching_any()
    {
        var first = _repository.Commit("one", ("a", "1"));
        _repository.Git("checkout", "--quiet", "-b", "work");
        var work = _repository.Commit("work", ("b", "1"));
        _repository.Git("update-ref", "refs/pull/7/head", work);
        _repository.Git("checkout", "--quiet", "main");
        _repository.Git("branch", "--quiet", "-D", "work");
        var second = _repository.Commit("two", ("a", "2"));
        await _mirror.FetchAsync(["main"], Cancel);

        (await _mirror.FetchProposedAsync("refs/pull/7/head", Cancel)).ShouldBe(work);
        (await _mirror.MergedAsync(first, work, Cancel)).ShouldBe(work, "it is in front already");
        var merged = await _mirror.MergedAsync(second, work, Cancel);
        (await _mirror.MergedAsync(second, work, Cancel)).ShouldBe(merged, "the same two make the same one");
        Encoding.UTF8.GetString((await _mirror.ReadFileAsync(merged!, "a", Cancel))!).ShouldBe("2");
        Encoding.UTF8.GetString((await _mirror.ReadFileAsync(merged!, "b", Cancel))!).ShouldBe("1");
        // No branch reaches what somebody only proposes.
        (await _mirror.BranchesContainingAsync(work, ["*"], Cancel)).ShouldBeEmpty();

        _repository.Git("checkout", "--quiet", "--detach", first);
        var conflict = _repository.Commit("conflict", ("a", "3"));
        _repository.Git("update-ref", "refs/pull/8/head", conflict);
        await _mirror.FetchProposedAsync("refs/pull/8/head", Cancel);
        (await _mirror.MergedAsync(second, conflict, Cancel)).ShouldBeNull();
    }

    [Theory]
    [InlineData("refs/heads/main")]
    [InlineData("refs/pull/7/head:refs/heads/main")]
    [InlineData("--upload-pack=x")]
    [InlineData("refs/pull/../head")]
    public async Task What_is_no_reference_of_a_request_is_refused(string reference) =>
        (await Should.ThrowAsync<GitException>(() => _mirror.FetchProposedAsync(reference, Cancel))).Failure.ShouldBe(GitFailure.NotAllowed);
}
