using Reconciler.Documents.Contracts;

namespace Reconciler.Importing;

/// <summary>application.yaml and maintenance.yaml.</summary>
internal static class ApplicationDraft
{
    public static void Write(Draft draft)
    {
        var (found, checkout) = (draft.Found, draft.Found.Checkout);
        draft.Database = HostDraft.DatabaseOf(draft);
        var document = draft.OfApplication("Application");
        document.Add("spec:");
        document.Add($"  path: {YamlDraft.Of(checkout.Path)}", "the git checkout in which its processes run");
        document.Add($"  user: {found.User}",
            $"guessed from {found.Services.Select(service => service.Found.From).FirstOrDefault() ?? "--user"}");
        Code(draft, document);
        Python(found, document);
        Django(draft, document);
        if (draft.Database is { } database)
            document.Add($"  database: {database}");
        Variables(draft, document);
        if (found.Domain is { } domain)
            document.Add($"  values: {{domain: {YamlDraft.Of(domain)}}}", $"server_name at {found.Site!.File.Path}");
        draft.AddOfApplication("application.yaml", document);

        var flag = draft.OfApplication("Maintenance");
        flag.Add("spec: {enabled: false}");
        draft.AddOfApplication("maintenance.yaml", flag);
    }

    private static void Code(Draft draft, YamlDraft document)
    {
        var (found, checkout) = (draft.Found, draft.Found.Checkout);
        var branches = checkout.Branch is { } branch
            && (checkout.OnBranches.Contains(branch) || checkout.OnBranches.Count == 0) ? [branch]
            : checkout.OnBranches.Take(1).DefaultIfEmpty("main").ToList();
        document.Add("  code:");
        document.Add($"    repository: {YamlDraft.Of(checkout.Remote!)}", $"remote origin of {checkout.Path}; the "
            + $"controller fetches from it");
        document.Add($"    branches: {YamlDraft.List(branches)}", checkout.Branch is null
            ? "guessed: a branch that holds the commit" : "the branch that is checked out");
        document.Add($"    commit: {YamlDraft.Of(checkout.Head!)}", "HEAD of the checkout; changing this line is a deploy");
        if (checkout.HadCredentials)
            draft.LeftAlone.Add(new($"the password or token in the URL of {checkout.Path}'s remote",
                "it was not read: the controller fetches with a key or a "
                + "credential helper of its own (a read-only deploy key at the git host); servers need none any more, so "
                + "revoke it after the first converge"));
        if (checkout.OnBranches.Count == 0)
            draft.LeftAlone.Add(new($"commit {checkout.Head![..12]}", "no branch of its remote holds it as far as the "
                + "checkout knows: push it, or the plan refuses it"));
        if (checkout.Edited.Count > 0)
            draft.LeftAlone.Add(new($"{checkout.Edited.Count} edited file(s) in {checkout.Path}: "
                + $"{string.Join(", ", checkout.Edited.Take(5))}",
                "edits on a server are no commit: commit and push them or undo them; till then a deploy stops before "
                    + "anything is changed"));
        foreach (var inside in new[] { found.Virtualenv, StaticOf(found).Folder }.OfType<string>()
            .Where(path => path.StartsWith(checkout.Path + "/", StringComparison.Ordinal)))
            draft.Notes.Add($"{inside} lies in the checkout, and becomes a link to one of several in {inside}.d: have "
                + $"git ignore them "
                + $"(a line /{inside[(checkout.Path.Length + 1)..]}* in .gitignore), or `drift` tells of them as files "
                + $"that git does not know");
        if (checkout.Owner != found.User)
            draft.LeftAlone.Add(new($"the owner of {checkout.Path}, {checkout.Owner}",
                $"its processes run as {found.User}, and code is handled by the user that runs it: chown -R "
                    + $"{found.User} {checkout.Path}"));
    }

    private static void Python(Findings found, YamlDraft document)
    {
        if (found.Virtualenv is not { } virtualenv)
            return;
        document.Add("  python:");
        document.Add($"    virtualenv: {YamlDraft.Of(virtualenv)}", "where its processes have their Python from; becomes a "
            + "link to one that is built beside it");
        if (found.Checkout.Interpreter is { } interpreter && interpreter != "/usr/bin/python3")
            document.Add($"    interpreter: {YamlDraft.Of(interpreter)}", $"{virtualenv}/pyvenv.cfg");
        if (found.Checkout.SystemSitePackages)
            document.Add("    systemSitePackages: true", $"{virtualenv}/pyvenv.cfg");
        var (requirements, why) = RequirementsOf(found);
        document.Add($"    requirements: {YamlDraft.Of(requirements)}", why);
        if (WheelhouseOf(found.Checkout) is { } wheels)
            document.Add($"    wheelhouse: {YamlDraft.Of(wheels)}", "guessed from the packages in it");
    }

    /// <summary>The environment's own, production's, then the usual one (seeds/000 line 20: requirements/NAME.txt).</summary>
    private static (string File, string Why) RequirementsOf(Findings found)
    {
        var files = found.Checkout.Tracked.Where(file => file.EndsWith(".txt", StringComparison.Ordinal)
            && file.Contains("requirements", StringComparison.Ordinal)).ToList();
        var name = found.Django?.Settings?.Split('.')[^1];
        var wanted = new[] { name, found.Request.Environment, "production" }.OfType<string>()
            .SelectMany(word => new[] { $"requirements/{word}.txt", $"requirements-{word}.txt" })
            .Append("requirements.txt").FirstOrDefault(files.Contains) ?? files.FirstOrDefault();
        return wanted is null ? ("requirements.txt", "guessed: no requirements file was found in the code")
            : (wanted, files.Count == 1 ? "the only one in the code" : "guessed from its name");
    }

    private static string? WheelhouseOf(SeenCheckout checkout) => checkout.Tracked
        .Where(file => file.EndsWith(".whl", StringComparison.Ordinal) || file.EndsWith(".tar.gz", StringComparison.Ordinal))
        .Where(file => file.Contains('/'))
        .GroupBy(file => file[..file.LastIndexOf('/')]).Where(folder => folder.Count() > 2).MaxBy(folder => folder.Count())?.Key;

    private static void Django(Draft draft, YamlDraft document)
    {
        var found = draft.Found;
        if (found.Virtualenv is null)
        {
            draft.LeftAlone.Add(new("Django's migrations and static files", "no virtualenv was found in which its "
                + "processes run: write python and django into application.yaml"));
            return;
        }
        var (settings, why) = found.Django?.Settings is { } said ? (said, "as its processes have it")
            : found.Checkout.Manage is { } line && line.Split('"', '\'') is { Length: > 3 } words
            ? (words[3], $"guessed from manage.py:{line.Split(':')[0]}")
            : ("config.settings", "guessed: nothing on the server names it");
        document.Add("  django:");
        if (found.Directory.Length > 0)
            document.Add($"    directory: {YamlDraft.Of(found.Directory)}", "where manage.py is");
        document.Add($"    settings: {YamlDraft.Of(settings)}", why);
        if (StaticOf(found) is ({ } folder, var from))
            document.Add($"    static: {YamlDraft.Of(folder)}", from);
        if (found.Services.All(service => service.Part != Documents.Kinds.Part.Web))
            document.Add($"    migrate: {{on: {found.Request.Server}}}");
        if (found.Checkout.Tracked.FirstOrDefault(file =>
            file.EndsWith("/commands/maintenanceon.py", StringComparison.Ordinal)) is { } command)
            draft.LeftAlone.Add(new($"the notice by manage.py maintenanceon ({command})",
                "what it takes cannot be told: try `notice: {on: \"python manage.py maintenanceon --start {{startsAt}}\", "
                    + "off: python manage.py maintenanceoff}` in application.yaml"));
    }

    /// <summary>Where users get it from, else where Django puts it; and which of both.</summary>
    public static (string? Folder, string? From) StaticOf(Findings found) =>
        found.Site is { } site && NginxText.StaticOf(site.Block.Text) is { } served
            ? (served, $"where nginx serves /static/ from, {site.File.Path}")
            : (found.Django?.StaticRoot, "STATIC_ROOT");

    private static string SecretsPath(Draft draft) =>
        draft.SecretNames.Keys.FirstOrDefault() ?? "a secrets file (config/secrets.json, say)";

    private static void Variables(Draft draft, YamlDraft document)
    {
        var name = Forms.Of(Form.Variable);
        var line = Forms.Of(Form.Line);
        var all = draft.Found.Django?.Variables ?? new Dictionary<string, string>();
        var good = all.Where(variable => name.Judge(variable.Key) is null && line.Judge(variable.Value) is null
            && !variable.Value.Contains("{{", StringComparison.Ordinal))
            .OrderBy(variable => variable.Key, StringComparer.Ordinal).ToList();
        if (good.Count > 0)
            document.Add("  environment:", "variables of its running processes");
        foreach (var (key, value) in good)
            document.Add($"    {key}: {YamlDraft.Of(value)}");
        draft.LeftAlone.AddRange(all.Keys.Except(good.Select(variable => variable.Key)).Order(StringComparer.Ordinal)
            .Select(variable => new LeftAlone($"variable {variable}", "documents cannot hold its name or its value")));
        if (draft.Found.Django is { Hidden: { Count: > 0 } hidden } django)
            draft.LeftAlone.Add(new($"variable(s) {string.Join(", ", hidden.Order(StringComparer.Ordinal))}",
                $"may be secrets, and documents hold none: {WithoutThem(draft, django.NeedsHidden)}"));
    }

    private static string WithoutThem(Draft draft, bool? needed) => needed switch
    {
        true => "manage.py does not start without them (tried), so a deploy ends in Prepare, before anything is stopped: let the "
            + $"settings read {SecretsPath(draft)} themselves (os.environ.setdefault for each of its lines, say), deploy that by "
            + "hand once, then import again",
        false => "manage.py starts without them (tried), and is run without them",
        null => "manage.py is run without them",
    };
}
