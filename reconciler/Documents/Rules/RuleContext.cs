using Reconciler.Documents.Contracts;
using Reconciler.Documents.Reading;
using Reconciler.Documents.Templates;
using Reconciler.Documents.Yaml;
using Reconciler.Model;

namespace Reconciler.Documents.Rules;

/// <summary>One environment, and where its faults go.</summary>
internal sealed class RuleContext(DesiredEnvironment desired, ReadOptions options, Faults faults)
{
    private readonly HashSet<string> _roles = [.. desired.Servers.Value.Values.SelectMany(server => server.Roles)];

    public DesiredEnvironment Desired => desired;

    public ReadOptions Options => options;

    public IReadOnlyCollection<string> Roles => _roles;

    public void Fault(string code, Place place, string what, string fix) => faults.Add(code, place, what, fix);

    /// <summary>Worth saying, but no reason to refuse the commit.</summary>
    public void Warn(string code, Place place, string what, string fix) => faults.Warn(code, place, what, fix);

    /// <summary>Every role and server that <c>on</c> names exists.</summary>
    /// <param name="path">Of the list.</param>
    public void CheckOn<T>(Located<T> document, IReadOnlyList<string>? on, params string[] path)
    {
        for (var i = 0; i < on?.Count; i++)
            if (!_roles.Contains(on[i]) && !desired.Servers.Value.ContainsKey(on[i]) && !desired.Servers.Faulty)
                Fault("unknown-role", document.PlaceOf([.. path, $"{i}"]), $"no server has the role or name {Shown.Value(on[i])}",
                    Nearest.Hint(on[i], [.. _roles, .. desired.Servers.Value.Keys]));
    }

    /// <summary>The template, when it is there and can be read.</summary>
    public Template? ReadTemplate(string folder, string path, Place origin, out TemplateFile? file)
    {
        file = Forms.Of(Form.RelativePath).Judge(path) is null ? desired.ReadTemplate(folder, path) : null;
        if (file is null)
        {
            Fault("template-not-found", origin, $"there is no file {Shown.Value(path)}",
                $"looked for in {desired.Name}/{folder}/ and base/{folder}/");
            return null;
        }
        var found = new List<Diagnostic>();
        var text = SourceText.Read(file.File, file.Content.Span, tabs: true, found);
        foreach (var fault in found)
            Fault(fault.Code, fault.Place, fault.What, fault.Fix);
        if (text is null)
            return null;
        var template = Template.Parse(text);
        CheckTemplate(file, template.Faults);
        return template with { Faults = [] };
    }

    public void CheckTemplate(TemplateFile file, IEnumerable<TemplateFault> found)
    {
        foreach (var fault in found.Where(fault => !IsDerived(fault)))
            Fault("bad-template", new Place(file.File, fault.Line, fault.Column), fault.What, fault.Fix);
    }

    /// <summary>What is undefined may be defined just where another fault stands: that one is told alone.</summary>
    public bool IsDerived(TemplateFault fault) => fault.Undefined && _valuesFaulty;

    private readonly bool _valuesFaulty = desired.Environment.MayLack("values") || desired.Servers.Unreadable
        || desired.Applications.Values.Any(application => application.Application.MayLack("values"));

    /// <summary>Exactly one of several keys is written.</summary>
    public void CheckOneOf<T>(Located<T> document, string name, params (string Key, bool Set)[] keys)
    {
        var set = keys.Where(key => key.Set).Select(key => key.Key).ToList();
        var all = string.Join(", ", keys.Select(key => $"`{key.Key}`"));
        if (set.Count == 0 && !document.IsFaulty(name))
            Fault("missing-key", document.KeyPlaceOf(name), $"{Shown.Value(name)} has none of {all}", "write exactly one of them");
        foreach (var key in set.Skip(1))
            Fault("excluding-keys", document.KeyPlaceOf(name, key), $"`{key}` stands beside `{set[0]}`", $"write exactly one of {all}");
    }

    /// <summary>A key is written only where it has a meaning.</summary>
    public void CheckOnlyWith<T>(Located<T> document, string name, string key, bool set, bool allowed, string with)
    {
        if (set && !allowed)
            Fault("key-without-meaning", document.KeyPlaceOf(name, key), $"`{key}` means nothing here", $"it goes with {with}; remove it");
    }

    /// <summary>Every server, or the ones of <paramref name="on"/>, as points at which values are looked up.</summary>
    public IEnumerable<ValueScope> ScopesOn(DesiredFolder folder, IReadOnlyList<string>? on) =>
        desired.ServersOn(on).Select(server => new ValueScope(desired, folder as DesiredApplication, server));
}
