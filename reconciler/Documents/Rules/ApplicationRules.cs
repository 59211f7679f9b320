using Reconciler.Documents.Contracts;
using Reconciler.Documents.Kinds;
using Reconciler.Documents.Yaml;

namespace Reconciler.Documents.Rules;

/// <summary>application.yaml and maintenance.yaml.</summary>
internal static class ApplicationRules
{
    public static void Check(RuleContext context, DesiredApplication application)
    {
        var document = application.Application;
        if (!document.Exists)
            return;
        CheckReferences(context, application);
        if (Repositories.IsLocal(document.Value.Code.Repository) && !context.Options.AllowLocalRepositories)
            context.Fault("bad-value", document.PlaceOf("code", "repository"),
                $"{Shown.Value(document.Value.Code.Repository)} is a path on the controller", $"it must be {Repositories.Allowed}; {Repositories.LocalFix}");
        if (document.Value.Django is not null && document.Value.Python is null && !document.IsFaulty("python"))
            context.Fault("missing-key", document.PlaceOf("django"), "`django` needs `python`",
                "write python: {virtualenv: ..., requirements: ...}");
        if (document.Value.Notice is { Banner: false } && document.Value.Python is null && !document.IsFaulty("python"))
            context.Fault("missing-key", document.PlaceOf("notice"), "`notice` needs `python`",
                "its commands run with the application's virtualenv: write python: {virtualenv: ..., requirements: ...}");
        NoticeRules.Check(context, application);
        CheckFollow(context, document);
        if (!document.Value.Retired)
            CheckWebServers(context, application);
        CheckMaintenance(context, application);
        if (!document.Value.Retired && !document.MayLack("retired"))
            WarnOfWhatIsLeftOut(context, application);
    }

    private static void CheckFollow(RuleContext context, Located<ApplicationDocument> document)
    {
        if (document.Value.Code.Follow is not { } follow || document.IsFaulty("code"))
            return;
        var place = document.PlaceOf("code", "follow");
        if ((follow.Branch is null) == (follow.Environment is null))
            context.Fault("bad-value", place, "`follow` follows one thing", "write branch: NAME or environment: NAME");
        if (follow is { Branch: not null, After: not null })
            context.Fault("bad-value", document.PlaceOf("code", "follow", "after"), "`after` is about an environment",
                "take it out; requiredChecks say when a commit of a branch is good");
        if (follow.Branch is { } branch && !document.Value.Code.Branches.Any(pattern => Matches(branch, pattern)))
            context.Fault("bad-value", document.PlaceOf("code", "follow", "branch"), $"{Shown.Value(branch)} is none of `branches`",
                "a commit that none of these reaches is refused: add it there");
        if (follow.Environment == context.Desired.Name)
            context.Fault("cycle", document.PlaceOf("code", "follow", "environment"), $"{Shown.Value(follow.Environment)} follows itself", "name another environment");
    }

    // As git's own patterns of references: a star at the end stands for any characters.
    private static bool Matches(string branch, string pattern) =>
        pattern.EndsWith('*') ? branch.StartsWith(pattern[..^1], StringComparison.Ordinal) : branch == pattern;

    /// <summary>What a plan would skip for want of a declaration is said before there is a plan.</summary>
    private static void WarnOfWhatIsLeftOut(RuleContext context, DesiredApplication application)
    {
        var document = application.Application;
        var environment = context.Desired.Environment;
        if (!application.Services.Faulty && !context.Desired.Servers.Faulty && context.Desired.ServersOn(null).Count > 0
            && application.Services.Value.Values.All(service => context.Desired.ServersOn(service.On).Count == 0))
            context.Warn("runs-nowhere", document.Place, $"no service of {application.Name} is on a server in use: nothing of it runs in {context.Desired.Name}",
                $"write a service with `on` in {application.Name}/services.yaml, or retired: true here");
        var told = environment.Value.Profile is { Name: ProfileName.Production } && environment.Node?["maintenance"]?.Value is MapNode policy && policy["notice"] is not null;
        if (document.Value.Notice is null && !document.MayLack("notice") && told && environment.Value.Maintenance.Notice > TimeSpan.Zero)
            context.Warn("no-notice-command", environment.PlaceOf("maintenance", "notice"),
                $"{application.Name} has no `notice` in its application.yaml: nobody can be told of maintenance, so nothing is waited for",
                "write notice: {on: COMMAND, off: COMMAND}, {file: PATH} or {banner: true} there, or notice: 0s here");
        if (document.Value.Django is not null && !MayBeBackedUp(context, document) && Backups.WhyNone(context.Desired, document.Value) is { } why)
            context.Warn("no-backup", document.Value.Database is null ? document.PlaceOf("django") : document.PlaceOf("database"), why,
                $"{BackupFix(context, document.Value.Database)}see to a backup yourself before each deploy with migrations");
    }

    private static bool MayBeBackedUp(RuleContext context, Located<ApplicationDocument> document) => document.Value.Database is { } database
        ? context.Desired.Host.Databases.IsFaulty(database) : document.MayLack("database");

    private static string BackupFix(RuleContext context, string? database) => database switch
    {
        null => "declare it in host/databases.yaml with `on` and `backup`, and write database: NAME here; or ",
        _ when context.Desired.Host.Databases.Value[database].On is null => "",
        _ => "write backup: {mode: dump, to: FOLDER} there; or ",
    };

    private static void CheckReferences(RuleContext context, DesiredApplication application)
    {
        var document = application.Application;
        var databases = context.Desired.Host.Databases.Value.Keys.ToList();
        if (document.Value.Database is { } database && !databases.Contains(database) && !context.Desired.Host.Databases.Unreadable)
            context.Fault("unknown-database", document.PlaceOf("database"), $"host/databases.yaml has no {Shown.Value(database)}",
                Nearest.Hint(database, databases));
        foreach (var server in document.Value.Servers.Keys
            .Where(server => !context.Desired.Servers.Value.ContainsKey(server) && !context.Desired.Servers.Faulty))
            context.Fault("unknown-server", document.KeyPlaceOf("servers", server), $"there is no server {Shown.Value(server)}",
                Nearest.Hint(server, [.. context.Desired.Servers.Value.Keys]));
    }

    private static void CheckWebServers(RuleContext context, DesiredApplication application)
    {
        var document = application.Application;
        var web = application.Services.Value.Values.Where(service => service.Part == Part.Web)
            .SelectMany(service => context.Desired.ServersOn(service.On)).ToHashSet();
        if (document.Value.Notice is { Banner: false } && web.Count == 0 && !application.Services.Faulty && !context.Desired.Servers.Faulty)
            context.Fault("no-web-server", document.PlaceOf("notice"), "no server in use has a `part: web` service to run the notice on",
                "declare one in services.yaml");
        if (document.Value.Django is not { } django)
            return;
        if (django.Migrate.On is { } server && context.Desired.InUse.All(used => used.Key != server) && !context.Desired.Servers.Faulty)
            context.Fault("unknown-server", document.PlaceOf("django", "migrate", "on"),
                $"no server in use is called {Shown.Value(server)}",
                Nearest.Hint(server, [.. context.Desired.InUse.Select(used => used.Key)]));
        else if (django.Migrate.On is null && web.Count == 0 && !application.Services.Faulty && !context.Desired.Servers.Faulty)
            context.Fault("no-migrate-server", document.PlaceOf("django"),
                "no server in use has a `part: web` service, so there is none to migrate from", "write django: {migrate: {on: SERVER}}");
    }

    private static void CheckMaintenance(RuleContext context, DesiredApplication application)
    {
        var flag = application.Maintenance.Value;
        if (flag.StartsAt is { } start && flag.EndsAt is { } end && end <= start)
            context.Fault("end-before-start", application.Maintenance.PlaceOf("endsAt"), "the maintenance ends before it starts",
                $"after {start:yyyy-MM-dd'T'HH:mm:ssK}");
    }
}
