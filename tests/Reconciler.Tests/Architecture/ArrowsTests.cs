using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Reconciler.Tests.Architecture;

/// <summary>The arrows of design.md, "Layout": folders are namespaces, arrows point down, kinds never see one another.</summary>
public sealed partial class ArrowsTests
{
    private static readonly string[] Ports = ["Remote", "Git", "Secrets", "Cloud", "Journaling"];

    /// <summary>What each folder may use besides itself and Model.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Model"] = [],
        ["Resources"] = [],
        ["Documents"] = ["Resources"],
        ["Diffing"] = ["Documents", "Resources"],
        ["Planning"] = ["Documents", "Resources", "Diffing"],
        ["Watching"] = ["Documents", "Resources", .. Ports],
        ["Observing"] = ["Documents", "Resources", .. Ports],
        ["Converging"] = ["Documents", "Resources", "Planning", .. Ports],
        ["Reporting"] = ["Documents", "Resources", "Planning", "Diffing", .. Ports],
        ["Remote"] = [],
        ["Git"] = [],
        ["Secrets"] = [],
        ["Cloud"] = [],
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
            from used in Used().Matches(source.Text).Select(match => match.Groups[1].Value)
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
            from used in UsedKind().Matches(source.Text).Select(match => match.Groups[1].Value)
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

    internal static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    [GeneratedRegex(@"(?:using (?:static )?|[ (<])Reconciler\.(\w+)")]
    private static partial Regex Used();

    [GeneratedRegex(@"Reconciler\.Resources\.(\w+)")]
    private static partial Regex UsedKind();
}
