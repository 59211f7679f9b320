using Reconciler.Documents.Contracts;
using Reconciler.Documents.Reading;
using Reconciler.Documents.Templates;

namespace Reconciler.Documents.Rules;

/// <summary>Placeholders in documents: every name is known wherever the text will be used, and the text has its form once the values are in.</summary>
internal static class TemplateRules
{
    public static void Check(RuleContext context, DesiredFolder folder)
    {
        if (folder is DesiredApplication application)
            CheckDocument(context, application.Application, "Application", path => ScopesOf(context, application, path));
        CheckDocument(context, folder.Services, "Services", path => context.ScopesOn(folder, folder.Services.Value[path[0]].On));
        CheckDocument(context, folder.Secrets, "Secrets", _ => [new ValueScope(context.Desired, folder as DesiredApplication, null)]);
        CheckDocument(context, folder.Databases, "Databases", _ => [new ValueScope(context.Desired, folder as DesiredApplication, null)]);
        CheckDocument(context, folder.Files, "Files", path => context.ScopesOn(folder, folder.Files.Value[path[0]].On));
        CheckDocument(context, folder.Checks, "Checks", path => context.ScopesOn(folder, folder.Checks.Value[path[0]].On));
        CheckDocument(context, folder.Tasks, "Tasks", _ => [new ValueScope(context.Desired, folder as DesiredApplication, null)]);
    }

    /// <summary>Parts belong to site templates alone, but for the one that a person's shell is for.</summary>
    /// <param name="site">The template is that of a site.</param>
    /// <param name="activates">It is that of a file of an application which has a virtualenv.</param>
    public static void RefuseParts(RuleContext context, TemplateFile file, Template template, bool site = false, bool activates = false)
    {
        foreach (var part in template.All)
        {
            if (part is Segment.Activate && !activates)
                context.Fault("bad-template", new Model.Place(file.File, part.Line, part.Column), "`{{> activate}}` cannot stand here",
                    "it belongs to a template in files.yaml of an application with `python`");
            if (part is Segment.Cover or Segment.Notice or Segment.Upstream && !site)
                context.Fault("bad-template", new Model.Place(file.File, part.Line, part.Column), "`{{> ...}}` cannot stand here",
                    "parts belong to templates of nginx sites");
        }
    }

    /// <summary>What is built or run once is the same on every server; variables and commands may differ.</summary>
    private static IEnumerable<ValueScope> ScopesOf(RuleContext context, DesiredApplication application, IReadOnlyList<string> path) =>
        path[0] switch
    {
        "environment" => context.ScopesOn(application, null),
        "notice" => context.ScopesOn(application,
            [.. application.Services.Value.Values.Where(service => service.Part == Kinds.Part.Web).SelectMany(service => service.On)])
            .Select(scope => scope.WithNotice(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "message")),
        _ => [new ValueScope(context.Desired, application, null)],
    };

    private static void CheckDocument<T>(RuleContext context, Located<T> document, string kind, Func<IReadOnlyList<string>,
        IEnumerable<ValueScope>> scopes)
    {
        if (document.Node is null)
            return;
        foreach (var value in TemplatedValue.In(document.Node, DocumentKind.Named(kind).Spec))
            CheckValue(context, value, scopes(value.Path));
    }

    /// <summary>One fault suffices: the same on twenty servers is told once.</summary>
    private static void CheckValue(RuleContext context, TemplatedValue value, IEnumerable<ValueScope> scopes)
    {
        var template = Template.Parse(value.Scalar.Text);
        if (template.All.Any(segment => segment is not (Segment.Literal or Segment.Value)))
        {
            context.Fault("bad-placeholder", value.Scalar.Place, "loops and parts cannot stand in a document",
                "put the text into a template");
            return;
        }
        var form = Forms.Of(value.Rules.Form ?? Form.Line);
        foreach (var scope in scopes)
        {
            var rendered = TemplateRenderer.Render(template, scope, Standing.Plain);
            var wrong = rendered.Faults.Count > 0 || value.Rules.Form == Form.Command ? null : form.Judge(rendered.Text);
            foreach (var fault in rendered.Faults.Where(fault => !context.IsDerived(fault)))
                context.Fault("unknown-value", value.Scalar.Place, fault.What, fault.Fix);
            if (wrong is not null)
                context.Fault("bad-value", value.Scalar.Place, $"{form.Show(rendered.Text)} {wrong}", $"it must be {form.Allowed}");
            if (wrong is not null || rendered.Faults.Count > 0)
                return;
        }
    }
}
