using System.Diagnostics;

namespace Reconciler.LiveTests.Support;

/// <summary>A program run to its end, as a person would run it.</summary>
internal sealed record Command(int ExitCode, string Output, string Error)
{
    public string All => Output + Error;

    /// <summary>The same with each run of white space as one space: sentences as they are, however their lines were broken.</summary>
    public string Sentences => string.Join(' ', All.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    public static async Task<Command> RunAsync(string program, IEnumerable<string> arguments, TimeSpan? deadline = null, string? directory = null, string? input = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = directory ?? "",
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var cancel = new CancellationTokenSource(deadline ?? TimeSpan.FromMinutes(5));
        if (input is not null)
            await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancel.Token);
        var error = process.StandardError.ReadToEndAsync(cancel.Token);
        try
        {
            await process.WaitForExitAsync(cancel.Token);
            return new(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end in time.");
        }
    }

    /// <exception cref="InvalidOperationException">The exit code is not 0; the message holds what it printed.</exception>
    public static async Task<string> OkAsync(string program, params IEnumerable<string> arguments)
    {
        var command = await RunAsync(program, arguments);
        return command.ExitCode == 0
            ? command.Output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {command.ExitCode}:\n{command.All}");
    }
}
