using System.Diagnostics;
using System.Text;

namespace Reconciler.LiveTests.Support;

/// <summary>A program that runs beside the test, with all that it printed so far.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string? _outputs;
    private readonly StringBuilder _output = new();
    private readonly Lock _gate = new();
    private readonly Task _reading;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningProgram(Process process, string? outputs)
    {
        (_process, _outputs) = (process, outputs);
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    public string Output
    {
        get
        {
            lock (_gate)
                return _output.ToString();
        }
    }

    public int ExitCode => _process.ExitCode;

    public static RunningProgram Start(string program, params IEnumerable<string> arguments) => Start(new Dictionary<string, string>(), program, arguments);

    /// <param name="outputs">A file to which is added at the end what it printed.</param>
    public static RunningProgram Start(IReadOnlyDictionary<string, string> environment, string program, IEnumerable<string> arguments, string? outputs = null)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new(Process.Start(start)!, outputs);
    }

    /// <exception cref="TimeoutException">It did not come in time, or the program ended without; the message holds what was printed.</exception>
    public async Task WaitForAsync(string text, TimeSpan deadline)
    {
        using var cancel = new CancellationTokenSource(deadline);
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (_output.ToString().Contains(text, StringComparison.Ordinal))
                    return;
                more = _more.Task;
            }
            if (await Task.WhenAny(more, _reading, Task.Delay(Timeout.Infinite, cancel.Token)) != more)
                throw new TimeoutException($"'{text}' did not come:\n{Output}");
        }
    }

    /// <summary>The line that begins so, after so many others that do; null when the program ended without.</summary>
    /// <exception cref="TimeoutException">It did not come in time; the message holds what was printed.</exception>
    public async Task<string?> LineAsync(string begin, int after, TimeSpan deadline)
    {
        using var cancel = new CancellationTokenSource(deadline);
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (_output.ToString().Split('\n').Where(line => line.StartsWith(begin, StringComparison.Ordinal)).ElementAtOrDefault(after) is { } line)
                    return line;
                more = _more.Task;
            }
            var first = await Task.WhenAny(more, _reading, Task.Delay(Timeout.Infinite, cancel.Token));
            if (first == _reading && !more.IsCompleted)
                return null;
            if (first != more && first != _reading)
                throw new TimeoutException($"'{begin}' did not come:\n{Output}");
        }
    }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>Types a line into it.</summary>
    public async Task TellAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Power off for a program: SIGKILL, only to itself.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await EndedAsync(TimeSpan.FromSeconds(20));
    }

    /// <summary>Asks it to end, as systemd would, and waits until it has.</summary>
    public async Task StopAsync(TimeSpan? deadline = null)
    {
        await Command.RunAsync("kill", ["-TERM", $"{_process.Id}"]);
        await EndedAsync(deadline ?? TimeSpan.FromSeconds(60));
    }

    /// <param name="name">STOP, CONT.</param>
    public Task SignalAsync(string name) => Command.OkAsync("kill", $"-{name}", $"{_process.Id}");

    /// <exception cref="TimeoutException">It did not end; the message holds what was printed.</exception>
    public async Task EndedAsync(TimeSpan deadline)
    {
        using var cancel = new CancellationTokenSource(deadline);
        try
        {
            await _process.WaitForExitAsync(cancel.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"It did not end within {deadline}:\n{Output}");
        }
        await Task.WhenAny(_reading, Task.Delay(Timeout.Infinite, cancel.Token));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        if (_outputs is not null)
            await File.AppendAllTextAsync(_outputs, Output);
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            TaskCompletionSource told;
            lock (_gate)
            {
                _output.AppendLine(line);
                (told, _more) = (_more, new(TaskCreationOptions.RunContinuationsAsynchronously));
            }
            told.SetResult();
        }
    }
}
