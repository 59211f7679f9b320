using System.CommandLine;
using System.Text.Json;
using Reconciler.Documents;
using Reconciler.Documents.Reading;
using Reconciler.Documents.Rendering;
using Reconciler.Model;
using Reconciler.Reporting;

namespace Reconciler.Cli;

/// <summary><c>validate</c> and <c>explain</c>: what needs no server and no ledger.</summary>
internal static class DocumentCommands
{
    public static Command Validate(SettingsOptions settings, Option<OutputFormat> format)
    {
        var folder = new Argument<string>("folder") { Description = "the desired state", DefaultValueFactory = _ => "." };
        var command = new Command("validate", "Reads a folder of desired state and names every fault in it, each with its place and the fix.")
        {
            folder,
        };
        command.SetAction(parsed => Failures.ToExitCodeAsync(() =>
        {
            var result = ReadFolder(parsed.GetValue(folder)!, settings.AllowLocal(parsed));
            Print(result.Diagnostics, parsed.GetValue(format));
            if (result.Accepted && parsed.GetValue(format) == OutputFormat.Text)
                Console.Out.WriteLine($"valid: {string.Join(", ", result.Environments.Values.Select(Counted))}");
            return Task.FromResult(result.Accepted ? ExitCode.Done : ExitCode.InvalidDesiredState);
        }));
        return command;
    }

    private static string Counted(DesiredEnvironment environment) =>
        $"{environment.Name} ({environment.Applications.Count} application(s), {environment.InUse.Count} server(s))";

    public static Command Render(SettingsOptions settings, Option<OutputFormat> format)
    {
        var environment = new Argument<string>("environment") { Description = "its folder's name: staging, production" };
        var folder = new Option<string>("--path") { Description = "folder of the desired state (.)", DefaultValueFactory = _ => "." };
        var command = new Command("render", "Prints the merged documents of an environment, each line with the file and line that it comes from.")
        {
            environment, folder,
        };
        command.SetAction(parsed => Failures.ToExitCodeAsync(() =>
        {
            var result = ReadFolder(parsed.GetValue(folder)!, settings.AllowLocal(parsed));
            Print(result.Diagnostics, OutputFormat.Text);
            if (!result.Accepted)
                return Task.FromResult(ExitCode.InvalidDesiredState);
            var desired = result.Environments.GetValueOrDefault(parsed.GetValue(environment)!)
                ?? throw new UsageException(
                    $"there is no environment {parsed.GetValue(environment)}; there are {string.Join(", ", result.Environments.Keys)}");
            Console.Out.WriteLine(parsed.GetValue(format) == OutputFormat.Json ? JsonRendering.Render(desired) : YamlRendering.Render(desired));
            return Task.FromResult(ExitCode.Done);
        }));
        return command;
    }

    public static Command Schema()
    {
        var kind = new Argument<string>("kind")
        {
            HelpName = "kind",
            Description = $"one of {string.Join(", ", DocumentKind.Written.Select(known => known.Name))}",
        };
        kind.AcceptOnlyFromAmong([.. DocumentKind.Written.Select(known => known.Name)]);
        var command = new Command("schema", "Prints the JSON Schema of a document kind, for editors.") { kind };
        command.SetAction(parsed =>
        {
            Console.Out.Write(Schemas.Of(DocumentKind.Written.First(known => known.Name == parsed.GetValue(kind))));
            return ExitCode.Done;
        });
        return command;
    }

    public static Command Explain()
    {
        var topic = new Argument<string>("topic") { Description = "order: the safe order, with the reason for each phase" };
        topic.AcceptOnlyFromAmong("order");
        var command = new Command("explain", "Explains how it works.") { topic };
        command.SetAction(_ =>
        {
            foreach (var rule in SafeOrder.Phases)
            {
                Console.Out.WriteLine($"{rule.Phase}");
                WriteWrapped("what  ", rule.What);
                WriteWrapped("why   ", rule.Why);
                WriteWrapped("from  ", rule.Source);
            }
            return ExitCode.Done;
        });
        return command;
    }

    public static ReadResult ReadFolder(string folder, bool allowLocal) => DocumentReader.Read(FolderTree.Read(folder), new ReadOptions
    {
        AllowLocalRepositories = allowLocal,
        ResourceKinds = Resources.ResourceKinds.All.Keys.ToHashSet(),
    });

    public static void Print(IReadOnlyList<Diagnostic> diagnostics, OutputFormat format)
    {
        if (format == OutputFormat.Json)
            Console.Out.WriteLine(JsonSerializer.Serialize([.. diagnostics.Select(DiagnosticReport.Of)], CliJson.Default.DiagnosticReportArray));
        else
            foreach (var diagnostic in diagnostics)
                Console.Error.WriteLine(diagnostic);
    }

    private static void WriteWrapped(string lead, string text)
    {
        var line = $"  {lead}";
        foreach (var word in text.Split(' '))
        {
            if (line.Length + word.Length > 79)
            {
                Console.Out.WriteLine(line.TrimEnd());
                line = "        ";
            }
            line += word + " ";
        }
        Console.Out.WriteLine(line.TrimEnd());
    }
}
