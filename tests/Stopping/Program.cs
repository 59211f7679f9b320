using Reconciler.Cli;
using Reconciler.Stopping;

// `stopping-reconciler converge ENVIRONMENT ...`: the program as it is composed for users, with what Stops says between it and its ports.
var stops = new Stops(
    Environment.GetEnvironmentVariable("STOP_AT") ?? "", Environment.GetEnvironmentVariable("STOP_STEP") ?? "",
    Environment.GetEnvironmentVariable("WITHOUT") ?? "");
var ports = new ControllerPorts
{
    Ledger = ledger => StoppingLedger.Around(ledger, stops),
    Sessions = sessions => new StoppingSessions(sessions, stops),
};
var parsed = CommandLine.Create(ports).Parse(args);
parsed.InvocationConfiguration.ProcessTerminationTimeout = CommandLine.LongestEnd;
return parsed.Errors.Count == 0 ? await parsed.InvokeAsync() : ExitCode.BadUsage;
