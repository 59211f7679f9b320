using Reconciler.Cli;

var parsed = CommandLine.Create().Parse(args);
if (parsed.Errors.Count == 0)
    return await parsed.InvokeAsync();
foreach (var error in parsed.Errors)
    Console.Error.WriteLine($"reconciler: {error.Message}");
return ExitCode.BadUsage;
