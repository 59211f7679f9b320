using System.Text.Json;
using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Deploys;

/// <summary>A user who asks for the front page ten times a second.</summary>
internal sealed class Poller : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("reconciler-poller-").FullName;
    private readonly RunningProgram _program;

    /// <param name="styles">A page without its style sheet is none.</param>
    public Poller(SiteServer server, bool styles = false) => _program = RunningProgram.Start("/usr/bin/python3",
    [
        Path.Combine(TestHosts.Root(), "tests", "Lab", "poll.py"),
        $"http://{server.Host.Address}/", "--host", server.Domain, "--until", Path.Combine(_folder, "stop"), "--log", Path.Combine(_folder, "log"),
        .. styles ? ["--styles"] : Array.Empty<string>(),
    ]);

    /// <summary>How many answers of each sort it saw: <c>page 1</c>, <c>cover</c>, <c>other 502</c>.</summary>
    public async Task<Seen> StopAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "stop"), "");
        await _program.EndedAsync(TimeSpan.FromSeconds(30));
        using var report = JsonDocument.Parse(_program.Output);
        var answers = report.RootElement.GetProperty("answers").EnumerateObject().ToDictionary(answer => answer.Name, answer => answer.Value.GetInt32());
        return new(answers, await File.ReadAllTextAsync(Path.Combine(_folder, "log")));
    }

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A user at each server.</summary>
internal sealed class Pollers(IEnumerable<SiteServer> servers) : IAsyncDisposable
{
    private readonly List<Poller> _pollers = [.. servers.Select(server => new Poller(server))];

    /// <summary>All that any of them saw.</summary>
    public async Task<Seen> StopAsync()
    {
        var seen = await Task.WhenAll(_pollers.Select(poller => poller.StopAsync()));
        var answers = seen.SelectMany(each => each.Answers).GroupBy(answer => answer.Key, answer => answer.Value).ToDictionary(sort => sort.Key, sort => sort.Sum());
        return new(answers, string.Join('\n', seen.Select(each => each.Log)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var poller in _pollers)
            await poller.DisposeAsync();
    }
}

/// <param name="Log">When which answer began.</param>
internal sealed record Seen(IReadOnlyDictionary<string, int> Answers, string Log)
{
    /// <summary>Only these, and each of them.</summary>
    public void ShouldBeOnly(params string[] sorts) => Answers.Keys.Order().ShouldBe(sorts.Order(), Log);
}
