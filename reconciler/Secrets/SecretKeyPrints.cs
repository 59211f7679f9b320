using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Reconciler.Model;

namespace Reconciler.Secrets;

/// <summary>
/// A digest for each key of a secrets file, made here of the wanted file and on the server, by <see cref="Script"/>, of the one that is
/// there: so it can be said which keys differ while no value leaves either. Each comparison has a key of chance of its own, so that the
/// digests say nothing elsewhere.
/// </summary>
internal static partial class SecretKeyPrints
{
    /// <summary>By key; null for formats that have none.</summary>
    public static IReadOnlyDictionary<string, string>? Of(ResolvedSecretFile file, string nonce)
    {
        var content = file.Content.Reveal();
        return file.Format switch
        {
            SecretFormat.Json => JsonDocument.Parse(content.ToArray()).RootElement.EnumerateObject()
                .ToDictionary(key => key.Name, key => Print(nonce, key.Name, Canonical(key.Value))),
            SecretFormat.Dotenv or SecretFormat.Python => Line().Matches(Encoding.UTF8.GetString(content))
                .GroupBy(line => line.Groups[1].Value)
                .ToDictionary(key => key.Key, key => Print(nonce, key.Key, key.Last().Groups[2].Value)),
            _ => null,
        };
    }

    /// <summary>
    /// Lines <c>key NAME DIGEST</c> and at the end <c>end</c>; <c>broken</c> where the file is not of its format. For the file's owner,
    /// as whom it runs.
    /// </summary>
    public static string Script(SecretFormat format, string path, string nonce) => $$"""
        python3 -I - {{Shell.Quote(path)}} <<'PYTHON'
        import hashlib, json, re, sys
        class Number(str): pass
        def canonical(v):
            if isinstance(v, Number): return 'n' + v
            if isinstance(v, str): return 's%d:%s' % (len(v.encode('utf-8', 'replace')), v)
            if v is None: return 'z'
            if isinstance(v, bool): return 't' if v else 'f'
            if isinstance(v, list): return '[' + ','.join(canonical(one) for one in v) + ']'
            return '{' + ','.join(canonical(k) + canonical(v[k]) for k in sorted(v)) + '}'
        try:
            text = open(sys.argv[1], encoding='utf-8', errors='replace', newline='').read(1048576)
        except OSError:
            sys.exit(print('unreadable'))
        try:
            if {{(format == SecretFormat.Json ? "True" : "False")}}:
                read = json.loads(text, parse_int=Number, parse_float=Number, parse_constant=Number)
                keys = {k: canonical(v) for k, v in read.items()}
            else:
                keys = dict(re.findall(r'(?m)^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(.*?)[ \t\r]*$', text))
        except (ValueError, AttributeError):
            sys.exit(print('broken'))
        for name, value in keys.items():
            whole = '{{nonce}}\0' + name + '\0' + value
            print('key', json.dumps(name), hashlib.sha256(whole.encode('utf-8', 'replace')).hexdigest())
        print('end')
        PYTHON
        """;

    private static string Print(string nonce, string key, string value) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{nonce}\0{key}\0{value}")));

    private static string Canonical(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => $"n{value.GetRawText()}",
        JsonValueKind.String => $"s{Encoding.UTF8.GetByteCount(value.GetString()!)}:{value.GetString()}",
        JsonValueKind.True => "t",
        JsonValueKind.False => "f",
        JsonValueKind.Array => $"[{string.Join(',', value.EnumerateArray().Select(Canonical))}]",
        JsonValueKind.Object => "{" + string.Join(',', value.EnumerateObject().OrderBy(key => key.Name, StringComparer.Ordinal)
            .Select(key => $"s{Encoding.UTF8.GetByteCount(key.Name)}:{key.Name}{Canonical(key.Value)}")) + "}",
        _ => "z",
    };

    [GeneratedRegex(@"^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(.*?)[ \t\r]*$", RegexOptions.Multiline)]
    private static partial Regex Line();
}
