using Reconciler.Cli;

var parsed = CommandLine.Create().Parse(args);
if (parsed.Errors.Count == 0)
{
    // A run that has covered the site goes on to its end: whoever wants it faster sends SIGKILL, and the next start goes on from what it sees.
    parsed.InvocationConfiguration.ProcessTerminationTimeout = CommandLine.LongestEnd;
    return await parsed.InvokeAsync();
}
foreach (var error in parsed.Errors)
    Console.Error.WriteLine($"reconciler: {error.Message}");
return ExitCode.BadUsage;
