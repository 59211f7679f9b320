using Reconciler.Model;
using Reconciler.Remote;

namespace Reconciler.Tests.PowerCut;

/// <summary>The power is cut at each point of a step (safety.md, fault 19), and what was not synced is gone, or in part there.</summary>
public sealed class RunnerPowerCutTests(ITestOutputHelper output) : IDisposable
{
    private const int Seed = 19;
    private const int Subsets = 4;
    private const string Old = "old " + RunnerUnderPower.Secret + "\n";
    private const string New = "new " + RunnerUnderPower.Secret + "\n";

    private readonly RunnerUnderPower _server = new();

    public void Dispose() => _server.Dispose();

    /// <param name="Wrong">What is wrong with the folder, of a step that has its receipt (true) or may be anywhere in its course; null when nothing is.</param>
    private sealed record Step(RunnerRequest Request, RunnerEnvelope Envelope, Func<DiskImage, bool, string?> Wrong, bool Asked = false);

    [Theory]
    [InlineData("place the first file")]
    [InlineData("replace a secret")]
    [InlineData("put a secret back")]
    [InlineData("remove a secret")]
    [InlineData("make folders")]
    [InlineData("switch a link")]
    [InlineData("run a script")]
    public async Task Whenever_the_power_goes_nothing_is_torn_or_forgotten_and_no_answer_was_too_early(string name)
    {
        var step = await PrepareAsync(name);
        var recording = await _server.RecordAsync(step.Request, step.Envelope);
        var cuts = recording.Cuts(Seed, Subsets, RunnerUnderPower.Acts).ToList();
        output.WriteLine($"{name}: {recording.Syncs.Count} syncs, {cuts.Count} power cuts, seed {Seed}");
        output.WriteLine(string.Join('\n', recording.Syncs));

        (cuts.Any(cut => cut.Acted && cut.Said.Length == 0), cuts.Any(cut => cut.Said.Length > 0)).ShouldBe((true, true), "the trace does not show the step");
        var faults = new List<string>();
        foreach (var cut in cuts)
        {
            if (await FaultAsync(step, cut) is { } fault)
                faults.Add($"{cut}: {fault}");
        }
        faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("replace a secret")]
    [InlineData("remove a secret")]
    [InlineData("make folders")]
    [InlineData("run a script")]
    public async Task Without_any_one_of_its_syncs_it_is_noticed(string name)
    {
        var step = await PrepareAsync(name);
        var recording = await _server.RecordAsync(step.Request, step.Envelope);
        var missed = new List<string>();
        foreach (var sync in recording.Syncs)
        {
            if (!await IsNoticedAsync(step, recording.Without(call => ReferenceEquals(call, sync))))
                missed.Add(sync.ToString());
        }
        missed.ShouldBeEmpty("these syncs are not needed, or not watched over");
    }

    [Fact]
    public async Task A_fence_that_was_answered_is_never_lower_afterwards()
    {
        await _server.DoneAsync(_server.Place("f", Old, "n"));
        var higher = _server.NewEnvelope() with { Fence = 8 };
        var recording = await _server.RecordAsync(new("fence", []), higher);
        Faults(recording).ShouldBeEmpty();
        foreach (var sync in recording.Syncs)
            Faults(recording.Without(call => ReferenceEquals(call, sync))).ShouldNotBeEmpty($"without {sync}");

        // Who kills its writer leaves what is in the page cache, and with it a sign that the disk may not know of it.
        var unsure = recording.Cuts(Seed, 0, repeated: true).GroupBy(cut => cut.Number, cut => cut.Image)
            .Where(point => point.First().Text("state/fence") == "ledger 7\n" && point.Last().Text("state/fence") == "ledger 8\n").Select(point => point.Last()).ToList();
        unsure.ShouldNotBeEmpty();
        unsure.Where(image => image.Text("state/fence.unsure") is null).ShouldBeEmpty();

        IEnumerable<string> Faults(Recording recording) =>
            from cut in recording.Cuts(Seed, Subsets)
            let fence = cut.Image.Text("state/fence")
            where fence != "ledger 8\n" && (fence != "ledger 7\n" || cut.Said.Length > 0)
            select $"{cut}: the fence is {fence}";
    }

    [Fact]
    public async Task A_fence_whose_writer_was_killed_is_made_sure_of_by_the_next_who_asks()
    {
        await _server.DoneAsync(_server.Place("f", Old, "n"));
        (await _server.RecordAsync(new("fence", []), _server.NewEnvelope())).Syncs.ShouldBeEmpty();
        _server.Write("fence.unsure", "");
        var recording = await _server.RecordAsync(new("fence", []), _server.NewEnvelope());
        recording.Syncs.Count.ShouldBe(2);
        recording.AtEnd(Chance.Everything).Text("state/fence.unsure").ShouldBeNull();
    }

    [Theory]
    [InlineData("place")]
    [InlineData("remove")]
    public async Task What_the_power_left_beside_a_secret_is_gone_with_the_next_step(string verb)
    {
        var step = await PrepareAsync("replace a secret");
        var left = (await _server.RecordAsync(step.Request, step.Envelope)).Cuts(Seed, 0).Last(cut => Beside(cut.Image).Any(text => text == New));
        _server.Restore(left.Image);
        await _server.DoneAsync(verb == "place" ? step.Request : RunnerRequest.Remove($"{_server.Files}/f"));
        Directory.GetFiles(_server.Files).ShouldBe(verb == "place" ? [$"{_server.Files}/f"] : []);

        IEnumerable<string?> Beside(DiskImage image) => image.Entries.Keys.Where(path => path.StartsWith(_server.In($"{_server.Files}/.f."), StringComparison.Ordinal)).Select(image.Text);
    }

    [Fact]
    public async Task A_note_of_a_beginning_that_outlived_its_receipt_is_not_taken_for_a_step_that_runs()
    {
        var step = await PrepareAsync("run a script");
        var both = (await _server.RecordAsync(step.Request, step.Envelope)).Cuts(Seed, 0)
            .First(cut => cut.Said.Length > 0 && cut.Image.Text(RunnerUnderPower.ReceiptOf(step.Envelope) + ".begun") is not null);
        _server.Restore(both.Image);
        (await _server.SaidToRunAsync()).ShouldNotContain(step.Envelope.Operation);
    }

    [Fact]
    public async Task What_was_answered_as_withdrawn_never_begins()
    {
        await _server.DoneAsync(_server.Place("f", Old, "n"));
        var envelope = _server.NewEnvelope();
        var recording = await _server.RecordAsync(new("settle", []), envelope);
        Faults(recording).ShouldBeEmpty();
        foreach (var sync in recording.Syncs)
            Faults(recording.Without(call => ReferenceEquals(call, sync))).ShouldNotBeEmpty($"without {sync}");

        IEnumerable<string> Faults(Recording recording) =>
            from cut in recording.Cuts(Seed, Subsets)
            let receipt = cut.Image.Text(RunnerUnderPower.ReceiptOf(envelope))
            where receipt is null ? cut.Said.Length > 0 : !recording.Said.EndsWith(receipt, StringComparison.Ordinal)
            select $"{cut}: the receipt is {receipt}";
    }

    private async Task<Step> PrepareAsync(string name)
    {
        var (file, kept) = (_server.In($"{_server.Files}/f"), _server.Kept("f", "old"));
        if (name is "place the first file")
        {
            return new(_server.Place("f", New, "new"), _server.NewEnvelope(), (image, ended) =>
                image.Text(file) is var text && text == New || text is null && !ended ? Noted(image, ended, "new") : $"the file is {text}", Asked: true);
        }
        await _server.DoneAsync(_server.Place("f", name == "put a secret back" ? New : Old, name == "put a secret back" ? "new" : "old"));
        switch (name)
        {
            case "replace a secret":
                return new(_server.Place("f", New, "new"), _server.NewEnvelope(), (image, ended) => Replaced(image, ended, file, Old, New, kept) ?? Noted(image, ended, "new"));
            case "remove a secret":
                return new(RunnerRequest.Remove($"{_server.Files}/f"), _server.NewEnvelope(), (image, ended) => Replaced(image, ended, file, Old, null, kept));
            case "put a secret back":
                await _server.DoneAsync(_server.Place("g", "other", "other"));
                await _server.DoneAsync(_server.Place("f", Old, "old"));
                return new(RunnerRequest.Restore($"{_server.Files}/f", "0600", "root", "root", "new"), _server.NewEnvelope(),
                    (image, ended) => Replaced(image, ended, file, Old, New, kept) ?? Noted(image, ended, "new"));
            case "make folders":
                return new(RunnerRequest.Directory($"{_server.Files}/a/b", "0750", "root", "root"), _server.NewEnvelope(), (image, ended) =>
                    !ended || image.Entries.TryGetValue(_server.In($"{_server.Files}/a/b"), out var made) && made.Mode == 0b111_101_000 ? null : "the folder is not there");
            case "switch a link":
                await _server.DoneAsync(RunnerRequest.Link($"{_server.Files}/l", "/one"));
                return new(RunnerRequest.Link($"{_server.Files}/l", "/two"), _server.NewEnvelope(), (image, ended) =>
                    image.Entries.GetValueOrDefault(_server.In($"{_server.Files}/l"))?.Target is var target && target == "/two" || target == "/one" && !ended
                        ? null : $"the link leads to {target}");
            case "run a script":
                return new(RunnerRequest.Run("nobody", "/", "res", new PayloadPart.Text("echo printed")), _server.NewEnvelope(), (image, ended) =>
                    image.Text("state/results/res") is null or "printed\n" ? null : "the result is torn", Asked: true);
            default:
                throw new ArgumentException(name);
        }
    }

    /// <summary>What was placed is known again: else it would pass for an edit by hand.</summary>
    private string? Noted(DiskImage image, bool ended, string note) =>
        !ended || image.Text($"state/placed{_server.Files}/f")?.Split(' ') is { Length: 5 } words && words[0] == note && words[4].EndsWith('\n') ? null : "it is not known as placed";

    /// <summary>The old one or the new one, whole; and before the new one is there, a copy of the old one is.</summary>
    private static string? Replaced(DiskImage image, bool ended, string file, string before, string? after, string kept) => image.Text(file) switch
    {
        var text when text == before => ended ? "it is still the old one" : null,
        var text when text == after => image.Text(kept) == before ? null : $"of the old one this was kept: {image.Text(kept)}",
        var text => $"it is {text}",
    };

    private async Task<string?> FaultAsync(Step step, PowerCut cut)
    {
        var receipt = cut.Image.Text(RunnerUnderPower.ReceiptOf(step.Envelope));
        return RunnerUnderPower.Open(cut.Image)
            ?? (receipt is null && cut.Said.Length > 0 ? "its receipt was sent, and is gone" : null)
            ?? (receipt?.Contains("\nexit 0\n", StringComparison.Ordinal) == false ? $"the receipt is {receipt}" : null)
            ?? (receipt is null && cut.Acted && cut.Image.Text(RunnerUnderPower.ReceiptOf(step.Envelope) + ".begun") is null ? "that it began is forgotten" : null)
            ?? step.Wrong(cut.Image, receipt is not null)
            ?? (step.Asked ? await _server.FaultOfAnswersAsync(cut, step.Request, step.Envelope) : null);
    }

    private async Task<bool> IsNoticedAsync(Step step, Recording recording)
    {
        foreach (var cut in recording.Cuts(Seed, Subsets, RunnerUnderPower.Acts))
        {
            if (await FaultAsync(step with { Asked = false }, cut) is not null)
                return true;
        }
        return false;
    }
}
