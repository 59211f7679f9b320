using System.Diagnostics;
using System.Text;
using Reconciler.Model;
using Reconciler.Remote;

namespace Reconciler.Tests.Remote;

/// <summary>
/// The real runner with other constants: its state, its lists and what it may touch lie in a temporary folder. The script itself has no switch for
/// that, so nobody else has one either.
/// </summary>
internal sealed class RunnerSandbox : IDisposable
{
    private int operation;

    public RunnerSandbox()
    {
        if (Environment.UserName != "root")
            Assert.Skip("the runner is root's");
        File.SetUnixFileMode(Root, (UnixFileMode)0b111_101_101);
        var text = Encoding.UTF8.GetString(RunnerFile.Content.Span);
        foreach (var (name, path) in new[] { ("RUNNER", Runner), ("STATE", State), ("SPOOL", $"{Root}/spool"), ("CONF", $"{Root}/conf") })
            text = System.Text.RegularExpressions.Regex.Replace(text, $"(?m)^{name}=.*$", $"{name}={path}");
        File.WriteAllText(Runner, text);
        Directory.CreateDirectory(Files);
        File.WriteAllText($"{Root}/conf", $"root {Files}\nlink {Root}/link\n");
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("reconciler-runner-").FullName;

    public string Runner => $"{Root}/runner";

    public string State => $"{Root}/state";

    /// <summary>The only folder in which it may place things.</summary>
    public string Files => $"{Root}/files";

    public RunnerEnvelope NewEnvelope() => new($"t.{++operation}.1", "ledger", 7, TimeSpan.FromSeconds(20)) { Patience = TimeSpan.FromSeconds(1) };

    public async Task<RunnerAnswer> SendAsync(RunnerRequest request, RunnerEnvelope? envelope = null)
    {
        var (text, code) = await RawAsync(Wire(request, envelope ?? NewEnvelope()));
        return ReceiptText.Read(text, code);
    }

    public async Task<Receipt> EndedAsync(RunnerRequest request, RunnerEnvelope? envelope = null) =>
        (await SendAsync(request, envelope)).ShouldBeOfType<RunnerAnswer.Ended>().Receipt;

    /// <summary>A request without an operation id: its plain output.</summary>
    public async Task<string> ReadAsync(RunnerRequest request) => (await RawAsync(Wire(request, null))).Text;

    public async Task<(string Text, int Code)> RawAsync(string input)
    {
        var start = new ProcessStartInfo("sh", [Runner]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(input));
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has refused without reading all.
        }
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (await output + await error, process.ExitCode);
    }

    public static string Wire(RunnerRequest request, RunnerEnvelope? envelope)
    {
        var parts = request.Payload.Select(part => ((PayloadPart.Text)part).Value).ToList();
        return RunnerWire.Header(request, envelope, parts.Select(part => (long)Encoding.UTF8.GetByteCount(part))) + string.Concat(parts);
    }

    public RunnerRequest Place(string name, string content, string note = "n", string mode = "0640") =>
        RunnerRequest.Place($"{Files}/{name}", mode, "root", "root", note, new PayloadPart.Text(content));

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
