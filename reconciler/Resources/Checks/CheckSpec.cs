using Reconciler.Model;

namespace Reconciler.Resources.Checks;

/// <summary>One page that must answer, asked on one server at its application server, through nginx, or both.</summary>
/// <param name="Path">With its query, as <c>/annotate?x=1</c>.</param>
/// <param name="Status">The wanted HTTP status.</param>
/// <param name="Contains">One line of text that the body must hold within its first 256 KiB, or null.</param>
/// <param name="ApplicationServer">Where the application itself listens, or null.</param>
/// <param name="Nginx">Where nginx listens for the site, or null.</param>
/// <param name="CheckToken">Of the site's cover, so that the page can be looked at while it is up; null when the site has none.</param>
internal sealed record CheckSpec(
    string Application, string Name, string Path, int Status, string? Contains, PageTarget? ApplicationServer, PageTarget? Nginx, string? CheckToken)
    : ResourceSpec
{
    /// <summary>
    /// Sent to the application server, which believes what nginx would tell it: <c>X-Forwarded-Proto: https</c> where the site has TLS, or Django's
    /// <c>SECURE_SSL_REDIRECT</c> answers 301.
    /// </summary>
    public ValueList<KeyValuePair<string, string>> ApplicationHeaders { get; init; } = [];

    /// <summary>When this page answers, the web service is up, and workers may start: one page of each server tells.</summary>
    public bool TellsReadiness { get; init; }
}
