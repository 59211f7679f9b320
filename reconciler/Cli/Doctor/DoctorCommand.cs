using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Remote;

namespace Reconciler.Cli.Doctor;

/// <summary><c>doctor</c>: what is missing on this machine and on the servers, and how to mend it. It changes nothing.</summary>
internal static class DoctorCommand
{
    public static Command Create(SettingsOptions settings, Option<OutputFormat> format)
    {
        var environment = new Argument<string?>("environment") { Arity = ArgumentArity.ZeroOrOne,
            Description = "one environment; the servers of all without it" };
        var command = new Command("doctor",
            "Says what is missing, here and on the servers, and how to mend it; changes nothing.") { environment };
        command.SetAction((parsed, cancellation) => Failures.ToExitCodeAsync(async () =>
        {
            var findings = await LookAsync(settings.Read(parsed), settings.FileName(parsed), parsed.GetValue(environment), cancellation);
            if (parsed.GetValue(format) == OutputFormat.Json)
                Console.Out.WriteLine(JsonSerializer.Serialize([.. findings], DoctorJson.Default.FindingArray));
            else
                foreach (var finding in findings)
                    Console.Out.WriteLine(finding);
            return findings.Any(finding => finding.Level == Level.Fail) ? ExitCode.Error : ExitCode.Done;
        }));
        return command;
    }

    private static async Task<IReadOnlyList<Finding>> LookAsync(
        ControllerSettings settings, string? file, string? environment, CancellationToken cancellation)
    {
        List<Finding> findings =
        [
            Finding.Ok("settings", file ?? "no file; options, variables and defaults"),
            .. await new ControllerChecks(settings, TimeProvider.System).LookAsync(cancellation),
            .. await new OutsideChecks(settings, TimeProvider.System).LookAsync(cancellation),
        ];
        if (findings.Any(finding => finding is { Level: Level.Fail, Subject: "git" or "ssh" or "sqlite" }))
            return [.. findings, Finding.Fail("repository", "not looked at: a program is missing",
                "mend what is said above, and ask again")];
        // A mirror and a ledger of its own, thrown away: a look beside a controller at work leaves nothing behind.
        var scratch = Directory.CreateTempSubdirectory("reconciler-doctor-").FullName;
        try
        {
            findings.AddRange(await RemoteAsync(settings, scratch, environment, cancellation));
            return findings;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static async Task<IReadOnlyList<Finding>> RemoteAsync(
        ControllerSettings settings, string scratch, string? wanted, CancellationToken cancellation)
    {
        await using var controller = Controller.Open(settings with { State = scratch, LedgerFile = null }, TimeProvider.System, "doctor");
        var look = await controller.Desired.LookAsync(cancellation);
        if (look.Revision is null)
            return [Finding.Fail("repository", (look.Trouble ?? "nothing could be read").Replace(" No revision is in force.", ""),
                $"git ls-remote {settings.Repository} {settings.Branch}")];
        var errors = look.Diagnostics.Where(diagnostic => diagnostic.Severity == Severity.Error).ToList();
        if (errors.Count > 0)
            return [Finding.Fail("repository", $"revision {look.Revision[..12]} has {errors.Count} fault(s), the first: {errors[0]}",
                "`reconciler validate` in a clone of it names them all")];
        if (wanted is not null && !look.Environments.Contains(wanted))
            throw new UsageException($"there is no environment {wanted}; there are {string.Join(", ", look.Environments)}");
        List<Finding> findings = [Finding.Ok("repository",
            $"revision {look.Revision[..12]} of {settings.Branch}, without fault: {string.Join(", ", look.Environments)}"),
            .. OutsideChecks.OfUnknownEnvironments(settings, look.Environments)];
        await using var sessions = new SshServerSessions(new SshOptions(Path.Combine(scratch, "ssh")), TimeProvider.System);
        var servers = new ServerChecks(sessions, settings, LedgerId(settings.Ledger), TimeProvider.System);
        foreach (var name in look.Environments.Where(name => wanted is null || name == wanted))
            findings.AddRange(await servers.LookAsync(await controller.Desired.DocumentsOfAsync(name, cancellation), cancellation));
        return findings;
    }

    private static string? LedgerId(LedgerPlace place)
    {
        try
        {
            using var ledger = place.OpenForReading(TimeProvider.System);
            return ledger.Id;
        }
        catch (LedgerException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Finding[]))]
internal sealed partial class DoctorJson : JsonSerializerContext;
