namespace Reconciler.Model;

/// <summary>Where something stands in the desired-state repository. Lines and columns count from 1; 0 means the whole file.</summary>
internal sealed record Place(string File, int Line, int Column)
{
    public static Place Of(string file) => new(file, 0, 0);

    /// <summary><c>file:line:column</c>, or the file alone.</summary>
    public override string ToString() => Line == 0 ? File : $"{File}:{Line}:{Column}";
}

internal enum Severity
{
    Warning,
    Error,
}

/// <summary>A fault that a person can act on: severity, place, what is wrong, what would fix it.</summary>
/// <param name="Code">Short and stable: <c>unknown-key</c>.</param>
internal sealed record Diagnostic(Severity Severity, string Code, Place Place, string What, string Fix)
{
    public static Diagnostic Error(string code, Place place, string what, string fix) => new(Severity.Error, code, place, what, fix);

    /// <summary><c>CODE file:line:column: what is wrong; what is allowed</c>; a warning says that it is one.</summary>
    public override string ToString() => $"{(Severity == Severity.Warning ? "warning: " : "")}{Code} {Place}: {What}; {Fix}";
}
