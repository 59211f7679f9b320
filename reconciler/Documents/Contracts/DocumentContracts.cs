using System.Text.Json.Serialization;
using Reconciler.Documents.Kinds;

namespace Reconciler.Documents.Contracts;

/// <summary>The contracts of every document's <c>spec</c>, made at compile time: reading, checking and the JSON Schemas all follow them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    Converters = [typeof(DurationConverter)])]
[JsonSerializable(typeof(ControllerDocument))]
[JsonSerializable(typeof(EnvironmentDocument))]
[JsonSerializable(typeof(ApplicationDocument))]
[JsonSerializable(typeof(MaintenanceDocument))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, ServerEntry>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, AcknowledgementEntry>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, ServiceEntry>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, SecretFileEntry>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, SiteEntry>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, DatabaseEntry>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, PackageEntry>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, FileEntry>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, CheckEntry>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, TaskEntry>))]
internal sealed partial class DocumentContracts : JsonSerializerContext;
