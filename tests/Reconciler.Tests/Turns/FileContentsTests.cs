using Reconciler.Diffing;
using Reconciler.Model;
using Reconciler.Remote;
using Reconciler.Resources.File;
using Reconciler.Resources.NginxSite;
using Reconciler.Tests.Documents.Expansion;
using Reconciler.Tests.Git;
using Reconciler.Tests.Planning;
using Reconciler.Tests.Remote;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>What differs within a file, read by a real shell; nothing that is kept from others is ever read.</summary>
public sealed class FileContentsTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private sealed class Here : IServerSessions
    {
        public IServerSession For(ServerAddress server) => LocalShell.Open();
    }

    private async Task<string?> DiffAsync(string wanted, string? live, string mode = "0644", DifferenceType type = DifferenceType.Change)
    {
        var path = _scratch.In("a file");
        if (live is not null)
            File.WriteAllText(path, live);
        var world = new World(new Expanded());
        var id = new ResourceId("web1", "coralnet", "File", "motd");
        var unit = world.UnitOf("coralnet") with { Resources =
            [new(id, new FileSpec(path, wanted, mode, "root", "root"), Place.Of("files.yaml"))] };
        var diff = new Diff(new Dictionary<ResourceId, IReadOnlyList<Difference>> { [id] = [new(id, type, "it differs")] }, []);
        var diffs = await new FileContents(new Here(), new ServerAddresses(null)).DiffsAsync(
            world.Environment, [(unit, new Verdict(Standing.Drifted, "", world.PlanFor("coralnet"), diff, []))],
                TestContext.Current.CancellationToken);
        return diffs.GetValueOrDefault(("web1", "coralnet/File/motd"));
    }

    [Fact]
    public async Task An_edited_file_is_shown_as_a_unified_diff_from_git_to_the_server()
    {
        var diff = await DiffAsync("one\ntwo\n", "one\n2\n");

        diff.ShouldBe($"--- git: {_scratch.In("a file")}\n+++ server: {_scratch.In("a file")}\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n");
    }

    /// <summary>With it, whoever reads the diff would see past the page; the one of another controller counts on the server just as well.</summary>
    [Fact]
    public async Task Tokens_of_checks_are_never_shown_ours_or_anothers()
    {
        static string Site(string token, string path) => new CoverPartial("reef", "reef", [path], token, ["127.0.0.1", "::1"]) { Notice = true }.Render();

        var diff = (await DiffAsync(Site("ours-0123456789abcdef", "/health"), Site("other-0123456789abcdef", "/up"))).ShouldNotBeNull();

        (diff.Contains("0123456789abcdef"), diff.Contains("+if ($uri = \"/up\")")).ShouldBe((false, true));
        (await DiffAsync(Site("ours-0123456789abcdef", "/up"), Site("other-0123456789abcdef", "/up")))
            .ShouldBe("(nothing but the token of checks: a controller with another ledger wrote it)");
    }

    [Fact]
    public async Task What_git_keeps_from_others_is_not_read() =>
        (await DiffAsync("key\n", "canary\n", mode: "0640")).ShouldBe("(its content is not shown: not everybody may read it)");

    [Fact]
    public async Task What_is_absent_or_no_file_is_not_compared()
    {
        (await DiffAsync("one\n", null, type: DifferenceType.Add)).ShouldBeNull();
        (await DiffAsync("one\n", null)).ShouldBe("(it is no file there)");
    }

    [Fact]
    public async Task What_is_too_long_or_no_text_is_not_printed()
    {
        (await DiffAsync("one\n", new string('x', 70_000))).ShouldBe("(longer than 64 KiB: compare it there)");
        (await DiffAsync("one\n", "a\0b")).ShouldBe("(it is no text)");
    }
}
