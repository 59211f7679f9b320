using Reconciler.Documents.Expansion;
using Reconciler.Hosting;
using Reconciler.Tests.Git;
using Reconciler.Tests.Hosting;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>A commit waits until the application's own CI is green.</summary>
public sealed class RequiredChecksTests : IAsyncLifetime
{
    private readonly TurnWorld _world = new();
    private readonly ScratchFolder _folder = new();
    private FakeGitHub _github = null!;

    public async ValueTask InitializeAsync()
    {
        _github = await FakeGitHub.StartAsync();
        File.WriteAllText(_folder.In("token"), FakeGitHub.Token);
        File.SetUnixFileMode(_folder.In("token"), UnixFileMode.UserRead);
        _world.Converged(_world.Version(1));
        _world.Hosts = new([new("github.com", GitHostKind.GitHub, new(_github.Url), _folder.In("token"), new Dictionary<string, string>())], _world.Clock);
    }

    public async ValueTask DisposeAsync()
    {
        _world.Dispose();
        _world.Hosts?.Dispose();
        await _github.DisposeAsync();
        _folder.Dispose();
    }

    private static Unit Checked(Unit unit) => unit with { CodeRepository = "git@github.com:you/site.git", RequiredChecks = ["ci/test"] };

    private Unit Wanted => Checked(_world.Version(2));

    private void Says(string status, string? conclusion) => _github.Checks[Wanted.CodeCommit!] = [("ci/test", status, conclusion)];

    [Fact]
    public async Task Pending_and_missing_wait_and_green_goes_on()
    {
        var missing = await _world.TurnAsync(Wanted);
        (missing.Standing, missing.Deferral!.Gate, missing.Headline).ShouldBe(
            (Standing.Deferred, "requiredChecks", "ci/test of 222222222222 is not green yet at github.com/you/site"));
        Says("in_progress", null);
        (await _world.TurnAsync(Wanted)).Standing.ShouldBe(Standing.Deferred);
        _world.Done.ShouldBeEmpty();

        Says("completed", "success");
        (await _world.TurnAsync(Wanted)).Standing.ShouldBe(Standing.Synced);
        _world["Code"].ShouldBe("code-2");
    }

    [Fact]
    public async Task Red_waits_for_a_newer_commit_and_hands_out_no_ready_yes_and_an_acknowledgement_opens_it()
    {
        Says("completed", "failure");

        var red = await _world.TurnAsync(Wanted);

        (red.Standing, red.Headline).ShouldBe((Standing.Deferred, "ci/test failed for 222222222222 at github.com/you/site; a newer commit tries again"));
        WaysOn.Of(_world.Environment(Wanted), Wanted, red).ShouldBeEmpty();
        (await _world.TurnAsync(Wanted with { Acknowledged = new HashSet<string> { "requiredChecks" } })).Standing.ShouldBe(Standing.Synced);
    }

    [Fact]
    public async Task What_cannot_be_read_waits_and_says_why()
    {
        _github.Faults.Enqueue((503, []));
        (await _world.TurnAsync(Wanted)).Headline.ShouldBe(
            "ci/test of 222222222222 cannot be read: 127.0.0.1 answered GET repos/you/site/commits/2222222222222222222222222222222222222222/check-runs with 503 (as asked)");

        _world.Hosts!.Dispose();
        _world.Hosts = null;
        (await _world.TurnAsync(Wanted)).Headline.ShouldBe(
            "ci/test of 222222222222 cannot be read: controller.yaml names no git host for git@github.com:you/site.git: write it below `gitHosts`");
        _world.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_turns_red_while_it_is_prepared_is_noticed_before_cover()
    {
        Says("completed", "success");
        _world.During("prepare", () =>
        {
            _world["Code"] = "code-1 code-2";
            Says("completed", "failure");
        });

        (await _world.TurnAsync(Wanted)).Deferral!.Gate.ShouldBe("requiredChecks");
        _world.Done.ShouldBe(["prepare"]);
    }

    [Fact]
    public async Task What_runs_already_is_not_asked_about()
    {
        var asked = _github.Asked.Count;

        (await _world.TurnAsync(Checked(_world.Version(1)))).Standing.ShouldBe(Standing.Synced);

        _github.Asked.Count.ShouldBe(asked);
    }
}
