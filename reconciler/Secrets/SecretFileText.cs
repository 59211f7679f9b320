using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Reconciler.Secrets;

/// <summary>Makes the bytes of a secrets file. The same values give the same bytes: keys stand in ordinal order.</summary>
internal static class SecretFileText
{
    /// <returns>Null when there is a fault, which then is in <paramref name="faults"/>.</returns>
    public static SecretValue? Render(SecretFileDeclaration file, IReadOnlyDictionary<string, ResolvedValue> values, List<SecretFault> faults) => file.Format switch
    {
        SecretFormat.Json => Json(values),
        SecretFormat.Dotenv => Lines(values, faults, SecretLiteral.Dotenv),
        SecretFormat.Python => Lines(values, faults, SecretLiteral.Python),
        SecretFormat.Template => Template(file, values, faults),
        _ => throw new ArgumentOutOfRangeException(nameof(file), file.Format, "This format has no keys."),
    };

    private static SecretValue Json(IReadOnlyDictionary<string, ResolvedValue> values)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            foreach (var (key, value) in values)
            {
                writer.WritePropertyName(key);
                if (value.Kind == JsonValueKind.String)
                    writer.WriteStringValue(value.Text);
                else
                    Rewrite(value.Text, writer);
            }
            writer.WriteEndObject();
        }
        bytes.WriteByte((byte)'\n');
        return new SecretValue(bytes.ToArray());
    }

    /// <summary>Laid out anew, so that only another value makes another file.</summary>
    private static void Rewrite(string json, Utf8JsonWriter writer)
    {
        using var document = JsonDocument.Parse(json);
        document.RootElement.WriteTo(writer);
    }

    private static SecretValue? Lines(IReadOnlyDictionary<string, ResolvedValue> values, List<SecretFault> faults, Func<string, ResolvedValue, SecretLiteral> literal)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in values)
        {
            var line = literal(key, value);
            if (line.Fault is { } fault)
                faults.Add(new SecretFault(key, value.From, SecretFaultReason.WrongFormat, $"The key {key}, from {value.From}, {fault}."));
            text.Append(line.Line).Append('\n');
        }
        return faults.Count == 0 ? new SecretValue(text.ToString()) : null;
    }

    private static SecretValue? Template(SecretFileDeclaration file, IReadOnlyDictionary<string, ResolvedValue> values, List<SecretFault> faults)
    {
        var sentence = $"The secrets file {file.Reference.Name} has format template and no template; add 'template'.";
        try
        {
            if (file.Template is { } template)
                return new SecretValue(template(values.ToDictionary(entry => entry.Key, entry => entry.Value.Text)));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            sentence = $"The template of the secrets file {file.Reference.Name} cannot be rendered ({e.GetType().Name}; its message is not shown, for it might hold a value).";
        }
        faults.Add(new SecretFault(null, file.From, SecretFaultReason.Declaration, sentence));
        return null;
    }
}
