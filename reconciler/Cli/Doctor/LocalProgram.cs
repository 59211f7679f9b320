using System.ComponentModel;
using System.Diagnostics;

namespace Reconciler.Cli.Doctor;

/// <summary>What a program of this machine says.</summary>
internal sealed record LocalProgram(int ExitCode, string Said)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <returns>Null when there is no such program, or it does not end.</returns>
    public static async Task<LocalProgram?> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true,
            RedirectStandardError = true };
        using var late = new CancellationTokenSource(Longest);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            try
            {
                var error = process.StandardError.ReadToEndAsync(either.Token);
                var output = await process.StandardOutput.ReadToEndAsync(either.Token);
                await process.WaitForExitAsync(either.Token);
                return new(process.ExitCode, (output + await error).Trim());
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                process.Kill(entireProcessTree: true);
                return null;
            }
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
