using Reconciler.Documents.Contracts;
using Reconciler.Documents.Kinds;
using Reconciler.Documents.Templates;
using Reconciler.Documents.Yaml;

namespace Reconciler.Documents.Rules;

/// <summary>databases.yaml, packages.yaml, files.yaml and checks.yaml.</summary>
internal static class HostRules
{
    public static void Check(RuleContext context, DesiredFolder folder)
    {
        foreach (var (name, database) in folder.Databases.Value)
            CheckDatabase(context, folder, name, database);
        foreach (var (name, package) in folder.Packages.Value)
            CheckPackage(context, folder, name, package);
        foreach (var (name, file) in folder.Files.Value)
            CheckFile(context, folder, name, file);
        foreach (var (name, check) in folder.Checks.Value)
            CheckPage(context, folder, name, check);
    }

    private static void CheckDatabase(RuleContext context, DesiredFolder folder, string name, DatabaseEntry database)
    {
        var document = folder.Databases;
        context.CheckOneOf(document, name, ("on", database.On is not null), ("address", database.Address is not null));
        context.CheckOn(document, database.On, name, "on");
        context.CheckOn(document, database.Allow, name, "allow");
        context.CheckOnlyWith(document, name, "allow", database.Allow.Count > 0, database.Address is null, "`on`");
        context.CheckOnlyWith(document, name, "port", database.Port is not null, database.Address is not null, "`address`");
        if (database is { Address: not null, Backup: not null })
            context.Fault("not-in-this-version", document.PlaceOf(name, "backup"),
                "`backup` of a database that somebody else runs is not in this version", "remove it; a later version brings it");
        var servers = context.Desired.ServersOn(database.On ?? []);
        if (database.On is { Count: > 0 } && servers.Count != 1 && database.On.All(on =>
            context.Roles.Contains(on) || context.Desired.Servers.Value.ContainsKey(on)))
            context.Fault("database-not-on-one-server", document.PlaceOf(name, "on"),
                $"the database {Shown.Value(name)} comes to {(servers.Count == 0 ? "no server" : string.Join(", ", servers))}",
                    "a database is on exactly one server in use");
        CheckPassword(context, folder, name, database);
        LoginRules.Check(context, folder, name, database);
        if (database.Backup is { } backup && !document.IsFaulty(name))
            CheckBackup(context, folder, name, backup);
    }

    private static void CheckPassword(RuleContext context, DesiredFolder folder, string name, DatabaseEntry database)
    {
        var parts = database.Password.Split('/');
        var place = folder.Databases.PlaceOf(name, "password");
        // What cannot be read may take the entry away again.
        if (parts.Length != 4 || folder.Databases.Unreadable)
            return;
        if (ServiceRules.Owner(context, parts[0]) is not { } owner)
            context.Fault("unknown-application", place, $"there is no application {Shown.Value(parts[0])} in {context.Desired.Name}",
                Nearest.Hint(parts[0], [.. context.Desired.Applications.Keys]));
        else if (!owner.Secrets.Value.TryGetValue(parts[2], out var file) && !owner.Secrets.Unreadable)
            context.Fault("unknown-reference", place, $"secrets.yaml of {owner.Name} has no {Shown.Value(parts[2])}",
                Nearest.Hint(parts[2], [.. owner.Secrets.Value.Keys]));
        else if (file is not null && !file.Keys.ContainsKey(parts[3]) && !owner.Secrets.IsFaulty(parts[2]))
            context.Fault("unknown-reference", place, $"{Shown.Value(parts[2])} of {owner.Name} declares no key {Shown.Value(parts[3])}",
                Nearest.Hint(parts[3], [.. file.Keys.Keys]));
    }

    private static void CheckBackup(RuleContext context, DesiredFolder folder, string name, BackupSettings backup)
    {
        var accept = backup.Mode == BackupModeName.Accept;
        if (backup.Keep is not null && accept)
            context.Fault("key-without-meaning", folder.Databases.PlaceOf(name, "backup", "keep"), "`keep` means nothing here",
                "with `mode: accept` somebody else keeps the dumps; remove it");
        if (backup.MaxAge is not null && !accept)
            context.Fault("key-without-meaning", folder.Databases.PlaceOf(name, "backup", "maxAge"), "`maxAge` means nothing here",
                "`mode: dump` takes a new one each time; remove it");
        if (backup.MaxAge is null && accept)
            context.Fault("missing-key", folder.Databases.PlaceOf(name, "backup"), "`backup` has no `maxAge`",
                "`mode: accept` needs one, as 24h");
    }

    private static void CheckPackage(RuleContext context, DesiredFolder folder, string name, PackageEntry package)
    {
        context.CheckOn(folder.Packages, package.On, name, "on");
        context.CheckOnlyWith(folder.Packages, name, "version", package.Version is not null, package.State == Wanted.Pinned,
            "`state: pinned`");
        if (package is { State: Wanted.Pinned, Version: null } && !folder.Packages.IsFaulty(name))
            context.Fault("missing-key", folder.Packages.KeyPlaceOf(name), $"{Shown.Value(name)} has no `version`",
                "`state: pinned` needs the whole Debian version");
    }

    private static void CheckFile(RuleContext context, DesiredFolder folder, string name, FileEntry file)
    {
        var document = folder.Files;
        context.CheckOn(document, file.On, name, "on");
        context.CheckOneOf(document, name, ("content", file.Content is not null), ("template", file.Template is not null),
            ("link", file.Link is not null), ("directory", file.Directory), ("absent", file.Absent));
        var made = file is { Link: null, Absent: false };
        context.CheckOnlyWith(document, name, "mode", file.Mode is not null, made, "files and directories");
        context.CheckOnlyWith(document, name, "owner", file.Owner is not null, made, "files and directories");
        context.CheckOnlyWith(document, name, "group", file.Group is not null, made, "files and directories");
        if (file.Template is null || context.ReadTemplate(folder.Name, file.Template, document.PlaceOf(name, "template"),
            out var found) is not { } template)
            return;
        TemplateRules.RefuseParts(context, found!, template, activates: folder is DesiredApplication { Application: var application }
            && (application.Value.Python is not null || application.MayLack("python")));
        foreach (var rendered in context.ScopesOn(folder, file.On)
            .Select(scope => TemplateRenderer.Render(template, scope, Standing.Plain)).Where(rendered => rendered.Faults.Count > 0).Take(1))
            context.CheckTemplate(found!, rendered.Faults);
    }

    private static void CheckPage(RuleContext context, DesiredFolder folder, string name, CheckEntry check)
    {
        context.CheckOn(folder.Checks, check.On, name, "on");
        var application = folder.Services.Value.Values.Any(service => service is { Part: Part.Web, Port: not null });
        var nginx = folder.Nginx.Value.Count > 0;
        var possible = check.At switch
        {
            CheckAt.Application => application,
            CheckAt.Nginx => nginx,
            _ => application || nginx,
        };
        if (!possible && !folder.Services.Faulty && !folder.Nginx.Faulty)
            context.Fault("nothing-to-check", folder.Checks.KeyPlaceOf(name), $"there is nothing that could answer {Shown.Value(name)}",
                "a check asks a `part: web` service with a `port`, or a site in nginx.yaml");
    }
}
