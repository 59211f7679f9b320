using System.Text;
using System.Text.RegularExpressions;
using Reconciler.Documents;
using Reconciler.Documents.Reading;

namespace Reconciler.Tests.Documents;

/// <summary>
/// One file per case in <c>cases/</c>: what a commit changes in a small valid tree, then the exact diagnostics.
/// <code>
/// # title
/// === production/coralnet/services.yaml
/// the whole file; {hex:FF00} are bytes, {u:200B} a character, {times:300:x} a text so many times
/// === spec production/coralnet/services.yaml
/// the spec alone, two spaces in; the four lines around it are put before it, so it begins in line 5
/// === delete production/coralnet
/// === link production/coralnet/other.yaml        (or submodule)
/// === base 3f9d...                               what follows stands in the tree of that pinned revision
/// === expected
/// CODE file:line:column: what; fix
/// </code>
/// <c>UPDATE_GOLDEN=1 ./test</c> rewrites what follows <c>=== expected</c>.
/// </summary>
internal sealed partial record DocumentCase(string File, string Given, string Expected)
{
    private const string Separator = "=== expected\n";

    public static string Folder => Path.Combine(Trees.Repository, "tests/Reconciler.Tests/Documents/cases");

    public static DocumentCase Load(string name)
    {
        var file = Path.Combine(Folder, name);
        var parts = System.IO.File.ReadAllText(file).Split(Separator, 2);
        return new DocumentCase(file, parts[0], parts.ElementAtOrDefault(1) ?? "");
    }

    public void Check()
    {
        var (tree, bases) = Build();
        var result = DocumentReader.Read(tree,
            new ReadOptions { BaseTrees = bases, ResourceKinds = new HashSet<string> { "Service", "File", "Link" } });
        var told = string.Concat(result.Diagnostics.Select(diagnostic => $"{diagnostic}\n"));
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            System.IO.File.WriteAllText(File, $"{Given}{Separator}{told}");
        else
            told.ShouldBe(Expected);
    }

    public (DocumentTree Tree, Dictionary<string, DocumentTree> Bases) Build()
    {
        var tree = SmallTree.Valid;
        var bases = new Dictionary<string, DocumentTree>();
        string? pinned = null;
        foreach (var section in Given.Split("=== ").Skip(1))
        {
            var header = section[..section.IndexOf('\n')].Split(' ');
            var body = section[(section.IndexOf('\n') + 1)..];
            if (header[0] == "base")
                bases[pinned = header[1]] = SmallTree.Valid with { Revision = header[1] };
            else if (pinned is null)
                tree = Apply(tree, header, body);
            else
                bases[pinned] = Apply(bases[pinned], header, body);
        }
        return (tree, bases);
    }

    private static DocumentTree Apply(DocumentTree tree, string[] header, string body) => header switch
    {
        ["delete", var path] => tree.Without(path),
        ["link", var path] => tree.With(path, "elsewhere", "120000"),
        ["submodule", var path] => tree.With(path, "", "160000"),
        ["spec", var path] => tree.With(path, SmallTree.Envelope(path) + Encoding.UTF8.GetString(Bytes(body))),
        [var path] => tree.With(path, Bytes(body)),
        _ => throw new FormatException(string.Join(' ', header)),
    };

    private static byte[] Bytes(string text)
    {
        var bytes = new List<byte>();
        var at = 0;
        foreach (Match match in Escape().Matches(text))
        {
            bytes.AddRange(Encoding.UTF8.GetBytes(text[at..match.Index]));
            bytes.AddRange(match.Groups[1].Value switch
            {
                "hex" => Convert.FromHexString(match.Groups[2].Value),
                "u" => Encoding.UTF8.GetBytes(char.ConvertFromUtf32(Convert.ToInt32(match.Groups[2].Value, 16))),
                _ => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(match.Groups[2].Value.Split(':', 2)[1],
                    int.Parse(match.Groups[2].Value.Split(':')[0])))),
            });
            at = match.Index + match.Length;
        }
        bytes.AddRange(Encoding.UTF8.GetBytes(text[at..]));
        return [.. bytes];
    }

    [GeneratedRegex(@"(?<!\{)\{(hex|u|times):([^}]*)\}", RegexOptions.Singleline)]
    private static partial Regex Escape();
}
