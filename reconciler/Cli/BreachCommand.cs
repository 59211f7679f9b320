using System.CommandLine;
using System.Text.Json;
using Reconciler.Documents;
using Reconciler.Rotating;
using Reconciler.Secrets;

namespace Reconciler.Cli;

/// <summary>What is to be changed after a suspected breach, in JSON; stable.</summary>
/// <param name="Open">How many tasks are.</param>
internal sealed record BreachReport(string Environment, DateTimeOffset Since, int Open, IReadOnlyList<BreachTask> Tasks);

/// <summary><c>breach</c>: the manual's list of what to change, for what there is in this environment, and what of it is done.</summary>
internal static class BreachCommand
{
    public static Command Create(SettingsOptions settings, Option<OutputFormat> format)
    {
        var environment = new Argument<string>("environment") { Description = "its folder's name: staging, production" };
        var since = new Option<string>("--since") { Description = "when it began at the latest, as 2026-03-01T02:00:00Z", Required = true };
        var command = new Command("breach",
            "Lists what to change after a suspected breach, first things first: secrets with the command that rotates each, and what"
                + " only a "
            + "person can do with the acknowledgement of it. Changes nothing. Exit codes: 0 all of it is done; 3 something is open.")
        {
            environment, since,
        };
        command.SetAction((parsed, cancellation) => Failures.ToExitCodeAsync(async () =>
        {
            var began = MaintenanceCommand.Time("--since", parsed.GetValue(since))!.Value;
            if (began > TimeProvider.System.GetUtcNow())
                throw new UsageException($"--since {parsed.GetValue(since)} is still to come");
            var tasks = await PlanAsync(settings.Read(parsed), parsed.GetValue(environment)!, began, cancellation);
            var report = new BreachReport(parsed.GetValue(environment)!, began, tasks.Count(task => task.Open), tasks);
            Print(report, parsed.GetValue(format));
            return report.Open == 0 ? ExitCode.Done : ExitCode.HeldOrWaiting;
        }));
        return command;
    }

    private static async Task<IReadOnlyList<BreachTask>> PlanAsync(
        ControllerSettings settings, string environment, DateTimeOffset since, CancellationToken cancellation)
    {
        await using var controller = Controller.OpenForLooking(settings, TimeProvider.System, "breach");
        var look = await controller.Desired.LookAsync(cancellation);
        if (!look.Environments.Contains(environment))
            throw new UsageException($"there is no environment {environment}; there are"
                + $" {(look.Environments.Count == 0 ? "none" : string.Join(", ", look.Environments))}");
        var documents = await controller.Desired.DocumentsOfAsync(environment, cancellation);
        var expanded = await controller.Desired.InForceAsync(environment, cancellation);
        var admins = new Dictionary<string, SiteAdmins>();
        foreach (var (name, application) in documents.Applications)
            if (application.Application.Value is { Django: not null, Retired: false })
            {
                var (answer, trouble) = expanded.Faults.TryGetValue(name, out var fault) ? (null, fault)
                    : await controller.Site.AskAsync(expanded, name, SiteAdmins.Question, cancellation);
                admins[name] = SiteAdmins.Read(answer, trouble);
            }
        return BreachPlan.Of(documents, since, Known(settings, documents), admins);
    }

    private static Func<SecretName, KnownSecret?> Known(ControllerSettings settings, DesiredEnvironment documents)
    {
        using var ledger = settings.Ledger.OpenForReading(TimeProvider.System);
        var all = ledger.SecretsInForce(documents.Name).ToDictionary(secret => secret.Secret);
        // As rotate --drop-fallbacks leaves it.
        var none = KeyedDigest.Of(ledger.DigestKey, "[]"u8);
        return name => all.GetValueOrDefault(Rotation.ReferenceOf(documents.Name, name)) is { } known
            ? new(known.ChangedAt, SecretSubject.Find(documents, name) is not { DeclaresFallbacks: true }
                || all.GetValueOrDefault(Rotation.ReferenceOf(documents.Name, name with { Key = SecretSubject.FallbacksKey }))?.Digest == none)
            : null;
    }

    private static void Print(BreachReport report, OutputFormat format)
    {
        if (format == OutputFormat.Json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report, CliJson.Default.BreachReport));
            return;
        }
        Console.Out.WriteLine($"{report.Environment}, since {BreachTask.TimeOf(report.Since)}:"
            + $" {(report.Open == 0 ? "all is done" : $"{report.Open} of {report.Tasks.Count} are open")}");
        foreach (var band in report.Tasks.GroupBy(task => task.Band))
        {
            Console.Out.WriteLine($"{band.Key}:");
            foreach (var task in band)
                Print(report, task);
        }
    }

    private static void Print(BreachReport report, BreachTask task)
    {
        Console.Out.WriteLine($"  {(task.Open ? "open" : "done")}  {task.Task}: {task.What}");
        if (!task.Open)
            Console.Out.WriteLine($"        {task.Proof}");
        else
        {
            if (task.Person is not null)
                Console.Out.WriteLine($"        {task.Person}");
            if (task.Command is not null)
                Console.Out.WriteLine($"        {task.Command}");
            Console.Out.WriteLine($"        {(task.Command is null ? "then" : "or, if it need not be,")} into"
                + $" {report.Environment}/acknowledgements.yaml:");
            Console.Out.WriteLine($"          {task.Acknowledgement}");
        }
    }
}
