using System.Diagnostics;
using System.Text.Json;

namespace Reconciler.Notifying;

/// <summary>Gives a notice, as JSON, to a command of the controller's machine.</summary>
/// <param name="words">The program and its arguments; no shell.</param>
internal sealed class CommandChannel(IReadOnlyList<string> words, TimeProvider clock) : INoticeChannel
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public async Task SendAsync(Notice notice, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var late = clock.CreateTimer(_ => over.Cancel(), null, Deadline, Timeout.InfiniteTimeSpan);
        using var process = Begin();
        try
        {
            var said = Task.WhenAll(process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, over.Token),
                process.StandardError.BaseStream.CopyToAsync(Stream.Null, over.Token));
            await JsonSerializer.SerializeAsync(process.StandardInput.BaseStream, notice, NoticeJson.Default.Notice, over.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(over.Token);
            await said;
        }
        catch (IOException)
        {
            // It does not read what it is given; how it ends decides.
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            throw new NoticeException($"`{words[0]}` was ended after {Deadline.TotalSeconds:0} s", isPassing: false);
        }
        if (process.ExitCode != 0)
            throw new NoticeException($"`{words[0]}` ended with exit code {process.ExitCode}", isPassing: false);
    }

    public void Check()
    {
        const UnixFileMode anybody = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        string[] places = words[0].Contains('/') ? [words[0]]
            : [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, words[0]))];
        if (!places.Any(place => File.Exists(place) && (File.GetUnixFileMode(place) & anybody) != 0))
            throw new NoticeException($"there is no program `{words[0]}`", isPassing: false);
    }

    private Process Begin()
    {
        try
        {
            return Process.Start(new ProcessStartInfo(words[0], words.Skip(1))
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception fault)
        {
            throw new NoticeException($"`{words[0]}` cannot be run: {fault.Message}", isPassing: false, fault);
        }
    }
}
