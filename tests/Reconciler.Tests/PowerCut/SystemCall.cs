using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Reconciler.Tests.PowerCut;

/// <summary>One call to the kernel that succeeded, as <c>strace -f -y -xx</c> writes it.</summary>
/// <param name="Arguments">As written: <c>"\x2f"</c>, <c>3&lt;\x2f&gt;</c>, <c>O_WRONLY|O_CREAT</c>.</param>
internal sealed partial record SystemCall(int Process, string Name, IReadOnlyList<string> Arguments, string Result)
{
    /// <summary>In the order in which they ended. What failed or never ended is left out.</summary>
    public static IEnumerable<SystemCall> Read(IEnumerable<string> trace)
    {
        var begun = new Dictionary<string, string>();
        foreach (var line in trace)
        {
            var space = line.IndexOf(' ');
            var (process, rest) = (line[..space], line[space..].TrimStart());
            if (rest.EndsWith(" <unfinished ...>", StringComparison.Ordinal))
            {
                begun[process] = rest[..^" <unfinished ...>".Length];
                continue;
            }
            if (rest.StartsWith("<... ", StringComparison.Ordinal) && begun.Remove(process, out var start))
                rest = start + rest[(rest.IndexOf('>') + 1)..];
            if (Whole().Match(rest) is { Success: true } call && !call.Groups[3].Value.StartsWith("-1 ", StringComparison.Ordinal) && call.Groups[3].Value != "?")
                yield return new(int.Parse(process, CultureInfo.InvariantCulture), call.Groups[1].Value, Split(call.Groups[2].Value), call.Groups[3].Value);
        }
    }

    public bool Syncs => Name is "fsync" or "fdatasync" or "sync" or "syncfs";

    public string Text(int argument) => Encoding.UTF8.GetString(Bytes(argument));

    public byte[] Bytes(int argument) => Strings(Arguments[argument]).Single();

    public IEnumerable<string> Texts(int argument) => Strings(Arguments[argument]).Select(Encoding.UTF8.GetString);

    /// <summary>Several, as of writev.</summary>
    public static IEnumerable<byte[]> Strings(string argument)
    {
        foreach (Match match in Quoted().Matches(argument))
        {
            if (match.Groups[2].Length > 0)
                throw new InvalidOperationException($"strace has cut a string short: {argument[..40]}");
            yield return Hex(match.Groups[1].Value);
        }
    }

    public long Number(int argument) => Arguments[argument] is var text && text.StartsWith("0x", StringComparison.Ordinal)
        ? long.Parse(text[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : long.Parse(text, CultureInfo.InvariantCulture);

    public int Octal(int argument) => Convert.ToInt32(Arguments[argument], 8);

    /// <summary>What a descriptor stands for when it is used; null for what has no path.</summary>
    public static string? PathOf(string descriptor) =>
        Descriptor().Match(descriptor) is { Success: true } match && match.Groups[3].Length == 0 ? Encoding.UTF8.GetString(Hex(match.Groups[2].Value)) : null;

    /// <summary>All descriptors that it names with what they stand for, its result among them.</summary>
    public IEnumerable<(string Number, string Path)> Descriptors() => Arguments.Append(Result).Select(text => (Descriptor().Match(text), PathOf(text)))
        .Where(found => found.Item2 is not null).Select(found => (found.Item1.Groups[1].Value, found.Item2!));

    public override string ToString() => $"{Name}({string.Join(", ", Arguments.Select(Readable))})";

    private static string Readable(string argument)
    {
        var text = Escaped().Replace(argument, match => Encoding.UTF8.GetString(Hex(match.Value)));
        return text.Length > 80 ? text[..80] + "…" : text;
    }

    private static byte[] Hex(string escaped) => Convert.FromHexString(escaped.Replace("\\x", "", StringComparison.Ordinal));

    // Strings are hexadecimal, so no comma or bracket is theirs.
    private static List<string> Split(string arguments)
    {
        var parts = new List<string>();
        var (depth, start) = (0, 0);
        for (var i = 0; i < arguments.Length; i++)
        {
            depth += arguments[i] switch { '[' or '{' or '(' => 1, ']' or '}' or ')' => -1, _ => 0 };
            if (depth == 0 && arguments[i] == ',')
            {
                parts.Add(arguments[start..i].Trim());
                start = i + 1;
            }
        }
        return [.. parts, arguments[start..].Trim()];
    }

    [GeneratedRegex(@"^(\w+)\((.*)\) += (.*)$", RegexOptions.Singleline)]
    private static partial Regex Whole();

    [GeneratedRegex("""
        "((?:\\x[0-9a-f]{2})*)"(\.\.\.)?
        """)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^(\d+|AT_FDCWD)<((?:\\x[0-9a-f]{2})+)>(\(deleted\))?$")]
    private static partial Regex Descriptor();

    [GeneratedRegex(@"(?:\\x[0-9a-f]{2})+")]
    private static partial Regex Escaped();
}
