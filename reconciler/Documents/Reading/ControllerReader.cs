using Reconciler.Documents.Contracts;
using Reconciler.Documents.Kinds;
using Reconciler.Model;

namespace Reconciler.Documents.Reading;

/// <summary>The controller's own settings, read as strictly as the desired state.</summary>
internal static class ControllerReader
{
    /// <summary>What <c>metadata.name</c> must be: there is one controller.</summary>
    public const string Name = "controller";

    /// <param name="file">As it is to be called in a <see cref="Place"/>.</param>
    /// <returns>Null when there is any fault; all are told at once.</returns>
    public static Located<ControllerDocument>? Read(string file, ReadOnlySpan<byte> content, ICollection<Diagnostic> diagnostics)
    {
        var kind = DocumentKind.Controller;
        var found = new List<Diagnostic>();
        var document = new EnvelopeReader(found).Read(file, "", Name, kind, content);
        if (document.Spec is { } spec)
            Completeness.Check(spec, kind.Spec, spec.Place, "spec", found);
        foreach (var fault in found.OrderBy(fault => fault.Place.Line).ThenBy(fault => fault.Place.Column))
            diagnostics.Add(fault);
        return found.Count > 0 || document.Spec is null
            ? null
            : new(Binder.Bind<ControllerDocument>(document.Spec), document.Spec, document.Place, document.FaultyEntries, unreadable: false);
    }
}
