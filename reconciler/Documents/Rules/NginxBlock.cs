using System.Text;

namespace Reconciler.Documents.Rules;

/// <summary>
/// A block of an nginx configuration: as much of its language as tells which directives stand beside each other, and which around them
/// (https://nginx.org/en/docs/beginners_guide.html#conf_structure).
/// </summary>
/// <param name="Words">Before its brace: <c>location /</c>; none for the file itself.</param>
internal sealed record NginxBlock(IReadOnlyList<string> Words, NginxBlock? Around)
{
    /// <summary>Simple directives that stand directly in it, as words.</summary>
    public List<IReadOnlyList<string>> Directives { get; } = [];

    public bool Has(string directive) => Directives.Exists(words => words[0] == directive);

    public IEnumerable<NginxBlock> Outer
    {
        get
        {
            for (var block = Around; block is not null; block = block.Around)
                yield return block;
        }
    }

    /// <summary>All blocks, in the order in which they begin. What is not closed is no matter here: nginx itself says that.</summary>
    public static IReadOnlyList<NginxBlock> Read(string text)
    {
        var blocks = new List<NginxBlock> { new([], null) };
        var (open, words) = (blocks[0], new List<string>());
        foreach (var token in Tokens(text))
            switch (token)
            {
                case "{":
                    blocks.Add(open = new([.. words], open));
                    words = [];
                    break;
                case "}":
                    open = open.Around ?? open;
                    words = [];
                    break;
                case ";":
                    if (words.Count > 0)
                        open.Directives.Add([.. words]);
                    words = [];
                    break;
                default:
                    words.Add(token);
                    break;
            }
        return blocks;
    }

    private static IEnumerable<string> Tokens(string text)
    {
        var word = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            var c = text[at];
            if (c == '#' && word.Length == 0)
                at = text.IndexOf('\n', at) is >= 0 and var end ? end : text.Length;
            else if (c is '"' or '\'' && word.Length == 0)
                word.Append(Quoted(text, ref at));
            else if (c == '\\' && at + 1 < text.Length)
                word.Append(c).Append(text[++at]);
            else if (char.IsWhiteSpace(c) || c is ';' or '}' || (c == '{' && (word.Length == 0 || word[^1] != '$')))
            {
                if (word.Length > 0)
                    yield return word.ToString();
                word.Clear();
                if (!char.IsWhiteSpace(c))
                    yield return $"{c}";
            }
            else if (c == '{')
                word.Append(Braced(text, ref at));
            else
                word.Append(c);
        }
    }

    /// <summary>Moves to the closing quote.</summary>
    private static string Quoted(string text, ref int at)
    {
        var (quote, from) = (text[at], at + 1);
        for (at++; at < text.Length && text[at] != quote; at++)
            if (text[at] == '\\')
                at++;
        return text[from..Math.Min(at, text.Length)];
    }

    /// <summary>Moves to the closing brace of a variable: <c>${name}</c>.</summary>
    private static string Braced(string text, ref int at)
    {
        var from = at;
        at = text.IndexOf('}', at) is >= 0 and var end ? end : text.Length - 1;
        return text[from..(at + 1)];
    }
}
