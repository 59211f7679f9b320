namespace Reconciler.Documents.Templates;

/// <summary>A parsed template; <see cref="Faults"/> says what in it could not be understood.</summary>
internal sealed record Template(IReadOnlyList<Segment> Segments, IReadOnlyList<TemplateFault> Faults)
{
    public static Template Parse(string text) => new TemplateParser(text).Parse();

    /// <summary>Names of the values that it uses, those within loops too.</summary>
    public IEnumerable<Segment> All =>
        Segments.SelectMany(segment => segment is Segment.Each each ? [each, .. each.Body] : new[] { segment });
}
