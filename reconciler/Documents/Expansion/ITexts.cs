using Reconciler.Model;

namespace Reconciler.Documents.Expansion;

/// <summary>Texts of one application (or of the host) on one server, with the values filled in and quoted for where they stand.</summary>
internal interface ITexts
{
    string Plain(string text);

    /// <summary>A command line: each value becomes part of a word, never words.</summary>
    string Command(string command);

    /// <param name="template">Path in the document's folder, or in base.</param>
    string File(string template);

    /// <summary>A site's template, with <c>{{> cover}}</c> replaced.</summary>
    string Site(string template, string cover);

    /// <summary>A configuration that comes with the program.</summary>
    string Preset(string preset, string cover);

    /// <summary>A value by name; null when there is none.</summary>
    string? Value(string name);

    /// <summary>The place of an entry of a document, as <c>services.gunicorn</c>.</summary>
    Place PlaceOf(string document, string entry);
}
