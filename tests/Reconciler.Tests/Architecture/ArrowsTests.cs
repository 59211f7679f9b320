using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Reconciler.Tests.Architecture;

/// <summary>The arrows of design.md, "Layout": folders are namespaces, arrows point down, kinds never see one another.</summary>
public sealed partial class ArrowsTests
{
    private static readonly string[] Ports = ["Remote", "Git", "Secrets", "Cloud", "Hosting", "Notifying", "Journaling"];

    /// <summary>What each folder may use besides itself and Model.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Model"] = [],
        ["Resources"] = [],
        ["Documents"] = ["Resources"],
        ["Diffing"] = ["Documents", "Resources"],
        ["Importing"] = ["Documents", "Resources"],
        ["Rotating"] = ["Documents"],
        ["Adopting"] = ["Documents", "Resources", "Diffing"],
        ["Planning"] = ["Documents", "Resources", "Diffing"],
        ["Watching"] = ["Documents", "Resources", .. Ports],
        ["Observing"] = ["Documents", "Resources", .. Ports],
        ["Converging"] = ["Documents", "Resources", "Planning", .. Ports],
        ["Reporting"] = ["Documents", "Resources", "Planning", "Diffing", .. Ports],
        ["Remote"] = [],
        ["Git"] = [],
        ["Secrets"] = [],
        ["Cloud"] = [],
        ["Hosting"] = [],
        ["Notifying"] = [],
        ["Journaling"] = [],
    };

    public static IEnumerable<(string File, string Folder, string Text)> Sources()
    {
        var root = Root();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(root, "reconciler"), "*.cs", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(Path.Combine(root, "reconciler"), file);
            if (!relative.StartsWith("obj", StringComparison.Ordinal) && !relative.StartsWith("bin", StringComparison.Ordinal))
                yield return (relative, Path.GetDirectoryName(relative)!, File.ReadAllText(file));
        }
    }

    [Fact]
    public void Folders_are_namespaces()
    {
        var wrong = Sources()
            .Where(source => source.Folder.Length > 0)
            .Where(source => !source.Text.Contains($"namespace Reconciler.{source.Folder.Replace('/', '.')};"))
            .Select(source => source.File);
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Arrows_point_down()
    {
        var wrong =
            from source in Sources()
            let top = source.Folder.Split('/')[0]
            where Allowed.ContainsKey(top)
            from used in Used().Matches(source.Text).Select(match => match.Groups[1].Value).Concat(Qualified(source.Text, "Reconciler."))
            where used != top && used != "Model" && !Allowed[top].Contains(used)
            select $"{source.File} uses {used}";
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void A_kind_never_sees_another_kind()
    {
        var wrong =
            from source in Sources()
            let parts = source.Folder.Split('/')
            where parts is ["Resources", _, ..]
            from used in UsedKind().Matches(source.Text).Select(match => match.Groups[1].Value).Concat(Qualified(source.Text, "Reconciler.Resources."))
            where used != parts[1]
            select $"{source.File} sees {used}";
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Every_folder_is_known_to_this_test()
    {
        string[] composition = ["", "Cli", "Serving", "Turns"];
        Sources().Select(source => source.Folder.Split('/')[0]).Distinct().Where(folder => !composition.Contains(folder) && !Allowed.ContainsKey(folder)).ShouldBeEmpty();
    }

    /// <summary>Names that need no using: within <c>namespace Reconciler.Planning</c>, <c>Remote.ServerAddress</c> is one.</summary>
    private static IEnumerable<string> Qualified(string text, string space)
    {
        foreach (var match in Dotted().Matches(Comment().Replace(text, "")).Select(match => match.Value.Split('.')))
            for (var length = 2; length <= match.Length; length++)
                if (typeof(Reconciler.Model.Step).Assembly.GetType(space + string.Join('.', match.Take(length))) is not null)
                    yield return match[0];
    }

    internal static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    [GeneratedRegex(@"(?:using (?:static )?|[ (<])Reconciler\.(\w+)")]
    private static partial Regex Used();

    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*(?:\.[A-Z]\w*)+")]
    private static partial Regex Dotted();

    [GeneratedRegex("//.*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"Reconciler\.Resources\.(\w+)")]
    private static partial Regex UsedKind();
}
