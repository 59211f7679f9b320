using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Reconciler.Tests.Secrets.Aws;

/// <summary>A published service model (Debian's python3-botocore ships them): what a request or an answer of an operation must look like.</summary>
internal sealed class ServiceModel(string service, string version)
{
    private readonly JsonElement _model = JsonDocument.Parse(
        File.ReadAllText($"/usr/lib/python3/dist-packages/botocore/data/{service}/{version}/service-2.json")).RootElement;

    public string TargetPrefix => _model.GetProperty("metadata").GetProperty("targetPrefix").GetString()!;

    public string ContentType => $"application/x-amz-json-{_model.GetProperty("metadata").GetProperty("jsonVersion").GetString()}";

    public bool Knows(string operation) => _model.GetProperty("operations").TryGetProperty(operation, out _);

    /// <summary>The names of the errors that an operation may answer with.</summary>
    public IReadOnlyList<string> ErrorsOf(string operation) =>
        [.. Operation(operation).GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("shape").GetString()!)];

    /// <returns>What is wrong with it, each with its place; nothing when it is as the model says.</returns>
    public IReadOnlyList<string> FaultsOfRequest(string operation, JsonElement request) =>
        [.. Faults(Operation(operation).GetProperty("input").GetProperty("shape").GetString()!, request, operation)];

    /// <inheritdoc cref="FaultsOfRequest"/>
    public IReadOnlyList<string> FaultsOfAnswer(string operation, JsonElement answer) =>
        [.. Faults(Operation(operation).GetProperty("output").GetProperty("shape").GetString()!, answer, operation)];

    private JsonElement Operation(string name) => _model.GetProperty("operations").GetProperty(name);

    private IEnumerable<string> Faults(string name, JsonElement value, string at)
    {
        var shape = _model.GetProperty("shapes").GetProperty(name);
        return shape.GetProperty("type").GetString() switch
        {
            "structure" => Structure(shape, value, at),
            "list" => value.ValueKind != JsonValueKind.Array ? [$"{at}: no list"] : Size(shape, value.GetArrayLength(), at)
                .Concat(value.EnumerateArray().SelectMany((each, i) =>
                    Faults(shape.GetProperty("member").GetProperty("shape").GetString()!, each, $"{at}[{i}]"))),
            "map" => value.ValueKind != JsonValueKind.Object ? [$"{at}: no map"] : value.EnumerateObject()
                .SelectMany(each => Faults(shape.GetProperty("value").GetProperty("shape").GetString()!, each.Value, $"{at}.{each.Name}")),
            "string" => value.ValueKind != JsonValueKind.String ? [$"{at}: no text"] : Text(shape, value.GetString()!, at),
            "blob" => value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out _) ? [] : [$"{at}: no base64"],
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? [] : [$"{at}: neither true nor false"],
            "timestamp" or "integer" or "long" or "double" => value.ValueKind == JsonValueKind.Number ? [] : [$"{at}: no number"],
            var other => [$"{at}: a {other} was not expected"],
        };
    }

    private IEnumerable<string> Structure(JsonElement shape, JsonElement value, string at)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return [$"{at}: no object"];
        var members = shape.GetProperty("members");
        var required = shape.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(each => each.GetString()!) : [];
        return required.Where(each => !value.TryGetProperty(each, out _)).Select(each => $"{at}: {each} is missing").Concat(
            value.EnumerateObject().SelectMany(each => members.TryGetProperty(each.Name, out var member)
                ? Faults(member.GetProperty("shape").GetString()!, each.Value, $"{at}.{each.Name}")
                : [$"{at}: {each.Name} is unknown"]));
    }

    private static IEnumerable<string> Text(JsonElement shape, string text, string at)
    {
        if (shape.TryGetProperty("enum", out var words) && !words.EnumerateArray().Any(word => word.GetString() == text))
            yield return $"{at}: none of the words";
        if (shape.TryGetProperty("pattern", out var pattern) && !Regex.IsMatch(text, $"^(?:{pattern.GetString()})$"))
            yield return $"{at}: not as {pattern.GetString()}";
        foreach (var fault in Size(shape, Encoding.UTF8.GetByteCount(text), at))
            yield return fault;
    }

    private static IEnumerable<string> Size(JsonElement shape, int size, string at) =>
        (shape.TryGetProperty("min", out var min) && size < min.GetInt64()) || (shape.TryGetProperty("max", out var max) && size > max.GetInt64())
            ? [$"{at}: {size} long"]
            : [];
}
