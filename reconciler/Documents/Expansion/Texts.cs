using Reconciler.Documents.Templates;

namespace Reconciler.Documents.Expansion;

/// <summary>Texts of one folder on one server, with the values filled in and quoted for where they stand. Faults were found when the documents were read.</summary>
internal sealed class Texts(DesiredEnvironment desired, DesiredFolder folder, string? server)
{
    private readonly ValueScope _scope = new(desired, folder as DesiredApplication, server);

    public string Plain(string text) => Render(text, Standing.Plain);

    /// <summary>A command line: each value becomes part of a word, never words.</summary>
    public string Command(string command) => Render(command, Standing.ShellWord);

    /// <summary>A notice command; when it begins is filled in at the announcement. A time needs no quotes, and may stand within those of the command.</summary>
    public string Notice(string command, Kinds.MaintenanceDocument flag) => TemplateRenderer.Render(Template.Parse(command), _scope with
    {
        Extra = new Dictionary<string, string>
        {
            ["startsAt"] = "{{startsAt}}",
            ["endsAt"] = $"{flag.EndsAt:yyyy-MM-ddTHH:mm:ssZ}",
            ["message"] = flag.Message ?? "",
        },
    }, Standing.ShellWord).Text.Replace("'{{startsAt}}'", "{{startsAt}}", StringComparison.Ordinal);

    /// <param name="template">Path in the document's folder, or in base.</param>
    public string File(string template) =>
        TemplateRenderer.Render(Template.Parse(Read(template)), _scope, Standing.Plain, TemplateParts.None with
        {
            Activate = folder is DesiredApplication application ? RuntimeExpansion.ActivationOf(application.Application.Value, this) : "",
        }).Text;

    /// <summary>A page of the cover, which may say what the flag says.</summary>
    public string Page(string template, IReadOnlyDictionary<string, string> flag) =>
        TemplateRenderer.Render(Template.Parse(Read(template)), _scope with { Extra = flag }, Standing.Html).Text;

    /// <summary>A secrets file of <c>format: template</c>: <c>{{secrets.KEY}}</c> is known in it, and nowhere else.</summary>
    public string Secrets(string template, IReadOnlyDictionary<string, string> values) =>
        TemplateRenderer.Render(Template.Parse(Read(template)), _scope with { Extra = values.ToDictionary(value => $"secrets.{value.Key}", value => value.Value) }, Standing.Plain).Text;

    /// <summary>A site's template, not sealed yet.</summary>
    public string Site(string text, string cover) => TemplateRenderer.Render(Template.Parse(text), _scope, Standing.NginxToken,
        new TemplateParts(cover)
        {
            Notice = Resources.NginxSite.CoverPartial.RenderNotice(folder.Name),
            DownAt = Resources.NginxSite.SealedSite.DownAt,
        }).Text;

    /// <summary>Names of the values that a template uses.</summary>
    public static IEnumerable<string> ValuesIn(string text) => Template.Parse(text).All.OfType<Segment.Value>().Select(value => value.Name).Distinct();

    /// <summary>Whether a site's template has the part that nginx puts the notice into.</summary>
    public static bool HasNotice(string text) => Template.Parse(text).All.Any(segment => segment is Segment.Notice);

    /// <summary>What a banner says, but for the times.</summary>
    public string Banner(string text, string? message) => TemplateRenderer.Render(Template.Parse(text), _scope with
    {
        Extra = new Dictionary<string, string> { ["startsAt"] = "{{startsAt}}", ["endsAt"] = "{{endsAt}}", ["message"] = message ?? "" },
    }, Standing.Plain).Text;

    /// <exception cref="InvalidOperationException">It is not there, which reading the documents should have said.</exception>
    public string Read(string template) =>
        desired.ReadTemplate(folder.Name, template)?.Text ?? throw new InvalidOperationException($"There is no template {folder.Name}/{template}.");

    /// <summary>A value by name; null when there is none.</summary>
    public string? Value(string name) => _scope.Find(name);

    private string Render(string text, Standing standing) => TemplateRenderer.Render(Template.Parse(text), _scope, standing).Text;
}
