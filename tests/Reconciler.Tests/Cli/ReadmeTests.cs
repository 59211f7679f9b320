using System.Text.RegularExpressions;
using Reconciler.Cli;
using Reconciler.Model;
using Reconciler.Tests.Documents;

namespace Reconciler.Tests.Cli;

/// <summary>What the documents tell people to type is what the program takes.</summary>
public sealed partial class ReadmeTests
{
    private static string Readme => File.ReadAllText(Path.Combine(Trees.Repository, "README.md"));

    public static IEnumerable<TheoryDataRow<string>> Calls() => Call().Matches(Readme.Replace("\\\n", " "))
        .Select(match => Comment().Replace(match.Groups[1].Value, "").Trim())
        .Distinct()
        .Select(call => new TheoryDataRow<string>(call));

    [Theory]
    [MemberData(nameof(Calls))]
    public void Every_call_of_the_program_in_the_README_is_one_that_it_understands(string call)
    {
        // A command's bare name in a sentence is a mention, not a call.
        if (CommandLine.Create().Subcommands.All(command => command.Name != call))
            CommandLine.Create().Parse([.. Shell.Split(call)]).Errors.Select(error => error.Message).ShouldBeEmpty();
    }

    [Fact]
    public void There_are_calls_to_check() => Calls().Count().ShouldBeGreaterThan(6);

    [Fact]
    public void Every_folder_in_the_map_is_there()
    {
        var folders = Map().Matches(Readme).Select(match => match.Groups[1].Value).ToList();

        folders.Count.ShouldBeGreaterThan(5);
        folders.ShouldAllBe(folder => Directory.Exists(Path.Combine(Trees.Repository, folder)));
    }

    [Fact]
    public void Every_folder_of_the_program_is_in_the_map()
    {
        var map = Readme[Readme.IndexOf("    reconciler/Model ", StringComparison.Ordinal)..];

        Directory.GetDirectories(Path.Combine(Trees.Repository, "reconciler")).Select(folder => Path.GetFileName(folder)!)
            .Where(folder => folder is not ("bin" or "obj") && !Regex.IsMatch(map, $@"\b{folder}\b"))
            .ShouldBeEmpty();
    }

    // In code: `reconciler plan staging`, or a line of its own: out/reconciler plan staging.
    [GeneratedRegex(@"(?:`reconciler |^\s+out/reconciler )([^`\n]+)", RegexOptions.Multiline)]
    private static partial Regex Call();

    [GeneratedRegex(@"\s#.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^    ((?:reconciler|tests)/[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Map();
}
