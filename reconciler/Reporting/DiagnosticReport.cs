using Reconciler.Model;

namespace Reconciler.Reporting;

/// <summary>A diagnostic in JSON.</summary>
internal sealed record DiagnosticReport(string Severity, string Code, string File, int Line, int Column, string What, string Fix)
{
    public static DiagnosticReport Of(Diagnostic diagnostic) => new($"{diagnostic.Severity}".ToLowerInvariant(), diagnostic.Code,
        diagnostic.Place.File, diagnostic.Place.Line, diagnostic.Place.Column, diagnostic.What, diagnostic.Fix);

    /// <summary>As <see cref="Diagnostic.ToString"/>.</summary>
    public override string ToString() => $"{(Severity == "warning" ? "warning: " : "")}{Code} {new Place(File, Line, Column)}: {What}; {Fix}";
}
