using System.ComponentModel;
using System.Diagnostics;

namespace Reconciler.Git;

/// <summary>Runs the git program: no shell, no prompts, a deadline, and nobody left behind when the caller gives up.</summary>
internal sealed class GitProgram(GitSettings settings, TimeProvider clock)
{
    private static readonly TimeSpan Lingering = TimeSpan.FromSeconds(1);

    private readonly GitEnvironment _environment = new(settings);

    public GitSettings Settings => settings;

    /// <exception cref="GitException">The program is missing, or did not end before the deadline.</exception>
    public async Task<GitAnswer> RunAsync(GitCall call, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(call.Deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        using var process = Start(call);
        try
        {
            return await TalkAsync(process, call, either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested && deadline.IsCancellationRequested)
        {
            throw new GitException(GitFailure.TimedOut,
                $"git {Verb(call)} did not end within {call.Deadline.TotalSeconds:0} s and was stopped; it is tried again. If this stays, look at the connection to the git host.");
        }
        finally
        {
            Stop(process);
        }
    }

    private Process Start(GitCall call)
    {
        var start = new ProcessStartInfo(settings.Program)
        {
            WorkingDirectory = call.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in GitEnvironment.Overrides.Concat(call.Arguments))
            start.ArgumentList.Add(argument);
        try
        {
            _environment.Apply(start.Environment);
            foreach (var (name, value) in call.Variables)
                start.Environment[name] = value;
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new GitException(GitFailure.Failed, $"The program {settings.Program} cannot be started in {call.Folder}: {e.Message}. Install git.", e);
        }
    }

    private static async Task<GitAnswer> TalkAsync(Process process, GitCall call, CancellationToken cancel)
    {
        using var output = new MemoryStream();
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var said = new ErrorTail();
        var error = said.ReadAsync(process.StandardError.BaseStream, broken.Token);
        var write = WriteAsync(process, call.Input, broken.Token);
        var read = call.Output is { } reader
            ? reader(process.StandardOutput.BaseStream, broken.Token)
            : process.StandardOutput.BaseStream.CopyToAsync(output, broken.Token);
        try
        {
            // The reader first: when it gives up, nobody waits for a git that waits for it.
            await read;
            await write;
            await process.WaitForExitAsync(broken.Token);
            // An ssh master that stays (ControlPersist) keeps stderr open for minutes: what git itself said is there by now.
            await Task.WhenAny(error, Task.Delay(Lingering, broken.Token));
            await broken.CancelAsync();
            return new GitAnswer(process.ExitCode, output.ToArray(), GitError.Clean(said.Text));
        }
        catch
        {
            Stop(process);
            await broken.CancelAsync();
            await Task.WhenAll(write, error).ContinueWith(static _ => { }, TaskScheduler.Default);
            throw;
        }
    }

    private static async Task WriteAsync(Process process, Func<Stream, CancellationToken, Task>? input, CancellationToken cancel)
    {
        try
        {
            await using var stdin = process.StandardInput.BaseStream;
            if (input is not null)
                await input(stdin, cancel);
        }
        catch (IOException)
        {
            // git closed its stdin: its exit code and stderr say why.
        }
    }

    private static void Stop(Process process)
    {
        try
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended in between.
        }
    }

    private static string Verb(GitCall call) => call.Arguments.FirstOrDefault(word => !word.StartsWith('-')) ?? "";
}
