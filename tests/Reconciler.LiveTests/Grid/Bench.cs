using System.Text.RegularExpressions;

namespace Reconciler.LiveTests.Grid;

/// <summary>A server with its recording, on which one case after the other is run; several of them stand beside each other, as a case mostly waits.</summary>
internal sealed partial class Bench : IAsyncDisposable
{
    private readonly GridSite _site = new();
    private readonly Recording _recording;
    private bool _gone;

    private Bench(Func<int, string, bool> keeps, Action<string> say) => _recording = new(_site, keeps, say);

    public IReadOnlyList<GridStep> Steps => _recording.Steps;

    /// <param name="many">How many stand beside each other.</param>
    /// <param name="keeps">Of which steps, by number and name, copies are wanted.</param>
    /// <returns>Those that stand.</returns>
    /// <exception cref="InvalidOperationException">None does, or the deploy was not the same on all of them: a case of one would be another one elsewhere.</exception>
    public static async Task<IReadOnlyList<Bench>> SetUpAsync(int many, Func<int, string, bool> keeps, Action<string> say)
    {
        var all = Enumerable.Range(0, many).Select(number => new Bench(keeps, number == 0 ? say : _ => { })).ToList();
        try
        {
            var stand = await Task.WhenAll(all.Select(bench => bench.StandsAsync(say)));
            var benches = all.Where((_, number) => stand[number]).ToList();
            if (benches.Count == 0)
                throw new InvalidOperationException("No server stands.");
            var other = benches.FirstOrDefault(bench => !bench.Deploy().SequenceEqual(benches[0].Deploy()));
            return other is null ? benches : throw new InvalidOperationException(
                $"Two recordings differ: {string.Join("; ", benches[0].Deploy().Except(other.Deploy()))} against {string.Join("; ", other.Deploy().Except(benches[0].Deploy()))}");
        }
        catch
        {
            await TakeDownAsync(all);
            throw;
        }
    }

    public static Task TakeDownAsync(IEnumerable<Bench> benches) => Task.WhenAll(benches.Select(bench => bench.DisposeAsync().AsTask()));

    /// <summary>A case that cannot be brought to its end is red; the others go on.</summary>
    public async Task<CaseResult> RunAsync(GridCase one, string without)
    {
        one = one with { Step = Steps[one.Step.Number - 1] };
        try
        {
            return await new CaseRun(_site, _recording, without).RunAsync(one);
        }
        catch (Exception fault) when (fault is InvalidOperationException or TimeoutException or IOException or HttpRequestException or OperationCanceledException)
        {
            return new(one.Name, one.Step.ToString(), "broken off", 0, [fault.Message[..Math.Min(1000, fault.Message.Length)]]) { Story = $"{fault}" };
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_gone)
            return;
        _gone = true;
        await _site.DisposeAsync();
    }

    /// <summary>One that does not come up (this machine has too much to do, say) leaves its cases to the others.</summary>
    private async Task<bool> StandsAsync(Action<string> say)
    {
        try
        {
            await _site.InitializeAsync();
            await _recording.RecordAsync();
            return true;
        }
        catch (Exception fault) when (fault is InvalidOperationException or TimeoutException or IOException or HttpRequestException or OperationCanceledException)
        {
            say($"a server was not set up, and its cases are left to the others: {fault.Message[^Math.Min(1000, fault.Message.Length)..]}");
            await DisposeAsync();
            return false;
        }
    }

    // What nginx serves has a word in it that each server makes up for itself.
    private IEnumerable<(string, bool)> Deploy() => Steps.Select(step => (Digest().Replace(step.Name, "DIGEST"), step.Acts));

    [GeneratedRegex("\\b[0-9a-f]{12}\\b")]
    private static partial Regex Digest();
}
