namespace Reconciler.Documents.Templates;

/// <summary>A piece of a template. There is no logic: only values, a loop over the servers of a role, and four parts that the program fills in.</summary>
/// <param name="Line">From 1, within the template.</param>
/// <param name="Column">From 1.</param>
internal abstract record Segment(int Line, int Column)
{
    public sealed record Literal(int Line, int Column, string Text) : Segment(Line, Column);

    /// <summary><c>{{name}}</c>.</summary>
    public sealed record Value(int Line, int Column, string Name) : Segment(Line, Column);

    /// <summary><c>{{#each servers.ROLE}}...{{/each}}</c>.</summary>
    public sealed record Each(int Line, int Column, string Role, IReadOnlyList<Segment> Body) : Segment(Line, Column);

    /// <summary><c>{{> cover}}</c>.</summary>
    /// <param name="Indent">Spaces before it, given to every line of the part.</param>
    public sealed record Cover(int Line, int Column, string Indent) : Segment(Line, Column);

    /// <summary><c>{{> notice}}</c>.</summary>
    /// <param name="Indent">As for the cover.</param>
    public sealed record Notice(int Line, int Column, string Indent) : Segment(Line, Column);

    /// <summary><c>{{> activate}}</c>.</summary>
    /// <param name="Indent">As for the cover.</param>
    public sealed record Activate(int Line, int Column, string Indent) : Segment(Line, Column);

    /// <summary><c>{{> upstream role="web" port=8000}}</c>.</summary>
    public sealed record Upstream(int Line, int Column, string Role, int Port, string Indent) : Segment(Line, Column);
}

/// <summary>What is wrong in a template, at a line and column of it.</summary>
/// <param name="Undefined">What it names is nowhere declared; no fault of its own while another document cannot be read.</param>
internal sealed record TemplateFault(int Line, int Column, string What, string Fix, bool Undefined = false);
