using System.Text.Json;
using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Deploys;

/// <summary>A user who asks for the front page ten times a second.</summary>
internal sealed class Poller : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("reconciler-poller-").FullName;
    private readonly RunningProgram _program;

    public Poller(string address) => _program = RunningProgram.Start("/usr/bin/python3", Path.Combine(TestHosts.Root(), "tests", "Lab", "poll.py"),
        $"http://{address}/", "--host", Staging.Domain, "--until", Path.Combine(_folder, "stop"), "--log", Path.Combine(_folder, "log"));

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

/// <param name="Log">When which answer began.</param>
internal sealed record Seen(IReadOnlyDictionary<string, int> Answers, string Log)
{
    /// <summary>Only these, and each of them.</summary>
    public void ShouldBeOnly(params string[] sorts) => Answers.Keys.Order().ShouldBe(sorts.Order(), Log);
}
