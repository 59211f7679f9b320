using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Remote;
using Reconciler.Tests.Converging;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Observing;

/// <summary>Looks at which nothing has changed, by a real shell at real files and processes.</summary>
public sealed class SteadyLookTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private static readonly ResourceId Traced = new("web1", "coralnet", "Traced", "one");
    private static readonly ResourceId Asked = new("web1", "coralnet", "Asked", "page");

    private readonly ScratchFolder _folder = new();
    private readonly LocalServers _servers = new();
    private readonly JumpingClock _clock = new();
    private readonly Observer _observer;
    private readonly SeenKind _kind = new("Traced");
    private readonly SeenKind _asked = new("Asked");

    public SteadyLookTests() =>
        _observer = new(_servers, new Dictionary<string, IResourceKind> { ["Traced"] = _kind, ["Asked"] = _asked }, _clock);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _servers.DisposeAsync();
        _folder.Dispose();
    }

    private string File(string name = "file") => _folder.In(name);

    private Task<Observed> LookAsync(Resource[] resources, string address = "10.0.0.1") => _observer.LookAsync(
        new Dictionary<string, ServerAddress> { ["web1"] = new("web1", address, "me", []) }, resources, TestContext.Current.CancellationToken);

    private static Resource Of(ResourceId id, string script) => new(id, new SeenSpec(script), Place.Of("x.yaml"));

    /// <summary>Looked at until the next look is a short call.</summary>
    private async Task<Resource[]> SteadyAsync(Traces traces, params ResourceId[] others)
    {
        System.IO.File.WriteAllText(File(), "one");
        _kind.Hangs = traces;
        Resource[] resources = [Of(Traced, $"cat {Shell.Quote(File())}"), .. others.Select(id => Of(id, $"cat {Shell.Quote(File("page"))}"))];
        await LookAsync(resources);
        await LookAsync(resources);
        (await CallsAsync(resources)).ShouldBe([true]);
        return resources;
    }

    /// <summary>Of each request of the next look, whether it was the kept call.</summary>
    private async Task<IReadOnlyList<bool>> CallsAsync(Resource[] resources)
    {
        _servers.Requests.Clear();
        await LookAsync(resources);
        return [.. _servers.Requests.Select(request => request.Kept is not null)];
    }

    [Fact]
    public async Task What_has_not_changed_is_the_very_observation_of_before()
    {
        var resources = await SteadyAsync(Traces.Of(File()));

        var before = await LookAsync(resources);
        var again = await LookAsync(resources);

        again.Resources[Traced].ShouldBeSameAs(before.Resources[Traced]);
        again.Resources[Traced].FactsOf<SeenFacts>()!.Text.ShouldBe("one");
    }

    [Theory]
    [InlineData("echo one >new; mv new file", "replaced by one like it")]
    [InlineData("printf 1 >>file", "edited")]
    [InlineData("rm file", "removed")]
    [InlineData("chmod 600 file", "another mode")]
    [InlineData("echo x >absent", "something is there now")]
    [InlineData("touch -h -d 2001-01-01 file", "another time")]
    [InlineData("ln -sfn elsewhere link", "a link that leads elsewhere")]
    public async Task Whatever_is_changed_is_looked_at_in_the_same_turn(string change, string what)
    {
        Run("ln -s here link; touch -d '1 hour ago' file");
        var resources = await SteadyAsync(Traces.Of(File(), File("absent"), File("link")));

        Run(change);

        (await CallsAsync(resources)).ShouldBe([true, false], what);
        (await CallsAsync(resources)).ShouldBe([true], "and is what it hangs on from then on");
    }

    [Theory]
    [InlineData("echo x >>tree/a/b/deep", "edited in place, deep in a tree")]
    [InlineData("rm tree/a/b/deep", "removed deep in a tree")]
    [InlineData("echo x >built/new", "added to a folder")]
    [InlineData("echo x >built/package/new", "added to a folder in it")]
    public async Task So_is_what_is_changed_in_a_tree(string change, string what)
    {
        Run("mkdir -p tree/a/b built/package; echo 1 >tree/a/b/deep");
        await PastThisSecondAsync();
        var resources = await SteadyAsync(new Traces { Trees = [File("tree")], Folders = [File("built")] });

        Run(change);

        (await CallsAsync(resources)).ShouldBe([true, false], what);
    }

    [Fact]
    public async Task What_git_and_Python_write_into_a_tree_does_not_count()
    {
        Run("mkdir -p tree/.git tree/app/__pycache__");
        await PastThisSecondAsync();
        var resources = await SteadyAsync(new Traces { Trees = [File("tree")] });

        Run("echo x >tree/.git/index; echo x >tree/app/__pycache__/a.pyc");

        (await CallsAsync(resources)).ShouldBe([true]);
    }

    [Fact]
    public async Task A_process_that_ended_is_missed()
    {
        using var process = Process.Start("sleep", "60");
        var resources = await SteadyAsync(new Traces { Processes = [process.Id] });

        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        (await CallsAsync(resources)).ShouldBe([true, false]);
    }

    [Fact]
    public async Task A_child_that_a_process_starts_is_another_state_of_it()
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", "read x; sleep 60 & read x"]) { RedirectStandardInput = true })!;
        System.IO.File.WriteAllText(File("pid"), $"{shell.Id}\n");
        var resources = await SteadyAsync(new Traces { PidFiles = [File("pid")] });

        await shell.StandardInput.WriteLineAsync("go");
        SpinWait.SpinUntil(() => System.IO.File.ReadAllText($"/proc/{shell.Id}/task/{shell.Id}/children").Length > 0, Soon).ShouldBeTrue();

        (await CallsAsync(resources)).ShouldBe([true, false]);
        shell.Kill(entireProcessTree: true);
    }

    [Fact]
    public async Task Where_a_process_file_is_not_there_nothing_tells_of_a_change_and_every_look_is_thorough()
    {
        System.IO.File.WriteAllText(File(), "one");
        _kind.Hangs = new Traces { PidFiles = [File("pid")] };
        Resource[] resources = [Of(Traced, $"cat {Shell.Quote(File())}")];
        await LookAsync(resources);
        await LookAsync(resources);

        (await CallsAsync(resources)).ShouldBe([false]);
    }

    [Fact]
    public void What_the_login_may_not_look_at_is_not_traced()
    {
        TraceScript.Learnt("1795364114\nboot\n/etc/passwd 1 2 644 0 0 3 4\n").ShouldBe((1795364114, "boot\n/etc/passwd 1 2 644 0 0 3 4"));
        TraceScript.Learnt("1795364114\nstat: cannot statx '/x/y': No such file or directory\n").ShouldNotBeNull();
        TraceScript.Learnt("1795364114\nstat: cannot statx '/x/y': Permission denied\n").ShouldBeNull();
        TraceScript.Learnt("1795364114\nuntraceable\n").ShouldBeNull();
        TraceScript.Learnt("date: not found\n").ShouldBeNull();
    }

    [Fact]
    public async Task A_port_on_which_nobody_listens_any_more_is_missed()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var resources = await SteadyAsync(new Traces { Ports = [((IPEndPoint)listener.LocalEndpoint).Port] });

        listener.Stop();

        (await CallsAsync(resources)).ShouldBe([true, false]);
    }

    [Fact]
    public async Task A_process_more_of_a_user_is_seen()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root may start processes as another user");
        var resources = await SteadyAsync(new Traces { Users = ["games"] });
        using var process = Process.Start("setpriv", ["--reuid", "games", "--clear-groups", "sleep", "60"]);
        SpinWait.SpinUntil(() => System.IO.File.ReadAllText($"/proc/{process.Id}/comm").StartsWith("sleep", StringComparison.Ordinal), Soon).ShouldBeTrue();

        (await CallsAsync(resources)).ShouldBe([true, false]);
        process.Kill();
    }

    [Fact]
    public async Task What_only_a_probe_can_tell_is_asked_in_the_same_call()
    {
        _asked.Hangs = null;
        System.IO.File.WriteAllText(File("page"), "good");
        var resources = await SteadyAsync(Traces.Of(File()), Asked);
        var before = await LookAsync(resources);

        System.IO.File.WriteAllText(File("page"), "bad");
        _servers.Requests.Clear();
        var after = await LookAsync(resources);

        _servers.Requests.Count.ShouldBe(1);
        after.Resources[Asked].FactsOf<SeenFacts>()!.Text.ShouldBe("bad");
        after.Resources[Traced].ShouldBeSameAs(before.Resources[Traced]);
    }

    /// <summary>A secrets file in a folder that the login may not enter: the runner is asked each time, and a short call before it would be one for nothing.</summary>
    [Fact]
    public async Task Where_a_probe_never_suffices_and_nothing_can_be_traced_no_short_call_is_made()
    {
        _asked.Hangs = null;
        System.IO.File.WriteAllText(File(), "one");
        System.IO.File.WriteAllText(File("page"), "more");
        _kind.Hangs = Traces.Of(File());
        Resource[] resources = [Of(Traced, $"cat {Shell.Quote(File())}"), Of(Asked, $"cat {Shell.Quote(File("page"))}")];
        for (var look = 0; look < 3; look++)
            (await LookAsync(resources)).Resources[Asked].FactsOf<SeenFacts>()!.Text.ShouldBe("dear");

        (await CallsAsync(resources)).ShouldBe([false, false]);
    }

    [Fact]
    public async Task What_does_not_work_or_cannot_be_seen_is_looked_at_thoroughly_each_time()
    {
        var resources = await SteadyAsync(Traces.Of(File()));
        foreach (var text in new[] { "ill", "unknown" })
        {
            System.IO.File.WriteAllText(File(), text);
            await LookAsync(resources);
            await LookAsync(resources);
            (await CallsAsync(resources)).ShouldBe([false], text);
        }
    }

    [Fact]
    public async Task After_ten_minutes_and_when_it_is_to_be_forgotten_a_look_begins_from_nothing()
    {
        var resources = await SteadyAsync(Traces.Of(File()));
        _clock.Advance(TimeSpan.FromMinutes(10));
        (await CallsAsync(resources)).ShouldBe([false]);
        (await CallsAsync(resources)).ShouldBe([true]);

        _observer.Forget([Traced]);

        (await CallsAsync(resources)).ShouldBe([false]);
    }

    [Fact]
    public async Task Servers_of_one_name_in_two_environments_are_two()
    {
        var resources = await SteadyAsync(Traces.Of(File()));
        var others = new[] { resources[0] with { Spec = new SeenSpec("echo other") } };
        await LookAsync(others, "10.0.0.2");

        (await CallsAsync(resources)).ShouldBe([true]);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_opened_again_and_the_look_is_a_thorough_one()
    {
        var resources = await SteadyAsync(Traces.Of(File()));
        await _servers.BreakAsync();

        (await LookAsync(resources)).Resources[Traced].FactsOf<SeenFacts>()!.Text.ShouldBe("one");
        (await CallsAsync(resources)).ShouldBe([true]);
    }

    /// <summary>What has changed in the second of a look, or the one before it, counts as newer: whoever wants a quiet tree waits until those are over.</summary>
    private static async Task PastThisSecondAsync()
    {
        var second = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        while (TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() < second + 2)
            await Task.Delay(50, TestContext.Current.CancellationToken);
    }

    private void Run(string script)
    {
        using var process = Process.Start(new ProcessStartInfo("sh", ["-ec", script]) { WorkingDirectory = Path.GetDirectoryName(File())! })!;
        process.WaitForExit();
        process.ExitCode.ShouldBe(0);
    }

    private sealed record SeenSpec(string Script) : ResourceSpec;

    private sealed record SeenFacts(string Text) : ResourceFacts((string?)null)
    {
        public override string? Ailment => Text == "ill" ? "it is ill" : null;
    }

    private sealed class SeenKind(string name) : ResourceKind<SeenSpec, SeenFacts>
    {
        public override string Name => name;

        public Traces? Hangs { get; set; }

        protected override Traces? Traces(SeenSpec spec, SeenFacts? facts) => Hangs;

        protected override Probe Probe(Resource resource, SeenSpec spec, SeenFacts? last) => new(spec.Script);

        protected override Reading Read(Resource resource, SeenSpec spec, SeenFacts? last, string output, bool dearer) => output.Trim() switch
        {
            "" => Reading.Absent,
            "unknown" => Reading.Unknown("nobody knows"),
            "more" => new Reading.NeedsMore(new("echo dear")),
            var text => Reading.Found(new SeenFacts(text)),
        };

        protected override IEnumerable<Difference> Compare(Resource resource, SeenSpec spec, SeenFacts? facts, ReadMarkers reads) => [];

        protected override IEnumerable<Step> Steps(Resource resource, SeenSpec spec, SeenFacts? facts, Change change) => [];
    }
}
