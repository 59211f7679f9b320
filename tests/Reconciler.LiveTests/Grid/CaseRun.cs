using System.Diagnostics;
using System.Text;
using System.Text.Json.Serialization;
using Reconciler.LiveTests.Deploys;
using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Grid;

/// <summary>What became of one case.</summary>
/// <param name="End"><c>converged</c>, <c>held</c>, <c>went back</c>; <c>not reached</c> where the step is not taken again from there.</param>
/// <param name="Wrong">What should have been otherwise; green when empty.</param>
internal sealed record CaseResult(string Case, string Step, string End, double Seconds, IReadOnlyList<string> Wrong)
{
    /// <summary>Where the seconds went.</summary>
    public IReadOnlyDictionary<string, double> Parts { get; init; } = new Dictionary<string, double>();

    /// <summary>Seconds of a core that its server used.</summary>
    public double Cpu { get; init; }

    /// <summary>What its controllers printed, and its user saw.</summary>
    [JsonIgnore]
    public string Story { get; init; } = "";
}

/// <summary>One case: restored, brought to its point, broken, and brought to an end by controllers that are started again.</summary>
/// <param name="without">The safeguard that is taken out; empty for none.</param>
internal sealed class CaseRun(GridSite site, Recording recording, string without)
{
    // A worker that is told to end just as it begins may take all of its stopTimeout, ten minutes.
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(12);
    private const int MostStarts = 8;

    public async Task<CaseResult> RunAsync(GridCase one)
    {
        var starts = recording.StartsFor(one.Step);
        foreach (var start in starts)
            if (await RunAsync(one, start, isLast: start == starts[^1]) is { } result)
                return result;
        throw new InvalidOperationException("There is no step to start from.");
    }

    /// <returns>Null when the step is not taken from there, and there are other steps to start from.</returns>
    private async Task<CaseResult?> RunAsync(GridCase one, GridStep start, bool isLast)
    {
        var (parts, cpu) = (new Parts(), site.CpuSeconds());
        var printed = new FileInfo(site.Outputs).Length;
        await recording.RestoreAsync(start, parts);
        await RunnerWithout.InstallAsync(site, without);
        var before = await Effects.OnAsync(site.Host);
        parts.Ended("count");
        await using var poller = new Poller(site.Server);
        var polling = Stopwatch.GetTimestamp();
        var wrong = new List<string>();
        var broken = -1.0;
        var state = "state";
        await using (var program = await ReachAsync(one))
        {
            parts.Ended("reach");
            if (program is null && !isLast)
                return null;
            if (program is not null)
                recording.NoteStart(one.Step, start);
            if (program is not null && one.Fault == GridCase.Overtaken)
            {
                (state, broken) = ("newer", 0);
                wrong.AddRange(await OvertakenAsync(program, state));
            }
            else if (program is not null)
            {
                broken = Stopwatch.GetElapsedTime(polling).TotalSeconds;
                var fault = new Fault(site, program, program.Output.Split('\n').First(line => line.StartsWith("@stopped ", StringComparison.Ordinal)).Split(' ')[2]);
                await fault.HappenAsync(one);
                await program.EndedAsync(Soon);
                if (one.Point == "middle" && !fault.InTheMiddle)
                    wrong.Add("the step was over before it could be caught in the middle");
            }
        }
        parts.Ended("fault");
        var (end, last) = await ToTheEndAsync(state);
        parts.Ended("end");
        var seen = await poller.StopAsync();
        var held = end == "held";
        if (end == "stuck")
            wrong.Add($"it comes to no end: {last.Sentences[..Math.Min(600, last.Sentences.Length)]}");
        wrong.AddRange(WhatUsersSaw.Wrong(seen, one.Fault is "killed" or GridCase.Overtaken ? -1 : broken));
        wrong.AddRange(await new AfterIt(site, recording, without, state).WrongAsync(one, start, before, held, parts));
        return new(one.Name, one.Step.ToString(), broken < 0 ? $"not reached, {end}" : end, parts.All, wrong)
        {
            Parts = parts.Seconds,
            Cpu = Math.Round(site.CpuSeconds() - cpu, 1),
            Story = $"{Encoding.UTF8.GetString((await File.ReadAllBytesAsync(site.Outputs)).AsSpan((int)printed))}\n{seen.Log}",
        };
    }

    /// <returns>The controller, stopped at the point; null when its turns came to an end without.</returns>
    private async Task<RunningProgram?> ReachAsync(GridCase one)
    {
        for (var start = 0; start < MostStarts; start++)
        {
            var program = recording.Controller(one.Point, one.Step.Name, without).Start("converge", "grid");
            if (await program.LineAsync("@stopped ", 0, Soon) is not null)
                return program;
            await program.EndedAsync(Soon);
            var code = program.ExitCode;
            await program.DisposeAsync();
            if (code == 0)
                return null;
        }
        return null;
    }

    /// <summary>The other controller has a copy of the ledger as it is now, as after a restored backup, and finishes while the first one is stopped.</summary>
    private async Task<IEnumerable<string>> OvertakenAsync(RunningProgram older, string state)
    {
        await Command.OkAsync("kill", "-STOP", $"{older.Id}");
        await Command.OkAsync("cp", "--archive", Path.Combine(site.World, "state"), Path.Combine(site.World, state));
        var (end, last) = await ToTheEndAsync(state);
        await Command.OkAsync("kill", "-CONT", $"{older.Id}");
        await older.TellAsync("go");
        await older.EndedAsync(Soon);
        return new[]
        {
            end == "converged" ? null : $"the newer controller: {last.Sentences}",
            // What the newer one has done already is not done again, and then there is nothing to refuse.
            older.ExitCode == 75 || (older.ExitCode == 0 && older.Output.Contains("already so", StringComparison.Ordinal)) ? null
                : $"the older controller was not refused, and ended with {older.ExitCode}",
        }.OfType<string>();
    }

    private async Task<(string End, Command Last)> ToTheEndAsync(string state)
    {
        Command last = null!;
        for (var start = 0; start < MostStarts; start++)
        {
            last = await recording.Controller("none", "", without, state).ConvergeAsync();
            if (last.ExitCode == 0)
                return ("converged", last);
            if (Journal.Of(Path.Combine(site.World, state)).Held is not null)
                return ("held", last);
        }
        return ("stuck", last);
    }
}
