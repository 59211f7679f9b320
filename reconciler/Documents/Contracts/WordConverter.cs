using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reconciler.Documents.Contracts;

/// <summary>Enums are words in camel case, never numbers.</summary>
internal sealed class WordConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
