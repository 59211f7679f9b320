using System.Globalization;
using Reconciler.Documents.Templates;
using Reconciler.Documents.Yaml;
using Reconciler.Model;

namespace Reconciler.Documents.Contracts;

/// <summary>Single values: the type in the contract decides what a plain scalar is, and only its plainest spelling is taken.</summary>
internal sealed class LeafCheck(ICollection<Diagnostic> diagnostics)
{
    public const string TimePattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})$";

    private static readonly string[] TimeFormats = ["yyyy-MM-ddTHH:mm:ss'Z'", "yyyy-MM-ddTHH:mm:sszzz"];

    /// <returns>Null when it is faulty in a way that nothing can be made of it.</returns>
    public Node? Check(Node node, Type type, PropertyRules rules)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (node is not ScalarNode scalar)
        {
            Report("wrong-type", node, $"{ShapeCheck.Describe(node)} stands where {Expected(type)} is expected", $"write {Expected(type)}");
            return null;
        }
        return Judge(scalar, type, rules) ? scalar : null;
    }

    /// <summary>Some value of a type, where one is needed and there is none.</summary>
    public static string Blank(Type type) => type switch
    {
        _ when type == typeof(bool) => "false",
        _ when type == typeof(int) => "1",
        _ when type == typeof(TimeSpan) => "1m",
        _ when type == typeof(DateTimeOffset) => "2000-01-01T00:00:00Z",
        _ when type.IsEnum => TypeRules.Words(type)[0],
        _ => "",
    };

    private bool Judge(ScalarNode scalar, Type type, PropertyRules rules)
    {
        if (type == typeof(string))
            return CheckText(scalar, rules);
        if (type == typeof(bool))
            return CheckBoolean(scalar);
        if (type == typeof(int))
            return CheckNumber(scalar, rules.Bounds);
        if (type == typeof(TimeSpan))
            return CheckDuration(scalar, rules.Bounds);
        if (type == typeof(DateTimeOffset))
            return CheckTime(scalar);
        return type.IsEnum ? CheckWord(scalar,
            type) : throw new InvalidOperationException($"The contracts hold {type.Name}, which nothing checks.");
    }

    /// <summary>RFC 3339 with seconds and an offset.</summary>
    public static DateTimeOffset? ParseTime(string text) =>
        DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
            out var time) ? time : null;

    /// <summary>Always true: a text of the wrong form is still a text.</summary>
    private bool CheckText(ScalarNode scalar, PropertyRules rules)
    {
        var form = Forms.Of(rules.Form ?? Form.Line);
        if (scalar.Text.Contains("{{") && !rules.Templated)
            Report("placeholder-not-here", scalar, $"{form.Show(scalar.Text)} holds a placeholder, and none is replaced here",
                "write the value itself");
        else if (scalar.Text.Contains("{{"))
            foreach (var fault in Template.Parse(scalar.Text).Faults)
                Report("bad-placeholder", scalar, fault.What, fault.Fix);
        else if (form.Judge(scalar.Text) is { } fault)
            Report("bad-value", scalar, $"{form.Show(scalar.Text)} {fault}", $"it must be {form.Allowed}");
        return true;
    }

    private bool CheckBoolean(ScalarNode scalar) => scalar is { Plain: true, Text: "true" or "false" }
        || Report("not-a-boolean", scalar, $"{Shown.Value(scalar.Text)} is not a boolean", "write true or false, without quotes");

    private bool CheckNumber(ScalarNode scalar, BoundsAttribute? bounds)
    {
        var digits = scalar.Text.StartsWith('-') ? scalar.Text.AsSpan(1) : scalar.Text;
        var plainest = scalar.Plain && digits.Length > 0 && !digits.ContainsAnyExceptInRange('0',
            '9') && (digits is "0" || digits[0] != '0') && scalar.Text != "-0";
        if (!plainest)
            return Report("not-a-number", scalar, $"{Shown.Value(scalar.Text)} is not a whole number",
                "write digits alone, without quotes, leading zero or exponent");
        var (lowest, highest) = (bounds?.Lowest ?? int.MinValue, bounds?.Highest ?? int.MaxValue);
        return (int.TryParse(scalar.Text, out var number) && number >= lowest && number <= highest)
            || Report("out-of-range", scalar, $"{Shown.Value(scalar.Text)} is out of range", $"from {lowest} to {highest}");
    }

    private bool CheckDuration(ScalarNode scalar, BoundsAttribute? bounds)
    {
        if (DurationConverter.Parse(scalar.Text) is not { } duration)
            return Report("not-a-duration", scalar, $"{Shown.Value(scalar.Text)} is not a duration",
                "write a whole number and a unit: 10s, 15m, 2h, 7d");
        return bounds is null || (duration.TotalSeconds >= bounds.Lowest && duration.TotalSeconds <= bounds.Highest)
            || Report("out-of-range", scalar, $"{Shown.Value(scalar.Text)} is out of range",
                $"from {DurationConverter.Format(TimeSpan.FromSeconds(bounds.Lowest))} to {DurationConverter.Format(TimeSpan.FromSeconds(bounds.Highest))}");
    }

    private bool CheckTime(ScalarNode scalar) => ParseTime(scalar.Text) is not null
        || Report("not-a-time", scalar, $"{Shown.Value(scalar.Text)} is not a time",
            "write RFC 3339 with seconds and offset, as 2026-03-01T02:00:00Z or 2026-03-01T02:00:00+01:00");

    private bool CheckWord(ScalarNode scalar, Type type)
    {
        var words = TypeRules.Words(type);
        if (words.Contains(scalar.Text))
            return true;
        if (TypeRules.NotYet(type).Contains(scalar.Text))
            return Report("not-in-this-version", scalar, $"`{scalar.Text}` is not in this version", $"known: {string.Join(", ", words)}");
        var guess = Nearest.To(scalar.Text, words) is { } near ? $"did you mean `{near}`? " : "";
        return Report("unknown-word", scalar, $"{Shown.Value(scalar.Text)} is not known here", $"{guess}known: {string.Join(", ", words)}");
    }

    private static string Expected(Type type) => type switch
    {
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) => "a whole number",
        _ when type == typeof(TimeSpan) => "a duration",
        _ when type == typeof(DateTimeOffset) => "a time",
        _ when type.IsEnum => $"one of {string.Join(", ", TypeRules.Words(type))}",
        _ => "a text",
    };

    private bool Report(string code, Node node, string what, string fix)
    {
        diagnostics.Add(Diagnostic.Error(code, node.Place, what, fix));
        return false;
    }
}
