using System.Text.RegularExpressions;
using Reconciler.Cli;
using Reconciler.Tests.Documents;

namespace Reconciler.Tests.Cli;

/// <summary>Nobody is told to type a command that this version does not have.</summary>
public sealed partial class NamedCommandsTests
{
    /// <summary>Commands that a later version brings: their names may not stand anywhere as if they were there.</summary>
    private static readonly string[] Later =
        ["drift", "history", "describe", "suspend", "resume", "hold", "maintenance", "promote", "rollback", "adopt", "rotate", "logs", "takeover"];

    private static readonly string[] Folders = ["reconciler", "schemas", "desired-state"];
    private static readonly string[] Files = ["README.md", "CONTRIBUTING.md", "demo"];

    private static IEnumerable<(string File, string Text)> Sources() =>
        Folders
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Trees.Repository, folder), "*", SearchOption.AllDirectories))
            .Where(file => !file.Contains("/bin/") && !file.Contains("/obj/") && !file.Contains("/node_modules/"))
            .Concat(Files.Select(file => Path.Combine(Trees.Repository, file)))
            .Select(file => (Path.GetRelativePath(Trees.Repository, file), File.ReadAllText(file)));

    private static HashSet<string> Commands => [.. CommandLine.Create().Subcommands.Select(command => command.Name)];

    [Fact]
    public void Every_command_that_anything_names_is_there()
    {
        var named = Sources()
            .SelectMany(source => Named().Matches(source.Text).Select(match => (source.File, Command: match.Groups[1].Value)))
            .ToList();

        named.Select(name => name.Command).Distinct().Count().ShouldBeGreaterThan(4);
        named.Where(name => !Commands.Contains(name.Command)).ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_that_users_read_names_a_command_of_a_later_version()
    {
        var later = Later.Except(Commands).ToList();
        // In code, backticks also set off keys and gates (`drift` is a gate): there only whole calls count, which the test above sees.
        var named = Sources().Where(source => source.File.StartsWith("schemas", StringComparison.Ordinal) || source.File.StartsWith("desired-state", StringComparison.Ordinal))
            .SelectMany(source => Quoted().Matches(source.Text).Select(match => (source.File, Command: match.Groups[1].Value)));

        named.Where(name => later.Contains(name.Command)).ShouldBeEmpty();
    }

    // `reconciler retry staging`: in backticks, or as the demo prints it.
    [GeneratedRegex(@"(?:`|ran ""|""\$reconciler"" |out/)reconciler ([a-z]+)")]
    private static partial Regex Named();

    [GeneratedRegex(@"`([a-z]+)`")]
    private static partial Regex Quoted();
}
