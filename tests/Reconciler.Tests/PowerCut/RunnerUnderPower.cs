using Reconciler.Model;
using Reconciler.Remote;
using Reconciler.Tests.Git;
using Reconciler.Tests.Remote;

namespace Reconciler.Tests.PowerCut;

/// <summary>A server just enrolled, with the runner in its sandbox: its steps under the model, and what a controller hears that asks after the cut.</summary>
internal sealed class RunnerUnderPower : IDisposable
{
    public const string Secret = "S3CRET";
    private const UnixFileMode Root = (UnixFileMode)0b111_000_000;
    private const string BootId = "/proc/sys/kernel/random/boot_id";

    private readonly RunnerSandbox _sandbox = new();
    private readonly ScratchFolder _scratch = new();
    private readonly Dictionary<string, string?> _heard = [];

    public RunnerUnderPower()
    {
        File.WriteAllText(_sandbox.Runner, File.ReadAllText(_sandbox.Runner).Replace(BootId, $"{_sandbox.Root}/boot", StringComparison.Ordinal));
        File.WriteAllText($"{_sandbox.Root}/boot", "one\n");
        foreach (var folder in new[] { "receipts", "kept", "placed", "started", "results" })
            Directory.CreateDirectory($"{_sandbox.State}/{folder}", Root);
        // What a session's command reaches the runner by.
        File.WriteAllText(_scratch.In("sudo"), $"#!/bin/sh\nexec sh {_sandbox.Runner}\n");
        File.SetUnixFileMode(_scratch.In("sudo"), Root);
    }

    public string Files => _sandbox.Files;

    public RunnerEnvelope NewEnvelope() => _sandbox.NewEnvelope();

    public RunnerRequest Place(string name, string content, string note) => _sandbox.Place(name, content, note, "0600");

    /// <summary>Long before the power is cut.</summary>
    public async Task DoneAsync(RunnerRequest request) => (await _sandbox.EndedAsync(request)).ExitCode.ShouldBe(0);

    public async Task<Recording> RecordAsync(RunnerRequest request, RunnerEnvelope envelope)
    {
        var recording = await Recording.OfAsync(_sandbox.Root, RunnerSandbox.Wire(request, envelope), path => path == "spool", null, "sh", _sandbox.Runner);
        recording.Said.ShouldStartWith("answer ");
        return recording;
    }

    /// <summary>The step itself, in a process of its own.</summary>
    public static bool Acts(SystemCall call) => call.Name == "execve" && call.Texts(1).Contains("perform");

    /// <summary>The server is up again after a cut.</summary>
    public void Restore(DiskImage image)
    {
        image.WriteTo(_sandbox.Root);
        File.WriteAllText($"{_sandbox.Root}/boot", "another\n");
    }

    /// <summary>What is said to run while another step does.</summary>
    public async Task<string> SaidToRunAsync()
    {
        var envelope = NewEnvelope();
        var runs = _sandbox.EndedAsync(RunnerRequest.Run("nobody", "/", "-", new PayloadPart.Text($"until [ -e {Files}/enough ]; do sleep 0.05; done")), envelope);
        while (!File.Exists($"{_sandbox.Root}/{ReceiptOf(envelope)}.begun"))
            await Task.Delay(20, TestContext.Current.CancellationToken);
        var said = (await _sandbox.SendAsync(new("settle", []), NewEnvelope())).ShouldBeOfType<RunnerAnswer.Running>().Operations;
        File.WriteAllText($"{Files}/enough", "");
        (await runs).ExitCode.ShouldBe(0);
        said.ShouldContain(envelope.Operation);
        return said;
    }

    /// <summary>A file of the runner's own.</summary>
    public void Write(string name, string content) => File.WriteAllText($"{_sandbox.State}/{name}", content);

    /// <summary>Where a path is in the image.</summary>
    public string In(string path) => path[(_sandbox.Root.Length + 1)..];

    public string Kept(string name, string note) => In($"{_sandbox.State}/kept{Files}/{name}/{note}");

    public static string ReceiptOf(RunnerEnvelope envelope) => $"state/receipts/{envelope.Operation}";

    /// <summary>Null when no secret can be read by others.</summary>
    public static string? Open(DiskImage image) => image.Entries
        .Where(entry => entry.Value.Content is { } content && content.AsSpan().IndexOf("S3CRET"u8) >= 0 && (entry.Value.Mode & 0b111_111) != 0)
        .Select(entry => $"{entry.Key} can be read by others").FirstOrDefault();

    /// <summary>
    /// Asks as a controller asks that comes back: who are you, is a fence below the highest refused, what became of the operation; and sends the operation
    /// once more. Images that differ only in what the runner does not look at for this are asked once.
    /// </summary>
    /// <returns>What is wrong with the answers; null when nothing is.</returns>
    public async Task<string?> FaultOfAnswersAsync(PowerCut cut, RunnerRequest request, RunnerEnvelope envelope)
    {
        var answered = cut.Said.StartsWith("answer fresh\n", StringComparison.Ordinal);
        var looks = cut.Image.Digest(path => !path.EndsWith(".new", StringComparison.Ordinal)
            && (path.StartsWith("state/receipts/", StringComparison.Ordinal) || path.StartsWith("state/fence", StringComparison.Ordinal)));
        var key = $"{envelope.Operation} {looks} {cut.Acted} {answered}";
        if (!_heard.TryGetValue(key, out var fault))
            _heard[key] = fault = await AskedAsync(cut, request, envelope, answered);
        return fault;
    }

    private async Task<string?> AskedAsync(PowerCut cut, RunnerRequest request, RunnerEnvelope envelope, bool answered)
    {
        var cancellation = TestContext.Current.CancellationToken;
        Restore(cut.Image);
        await using var session = LocalShell.Open(before: $"PATH={_scratch.Path}:$PATH");

        var hello = await RunnerQuestions.HelloAsync(session, cancellation);
        if (hello is null || hello.Fence > envelope.Fence || hello.Ledger is not null && hello.Ledger != envelope.Ledger)
            return $"it says {hello}";
        if (cut.Acted && hello.Fence != envelope.Fence)
            return $"it has acted for {envelope.Fence}, and now obeys {hello.Fence}";
        if (hello.Fence == envelope.Fence && await RunnerQuestions.FenceAsync(session, envelope.Ledger, envelope.Fence - 1, cancellation) is not { Code: RunnerCode.Fenced })
            return "a lower fence is not refused";
        var receipt = await RunnerQuestions.ReceiptAsync(session, envelope.Operation, cancellation);
        if (answered && receipt is null)
            return "its receipt was sent, and is gone";
        if (receipt is not null && (receipt.Operation != envelope.Operation || receipt.ExitCode != 0 || receipt.BootId != "one"))
            return $"a receipt that is none: {receipt}";
        var settled = await RunnerQuestions.SettleAsync(session, envelope, null, cancellation);
        if (settled is not (RunnerReply.Done or RunnerReply.Unknown or RunnerReply.NotStarted) || receipt is not null != settled is RunnerReply.Done)
            return $"it is settled as {settled}, with receipt {receipt}";
        if (cut.Acted && settled is RunnerReply.NotStarted)
            return $"it had begun, and is withdrawn: {settled}";
        var again = await _sandbox.SendAsync(request, envelope);
        return again is RunnerAnswer.Ended { Receipt.Replayed: true } or RunnerAnswer.Refused { Refusal.Code: RunnerCode.Interrupted } ? null : $"sent again it says {again}";
    }

    public void Dispose()
    {
        _sandbox.Dispose();
        _scratch.Dispose();
    }
}
