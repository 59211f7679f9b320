using Reconciler.Documents.Yaml;
using Reconciler.Model;

namespace Reconciler.Documents.Reading;

/// <summary>One file that holds a document, checked by itself.</summary>
/// <param name="Folder"><c>base/host</c>, <c>production</c>, <c>production/coralnet</c>.</param>
/// <param name="Spec">Mended; null when it could not be read at all.</param>
/// <param name="FaultyEntries">Keys of the spec in which diagnostics stand.</param>
internal sealed record DocumentFile(DocumentKind Kind, string Folder, MapNode? Spec, Place Place, IReadOnlySet<string> FaultyEntries);
