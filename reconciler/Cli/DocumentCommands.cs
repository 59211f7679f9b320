using System.CommandLine;
using System.Text.Json;
using Reconciler.Documents.Reading;
using Reconciler.Model;

namespace Reconciler.Cli;

/// <summary><c>validate</c> and <c>explain</c>: what needs no server and no ledger.</summary>
internal static class DocumentCommands
{
    public static Command Validate(SettingsOptions settings, Option<OutputFormat> format)
    {
        var folder = new Argument<string>("folder") { Description = "the desired state", DefaultValueFactory = _ => "." };
        var command = new Command("validate", "Reads a folder of desired state and names every fault in it, each with its place and the fix.") { folder };
        command.SetAction(parsed =>
        {
            var result = ReadFolder(parsed.GetValue(folder)!, settings.AllowLocal(parsed));
            Print(result.Diagnostics, parsed.GetValue(format));
            if (result.Accepted && parsed.GetValue(format) == OutputFormat.Text)
                Console.Out.WriteLine($"valid: {string.Join(", ", result.Environments.Values.Select(environment => $"{environment.Name} ({environment.Applications.Count} application(s), {environment.InUse.Count} server(s))"))}");
            return result.Accepted ? ExitCode.Done : ExitCode.InvalidDesiredState;
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
            Console.Out.WriteLine(JsonSerializer.Serialize(diagnostics.Select(DiagnosticReport.Of).ToArray(), CliJson.Default.DiagnosticReportArray));
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
