using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace Reconciler.Journaling;

/// <summary>libpq's two ways to write an address (PostgreSQL, "34.1.1. Connection Strings") as Npgsql writes it.</summary>
internal static partial class PostgresUri
{
    /// <summary>Where Npgsql has another word for it.</summary>
    private static readonly Dictionary<string, string> Words = new()
    {
        ["dbname"] = "Database", ["user"] = "Username", ["sslmode"] = "SSL Mode", ["sslrootcert"] = "Root Certificate", ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key", ["target_session_attrs"] = "Target Session Attributes", ["options"] = "Options", ["host"] = "Host", ["port"] = "Port",
        ["password"] = "Password", ["passfile"] = "Passfile", ["application_name"] = "Application Name",
    };

    /// <exception cref="ArgumentException">A word is not known.</exception>
    /// <exception cref="FormatException">It is no URI.</exception>
    public static string ToKeywords(string text)
    {
        if (text.StartsWith("postgresql://", StringComparison.Ordinal) || text.StartsWith("postgres://", StringComparison.Ordinal))
            return OfUri(Uri().Match(text) is { Success: true } match ? match : throw new FormatException());
        var pairs = Pair().Matches(text);
        return text.Contains(';') || pairs.Count == 0 || pairs.Sum(pair => pair.Length) != text.Length ? text
            : Joined(pairs.Select(pair => (pair.Groups["word"].Value, Unquoted(pair.Groups["value"].Value))));
    }

    private static string OfUri(Match uri)
    {
        var pairs = new List<(string, string)>();
        foreach (var (group, word) in new[] { ("user", "user"), ("password", "password"), ("host", "host"), ("port", "port"), ("database", "dbname") })
            if (uri.Groups[group] is { Length: > 0 } part)
                pairs.Add((word, System.Uri.UnescapeDataString(part.Value)));
        foreach (var pair in uri.Groups["more"].Value.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)))
            pairs.Add((pair[0], pair.Length == 2 ? System.Uri.UnescapeDataString(pair[1]) : ""));
        return Joined(pairs);
    }

    private static string Joined(IEnumerable<(string Word, string Value)> pairs)
    {
        var how = new NpgsqlConnectionStringBuilder();
        foreach (var (word, value) in pairs)
            // Npgsql spells verify-full and read-write without the hyphen, or with: VerifyFull, read-write.
            how[Words.TryGetValue(word, out var known) ? known : throw new ArgumentException(word)] =
                word == "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        return how.ConnectionString;
    }

    private static string Unquoted(string value)
    {
        if (value is not ['\'', .., '\''])
            return value;
        var plain = new StringBuilder();
        for (var i = 1; i < value.Length - 1; i++)
            plain.Append(value[i] == '\\' ? value[++i] : value[i]);
        return plain.ToString();
    }

    [GeneratedRegex(@"^postgres(?:ql)?://(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<host>\[[^\]]+\]|[^:/?]*)(?::(?<port>\d+))?(?:/(?<database>[^?]*))?(?:\?(?<more>.*))?$")]
    private static partial Regex Uri();

    [GeneratedRegex(@"\G\s*(?<word>[a-z_]+)\s*=\s*(?<value>'(?:[^'\\]|\\.)*'|[^\s']\S*)\s*")]
    private static partial Regex Pair();
}
