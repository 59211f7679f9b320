using Reconciler.Model;

namespace Reconciler.Documents.Rules;

/// <summary>Takes the faults that rules find. Where a file was found faulty by itself, no second fault is added: it would follow from the first.</summary>
internal sealed class Faults(List<Diagnostic> diagnostics)
{
    private readonly HashSet<Place> _known = [.. diagnostics.Where(diagnostic => diagnostic.Place.Line > 0)
        .Select(diagnostic => diagnostic.Place)];

    public void Add(string code, Place place, string what, string fix)
    {
        if (!_known.Contains(place))
            diagnostics.Add(Diagnostic.Error(code, place, what, fix));
    }

    public void Warn(string code, Place place, string what, string fix)
    {
        if (!_known.Contains(place))
            diagnostics.Add(new(Severity.Warning, code, place, what, fix));
    }
}
