using System.Text;
using Reconciler.Git;
using Reconciler.Tests.Git;
using Reconciler.Watching;

namespace Reconciler.Tests.Watching;

public sealed class RepositoryWatcherTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly ScratchRepository _repository;
    private readonly GitMirror _mirror;
    private readonly ManualClock _clock = new();
    private readonly RepositoryWatcher _watcher;

    public RepositoryWatcherTests()
    {
        _repository = new ScratchRepository(_scratch.In("origin"));
        _mirror = GitMirrorTests.Mirrors(_scratch.In("mirrors")).Of(_repository.Folder);
        _watcher = Watcher();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private RepositoryWatcher Watcher() => new(_mirror, new WatchSettings("main", "desired-state"), _clock);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_revision_is_given_whole()
    {
        var commit = _repository.Commit("one", ("desired-state/base/a.yaml", "a: 1\n"), ("README.md", "no"));
        var watched = await _watcher.LookAsync([], Cancel);
        watched.Trouble.ShouldBeNull();
        watched.Revision!.Commit.Id.ShouldBe(commit);
        watched.Revision.Faults.ShouldBeEmpty();
        watched.Revision.Files.Keys.ShouldBe(["base/a.yaml"]);
        Encoding.UTF8.GetString(watched.Revision.Files["base/a.yaml"].Content.Span).ShouldBe("a: 1\n");
    }

    [Fact]
    public async Task A_branch_that_moves_on_is_followed()
    {
        var first = _repository.Commit("one", ("desired-state/a", "1"));
        (await _watcher.LookAsync([], Cancel)).Revision!.Commit.Id.ShouldBe(first);
        var second = _repository.Commit("two", ("desired-state/a", "2"));
        (await _watcher.LookAsync([first], Cancel)).Revision!.Commit.Id.ShouldBe(second);
    }

    [Fact]
    public async Task With_the_controllers_disk_full_what_is_in_force_stays_and_it_goes_on_when_there_is_room()
    {
        using var disk = new SmallDisk(_scratch.In("mirrors"), "2m");
        var first = _repository.Commit("one", ("desired-state/a", "1"));
        await _watcher.LookAsync([], Cancel);
        var noise = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4_000_000));
        var second = _repository.Commit("two", ("desired-state/a", "2"), ("photograph", noise));

        var watched = await _watcher.LookAsync([first], Cancel);

        watched.Revision!.Commit.Id.ShouldBe(first);
        watched.Trouble!.Sentence.ShouldContain("The controller's disk is full");
        watched.Trouble.Sentence.ShouldContain($"Revision {first} stays in force");
        Directory.EnumerateFiles(_scratch.In("mirrors"), "tmp_*", SearchOption.AllDirectories).ShouldBeEmpty();
        disk.Grow("32m");
        (await _watcher.LookAsync([first], Cancel)).Revision!.Commit.Id.ShouldBe(second);
    }

    [Fact]
    public async Task A_rewound_branch_leaves_the_accepted_revision_in_force()
    {
        var first = _repository.Commit("one", ("desired-state/a", "1"));
        var second = _repository.Commit("two", ("desired-state/a", "2"));
        await _watcher.LookAsync([], Cancel);
        _repository.Git("reset", "--quiet", "--hard", first);
        var watched = await _watcher.LookAsync([second], Cancel);
        watched.Trouble!.Reason.ShouldBe(WatchTroubleReason.Rewound);
        watched.Trouble.Tip.ShouldBe(first);
        watched.Trouble.Sentence.ShouldContain(second);
        watched.Revision!.Commit.Id.ShouldBe(second);
        _repository.Git("merge", "--quiet", "--strategy=ours", "-m", "keep", second);
        (await _watcher.LookAsync([second], Cancel)).Trouble.ShouldBeNull();
    }

    [Fact]
    public async Task An_unrelated_branch_is_refused_even_by_a_watcher_that_has_seen_nothing()
    {
        var first = _repository.Commit("one", ("desired-state/a", "1"));
        await _watcher.LookAsync([], Cancel);
        _repository.Git("checkout", "--quiet", "--orphan", "other");
        var other = _repository.Commit("elsewhere", ("desired-state/a", "9"));
        _repository.Git("branch", "--force", "main", other);
        var watched = await Watcher().LookAsync([first], Cancel);
        watched.Trouble!.Reason.ShouldBe(WatchTroubleReason.Rewound);
        watched.Revision!.Commit.Id.ShouldBe(first);
    }

    [Fact]
    public async Task An_accepted_revision_that_nobody_has_any_more_is_a_rewind_without_anything_in_force()
    {
        _repository.Commit("one", ("desired-state/a", "1"));
        var watched = await _watcher.LookAsync([new string('a', 40)], Cancel);
        watched.Trouble!.Reason.ShouldBe(WatchTroubleReason.Rewound);
        watched.Revision.ShouldBeNull();
    }

    [Theory]
    [InlineData(60, new double[] { 10, 20, 40, 60, 60, 60, 60 })]
    [InlineData(3600, new double[] { 10, 20, 40, 80, 160, 180, 180 })]
    [InlineData(1, new double[] { 5, 5, 5, 5, 5, 5, 5 })]
    public async Task An_unreachable_repository_keeps_its_since_and_is_tried_again_ever_later_but_not_later_than_it_would_be_looked_at(
        int interval, double[] waits)
    {
        var first = _repository.Commit("one", ("desired-state/a", "1"));
        var watcher = new RepositoryWatcher(_mirror, new WatchSettings("main", "desired-state") { Interval = TimeSpan.FromSeconds(interval) }, _clock);
        await watcher.LookAsync([], Cancel);
        Directory.Move(_repository.Folder, _repository.Folder + ".away");
        var troubles = new List<WatchTrouble>();
        var since = _clock.GetUtcNow();
        for (var i = 0; i < 8; i++)
        {
            var watched = await watcher.LookAsync([first], Cancel);
            watched.Revision!.Commit.Id.ShouldBe(first);
            troubles.Add(watched.Trouble!);
            _clock.Now = watched.Trouble!.RetriesAt;
        }
        troubles.ShouldAllBe(trouble => trouble.Since == since);
        troubles.Zip(troubles.Skip(1), (a, b) => (b.RetriesAt - a.RetriesAt).TotalSeconds).ShouldBe(waits);
        Directory.Move(_repository.Folder + ".away", _repository.Folder);
        (await watcher.LookAsync([first], Cancel)).Trouble.ShouldBeNull();
    }

    [Fact]
    public async Task After_a_restart_with_the_remote_down_the_accepted_revision_is_still_in_force()
    {
        var first = _repository.Commit("one", ("desired-state/a", "1"));
        await _watcher.LookAsync([], Cancel);
        Directory.Delete(_repository.Folder, recursive: true);
        (await Watcher().LookAsync([first], Cancel)).Revision!.Commit.Id.ShouldBe(first);
    }

    [Fact]
    public async Task What_desired_state_must_not_hold_is_named_all_at_once()
    {
        _repository.Commit("one", ("desired-state/a", "1"), ("desired-state/big", new string('x', 1_000_001)), ("desired-state/b\\c", "1"));
        File.CreateSymbolicLink(Path.Combine(_repository.Folder, "desired-state", "link"), "/etc/shadow");
        _repository.Git("add", "--all");
        _repository.Git("update-index", "--add", "--cacheinfo", $"160000,{_repository.Head},desired-state/module");
        _repository.Git("commit", "--quiet", "-m", "bad");
        var revision = (await _watcher.LookAsync([], Cancel)).Revision!;
        revision.Faults.Select(fault => $"{fault.Code} {fault.Place}").ShouldBe(
            ["file-name b\\c", "link link", "submodule module", "too-large big"], ignoreOrder: true);
        revision.Files.Keys.ShouldBe(["a"]);
    }

    [Fact]
    public async Task Asking_looks_at_once_and_otherwise_the_interval_is_waited_out()
    {
        var first = _repository.Commit("one", ("desired-state/a", "1"));
        var watcher = new RepositoryWatcher(_mirror, new WatchSettings("main") { Interval = TimeSpan.FromHours(1) }, TimeProvider.System);
        await watcher.NextAsync([], Cancel);
        var next = watcher.NextAsync([first], Cancel);
        (await Task.WhenAny(next, Task.Delay(300, Cancel))).ShouldNotBe(next);
        watcher.LookNow();
        (await next.WaitAsync(TimeSpan.FromSeconds(20), Cancel)).Revision!.Commit.Id.ShouldBe(first);
    }

    /// <summary>Each call is a process, and each question to the git host a connection: this is what a poll every minute costs.</summary>
    [Fact]
    public async Task A_look_that_finds_nothing_new_asks_the_git_host_once_and_fetches_nothing()
    {
        var (watcher, calls) = Counted();
        var first = _repository.Commit("one", ("desired-state/a", "1"));
        await watcher.LookAsync([], Cancel);
        calls();
        (await watcher.LookAsync([first], Cancel)).Revision!.Commit.Id.ShouldBe(first);
        calls().ShouldBe(["rev-parse", "ls-remote"]);

        var second = _repository.Commit("two", ("desired-state/a", "2"));
        (await watcher.LookAsync([first], Cancel)).Revision!.Commit.Id.ShouldBe(second);
        calls().Where(verb => verb is "ls-remote" or "fetch").ShouldBe(["ls-remote", "fetch"]);
    }

    [Fact]
    public async Task Told_of_a_push_it_fetches_without_asking_first()
    {
        var (watcher, calls) = Counted();
        var first = _repository.Commit("one", ("desired-state/a", "1"));
        await watcher.NextAsync([], Cancel);
        calls();
        var second = _repository.Commit("two", ("desired-state/a", "2"));
        watcher.FetchNow();
        (await watcher.NextAsync([first], Cancel)).Revision!.Commit.Id.ShouldBe(second);
        calls().ShouldNotContain("ls-remote");
        await watcher.LookAsync([second], Cancel);
        calls().ShouldBe(["rev-parse", "ls-remote"]);
    }

    [Fact]
    public async Task A_branch_that_is_gone_is_named_also_where_another_one_ends_like_it()
    {
        var first = _repository.Commit("one", ("desired-state/a", "1"));
        await _watcher.LookAsync([], Cancel);
        _repository.Git("checkout", "--quiet", "-b", "x/refs/heads/main");
        _repository.Git("branch", "--quiet", "-D", "main");
        var watched = await _watcher.LookAsync([first], Cancel);
        watched.Trouble!.Reason.ShouldBe(WatchTroubleReason.NoSuchBranch);
        watched.Revision!.Commit.Id.ShouldBe(first);
    }

    [Fact]
    public async Task What_the_mirror_has_lost_is_fetched_again()
    {
        var first = _repository.Commit("one", ("desired-state/a", "1"));
        await _watcher.LookAsync([], Cancel);
        foreach (var pack in Directory.EnumerateFiles(Path.Combine(_mirror.Folder, "objects", "pack")))
            File.Delete(pack);
        (await _watcher.LookAsync([first], Cancel)).Revision!.Commit.Id.ShouldBe(first);
        (await _mirror.HasCommitAsync(first, Cancel)).ShouldBeTrue();
    }

    /// <returns>A watcher, and which of git's commands were called since that was last asked.</returns>
    private (RepositoryWatcher Watcher, Func<IReadOnlyList<string>> Calls) Counted()
    {
        var (program, log) = (_scratch.In("git"), _scratch.In("calls"));
        File.WriteAllText(program, $"#!/bin/sh\nfor word; do case $word in rev-parse|ls-remote|fetch|for-each-ref|cat-file|merge-base|log|ls-tree) echo $word >>{log}; break ;; esac; done\n"
            + "exec git \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var mirror = GitMirrorTests.Mirrors(_scratch.In("counted"), new() { LocalRepositories = true, Program = program }).Of(_repository.Folder);
        return (new(mirror, new WatchSettings("main", "desired-state"), _clock), () =>
        {
            var calls = File.ReadAllLines(log);
            File.Delete(log);
            return calls;
        });
    }

    [Fact]
    public async Task An_earlier_revision_can_be_read_for_a_base_pin()
    {
        var first = _repository.Commit("one", ("desired-state/a", "1"));
        var second = _repository.Commit("two", ("desired-state/a", "2"));
        await _watcher.LookAsync([], Cancel);
        (await _watcher.ReadAsync(first, Cancel)).Files["a"].Content.ToArray().ShouldBe("1"u8.ToArray());
        (await _watcher.IsAncestorAsync(first, second, Cancel)).ShouldBeTrue();
        (await Should.ThrowAsync<GitException>(() => _watcher.ReadAsync(new string('b', 40), Cancel))).Failure.ShouldBe(GitFailure.NoSuchCommit);
    }
}
