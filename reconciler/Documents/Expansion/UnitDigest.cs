using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Reconciler.Model;

namespace Reconciler.Documents.Expansion;

/// <summary>
/// The digest of a unit: what a run is keyed by. It covers resources with their specs and so the keyed digests of secrets, and leaves out what decides
/// when and whether rather than what: the maintenance flag, gates, windows, strategy, healing (design.md, "The loop").
/// </summary>
internal static class UnitDigest
{
    private const string LeftOut = "Maintenance";

    // Many servers share a spec, and it is asked for each of them in every turn that is gone through.
    private static readonly ConditionalWeakTable<ResourceSpec, byte[]> Texts = [];

    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Properties = new();

    /// <returns>Lower hex SHA-256.</returns>
    public static string Of(IEnumerable<Resource> resources) =>
        OfAll(resources.Where(resource => resource.Id.Kind != LeftOut).OrderBy(resource => resource.Id.ToString(), StringComparer.Ordinal));

    /// <summary>Of some servers of a unit by themselves.</summary>
    public static string OfPart(string unit, IEnumerable<string> servers) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{unit} {string.Join(' ', servers.Order(StringComparer.Ordinal))}")));

    /// <summary>Of one resource alone, whatever its kind: whether git moved in what it says of it.</summary>
    public static string Of(Resource resource) => OfAll([resource]);

    private static string OfAll(IEnumerable<Resource> resources)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var resource in resources)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{resource.Id}\n{string.Join(' ', resource.Reads.Select(read => read.MarkerKey))}\n"));
            hash.AppendData(Texts.GetValue(resource.Spec, TextOf));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static byte[] TextOf(ResourceSpec spec)
    {
        var text = new StringBuilder();
        Write(spec, text);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Every public property, by name and with the type that the value really has; strings with their length, so that nothing runs together.</summary>
    private static void Write(object? value, StringBuilder text)
    {
        switch (value)
        {
            case null:
                text.Append("null\n");
                break;
            case string plain:
                text.Append(plain.Length).Append(':').Append(plain).Append('\n');
                break;
            case IFormattable or bool:
                text.Append(CultureInfo.InvariantCulture, $"{value}\n");
                break;
            case IEnumerable list:
                text.Append("[\n");
                foreach (var item in list)
                    Write(item, text);
                text.Append("]\n");
                break;
            default:
                WriteProperties(value, text);
                break;
        }
    }

    private static void WriteProperties(object value, StringBuilder text)
    {
        text.Append(value.GetType().Name).Append("{\n");
        foreach (var property in Properties.GetOrAdd(value.GetType(), PropertiesOf))
        {
            text.Append(property.Name).Append('=');
            Write(property.GetValue(value), text);
        }
        text.Append("}\n");
    }

    private static PropertyInfo[] PropertiesOf(Type type) =>
    [
        .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetIndexParameters().Length == 0)
            .OrderBy(property => property.Name, StringComparer.Ordinal),
    ];
}
