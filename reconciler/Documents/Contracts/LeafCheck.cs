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

    public void Check(Node node, Type type, PropertyRules rules)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (node is not ScalarNode scalar)
            Report("wrong-type", node, $"{ShapeCheck.Describe(node)} stands where {Expected(type)} is expected", $"write {Expected(type)}");
        else if (type == typeof(string))
            CheckText(scalar, rules);
        else if (type == typeof(bool))
            CheckBoolean(scalar);
        else if (type == typeof(int))
            CheckNumber(scalar, rules.Bounds);
        else if (type == typeof(TimeSpan))
            CheckDuration(scalar, rules.Bounds);
        else if (type == typeof(DateTimeOffset))
            CheckTime(scalar);
        else if (type.IsEnum)
            CheckWord(scalar, type);
        else
            throw new InvalidOperationException($"The contracts hold {type.Name}, which nothing checks.");
    }

    /// <summary>RFC 3339 with seconds and an offset.</summary>
    public static DateTimeOffset? ParseTime(string text) =>
        DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private void CheckText(ScalarNode scalar, PropertyRules rules)
    {
        var form = Forms.Of(rules.Form ?? Form.Line);
        if (scalar.Text.Contains("{{") && !rules.Templated)
            Report("placeholder-not-here", scalar, $"{Shown.Value(scalar.Text)} holds a placeholder, and none is replaced here", "write the value itself");
        else if (scalar.Text.Contains("{{"))
            foreach (var fault in Template.Parse(scalar.Text).Faults)
                diagnostics.Add(Diagnostic.Error("bad-placeholder", scalar.Place, $"{Shown.Value(scalar.Text)}: {fault.What}", fault.Fix));
        else if (form.Judge(scalar.Text) is { } fault)
            Report("bad-value", scalar, $"{Shown.Value(scalar.Text)} {fault}", $"it must be {form.Allowed}");
    }

    private void CheckBoolean(ScalarNode scalar)
    {
        if (scalar is not { Plain: true, Text: "true" or "false" })
            Report("not-a-boolean", scalar, $"{Shown.Value(scalar.Text)} is not a boolean", "write true or false, without quotes");
    }

    private void CheckNumber(ScalarNode scalar, BoundsAttribute? bounds)
    {
        var digits = scalar.Text.StartsWith('-') ? scalar.Text.AsSpan(1) : scalar.Text;
        var plainest = scalar.Plain && digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9') && (digits is "0" || digits[0] != '0') && scalar.Text != "-0";
        if (!plainest)
            Report("not-a-number", scalar, $"{Shown.Value(scalar.Text)} is not a whole number", "write digits alone, without quotes, leading zero or exponent");
        else if (!int.TryParse(scalar.Text, out var number) || (bounds is not null && (number < bounds.Lowest || number > bounds.Highest)))
            Report("out-of-range", scalar, $"{Shown.Value(scalar.Text)} is out of range", $"from {bounds?.Lowest ?? int.MinValue} to {bounds?.Highest ?? int.MaxValue}");
    }

    private void CheckDuration(ScalarNode scalar, BoundsAttribute? bounds)
    {
        if (DurationConverter.Parse(scalar.Text) is not { } duration)
            Report("not-a-duration", scalar, $"{Shown.Value(scalar.Text)} is not a duration", "write a whole number and a unit: 10s, 15m, 2h, 7d");
        else if (bounds is not null && (duration.TotalSeconds < bounds.Lowest || duration.TotalSeconds > bounds.Highest))
            Report("out-of-range", scalar, $"{Shown.Value(scalar.Text)} is out of range",
                $"from {DurationConverter.Format(TimeSpan.FromSeconds(bounds.Lowest))} to {DurationConverter.Format(TimeSpan.FromSeconds(bounds.Highest))}");
    }

    private void CheckTime(ScalarNode scalar)
    {
        if (ParseTime(scalar.Text) is null)
            Report("not-a-time", scalar, $"{Shown.Value(scalar.Text)} is not a time", "write RFC 3339 with seconds and offset, as 2026-03-01T02:00:00Z or 2026-03-01T02:00:00+01:00");
    }

    private void CheckWord(ScalarNode scalar, Type type)
    {
        var words = TypeRules.Words(type);
        if (TypeRules.NotYet(type).Contains(scalar.Text))
            Report("not-in-this-version", scalar, $"`{scalar.Text}` is not in this version", $"known: {string.Join(", ", words)}");
        else if (!words.Contains(scalar.Text))
            Report("unknown-word", scalar, $"{Shown.Value(scalar.Text)} is not known here",
                Nearest.To(scalar.Text, words) is { } near ? $"did you mean `{near}`? known: {string.Join(", ", words)}" : $"known: {string.Join(", ", words)}");
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

    private void Report(string code, Node node, string what, string fix) => diagnostics.Add(Diagnostic.Error(code, node.Place, what, fix));
}
