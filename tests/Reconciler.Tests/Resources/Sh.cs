using System.Diagnostics;
using System.Text;

namespace Reconciler.Tests.Resources;

/// <summary>Fragments and step scripts under the real shell, in a folder of the test's own.</summary>
internal static class Sh
{
    public sealed record Outcome(int Code, string Output, string Error)
    {
        /// <summary>The output of a script that has to end well.</summary>
        public string Good => Code == 0 ? Output : throw new InvalidOperationException($"exit code {Code}: {Output}{Error}");
    }

    /// <summary>As a probe or a proof runs: C locale, nothing on stdin.</summary>
    public static Outcome Run(string script, string? folder = null, byte[]? input = null)
    {
        var start = new ProcessStartInfo("sh", ["-c", script])
        {
            WorkingDirectory = folder ?? "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("GIT_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C";
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        using var process = Process.Start(start)!;
        var (output, error) = (ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
        try
        {
            process.StandardInput.BaseStream.Write(input ?? []);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It did not want to read it.
        }
        process.WaitForExit();
        return new(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Names, sizes and times of everything below a folder, access times aside: what a probe must leave as it was.</summary>
    public static string Traces(string folder) => Run($"find . -printf '%p %y %s %m %T@ %C@\\n' | sort", folder).Good;

    private static Task<string> ReadAsync(StreamReader reader) => Task.Run(() => new StreamReader(reader.BaseStream, Encoding.UTF8).ReadToEnd());
}
