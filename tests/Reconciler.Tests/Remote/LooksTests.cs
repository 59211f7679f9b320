using Reconciler.Model;
using Reconciler.Remote;

namespace Reconciler.Tests.Remote;

/// <summary>The cheap looks at what the runner has recorded, against records that the real runner wrote.</summary>
public sealed class LooksTests : IDisposable
{
    private readonly RunnerSandbox runner = new();

    public void Dispose() => runner.Dispose();

    [Fact]
    public async Task A_placed_file_is_the_same_until_it_is_touched()
    {
        await runner.EndedAsync(runner.Place("f 1", "x", "note"));
        File.WriteAllText($"{runner.Files}/other", "");
        (await LookAsync()).ShouldBe([Placed(PlacedState.Same, "note", "0640"), Placed(PlacedState.Changed, null, "0644"), new(PlacedState.Absent, null, "", "", "")]);
        File.SetUnixFileMode($"{runner.Files}/f 1", UnixFileMode.UserRead);
        (await LookAsync())[0].ShouldBe(Placed(PlacedState.Changed, null, "0400"));
        await runner.EndedAsync(RunnerRequest.Remove($"{runner.Files}/f 1"));
        (await LookAsync())[0]!.State.ShouldBe(PlacedState.Absent);

        async Task<IReadOnlyList<PlacedFile?>> LookAsync() =>
            PlacedFile.Read(await AskAsync(PlacedFile.Look($"{runner.Files}/f 1", $"{runner.Files}/other", $"{runner.Files}/no/such/file")));
    }

    [Fact]
    public async Task A_started_process_is_told_from_another_with_its_number()
    {
        using var process = System.Diagnostics.Process.Start("sleep", "60");
        Directory.CreateDirectory($"{runner.State}/started");
        var ticks = File.ReadAllText($"/proc/{process.Id}/stat").Split(") ")[1].Split(' ')[19];
        var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id");
        StartedProcess.Read(await LookAsync()).ShouldBeNull();
        Write($"pid {process.Id} {ticks}\nboot {boot}read app/Code/x 1a\n");
        var seen = StartedProcess.Read(await LookAsync())!;
        (seen.Alive, seen.Processes.Single(), seen.Reads["app/Code/x"]).ShouldBe((true, process.Id, "1a"));
        Write($"pid {process.Id} 1\nboot {boot}");
        StartedProcess.Read(await LookAsync())!.Alive.ShouldBeFalse();
        Write($"pid {process.Id} {ticks}\nboot another\n");
        StartedProcess.Read(await LookAsync())!.Alive.ShouldBeFalse();
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Write($"pid {process.Id} {ticks}\nboot {boot}");
        StartedProcess.Read(await LookAsync())!.Alive.ShouldBeFalse();

        void Write(string text) => File.WriteAllText($"{runner.State}/started/web", text);
        Task<string> LookAsync() => AskAsync(StartedProcess.Look("web"));
    }

    private static PlacedFile Placed(PlacedState state, string? note, string mode) => new(state, note, mode, "root", "root");

    private async Task<string> AskAsync(string fragment)
    {
        await using var session = LocalShell.Open();
        var answers = await ServerProbes.AskAsync(
            session, [new(fragment.Replace("/var/lib/reconciler/server", runner.State, StringComparison.Ordinal))], TestContext.Current.CancellationToken);
        return answers.Single().ShouldBeOfType<ProbeAnswer.Output>().Text;
    }
}
