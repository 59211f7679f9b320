using Reconciler.Documents.Contracts;
using Reconciler.Documents.Kinds;
using Reconciler.Documents.Yaml;
using Reconciler.Model;

namespace Reconciler.Documents.Rules;

/// <summary>environment.yaml, servers.yaml and acknowledgements.yaml.</summary>
internal static class EnvironmentRules
{
    public static void Check(RuleContext context, IReadOnlyCollection<string> environments)
    {
        CheckEnvironment(context, environments);
        foreach (var name in context.Desired.Servers.Value.Keys)
            CheckServer(context, name);
        CheckThatServersRemain(context);
        CheckAcknowledgements(context);
    }

    private static void CheckEnvironment(RuleContext context, IReadOnlyCollection<string> environments)
    {
        var document = context.Desired.Environment;
        if (document.Value.Profile is { Name: null,
            Skip: null or { Count: 0 } } && !document.IsFaulty("profile") && document.Node?["profile"] is not null)
            context.Fault("missing-key", document.PlaceOf("profile"), "`profile` says nothing",
                "write production, staging or development, or {skip: {PHASE: reason}}");
        CheckWindows(context, document);
        var kinds = context.Options.ResourceKinds;
        foreach (var kind in document.Value.SelfHeal.Keys.Where(kind => kind != "default" && kinds.Count > 0 && !kinds.Contains(kind)))
            context.Fault("unknown-resource-kind", document.KeyPlaceOf("selfHeal", kind), $"{Shown.Value(kind)} is not a resource kind",
                Nearest.Hint(kind, [.. kinds, "default"]));
        if (document.Value.PromotedFrom is not { } promoted)
            return;
        if (promoted.Environment == context.Desired.Name)
            context.Fault("cycle", document.PlaceOf("promotedFrom", "environment"),
                $"{Shown.Value(promoted.Environment)} is promoted from itself", "name another environment");
        else if (!environments.Contains(promoted.Environment))
            context.Fault("unknown-environment", document.PlaceOf("promotedFrom", "environment"),
                $"there is no environment {Shown.Value(promoted.Environment)}", Nearest.Hint(promoted.Environment, environments));
    }

    private static void CheckServer(RuleContext context, string name)
    {
        var document = context.Desired.Servers;
        var server = document.Value[name];
        var place = document.KeyPlaceOf(name);
        if (context.Roles.Contains(name))
            context.Fault("name-taken", place, $"{Shown.Value(name)} is the name of a server and of a role",
                "rename one of the two: `on` takes both");
        if (server.Gone is not null || document.IsFaulty(name))
            return;
        if (server.Address is null)
            context.Fault("missing-key", place, $"{Shown.Value(name)} has no `address`", "write it, or gone: with the reason");
        if (server.Roles.Count == 0)
            context.Fault("missing-key", place, $"{Shown.Value(name)} has no `roles`", "write at least one, as roles: [web]");
    }

    private static void CheckWindows(RuleContext context, Located<EnvironmentDocument> document)
    {
        for (var i = 0; i < document.Value.Windows.Count; i++)
        {
            var (window, place) = (document.Value.Windows[i], document.PlaceOf("windows", $"{i}"));
            if (window is { Allow: null, Deny: null })
                context.Fault("missing-key", place, "the window has neither `allow` nor `deny`", "write exactly one of them");
            else if (window is { Allow: not null, Deny: not null })
                context.Fault("excluding-keys", place, "`allow` stands beside `deny`",
                    "write exactly one of them; a second window for the other");
            else if (window.TimeZone is not null && ChangeWindow.FixedStart(window.Allow ?? window.Deny!) is not null)
                context.Fault("key-without-meaning", document.PlaceOf("windows", $"{i}", "timeZone"), "`timeZone` means nothing here",
                    "it goes with cron: one time has its offset; remove it");
        }
    }

    /// <summary>An empty list of servers never means "stop everything".</summary>
    private static void CheckThatServersRemain(RuleContext context)
    {
        var (servers, applications) = (context.Desired.Servers, context.Desired.Applications.Values);
        if (!servers.Exists || servers.Faulty || context.Desired.InUse.Count > 0)
            return;
        if (servers.Value.Count == 0 || applications.Any(application => !application.Application.Value.Retired))
            context.Fault("no-servers", servers.Place, $"no server of {context.Desired.Name} is in use",
                "keep at least one, or retire every application of the environment first");
    }

    private static void CheckAcknowledgements(RuleContext context)
    {
        var document = context.Desired.Acknowledgements;
        foreach (var (name, entry) in document.Value)
        {
            var place = document.PlaceOf(name, "for");
            var ofBreach = entry.For.StartsWith("breach:", StringComparison.Ordinal);
            if (!document.IsFaulty(name) && ofBreach != entry.Gates.Contains(Gate.Breach))
                context.Fault("bad-value", document.PlaceOf(name, "gates"), "the gate breach and `for: breach:TASK@TIME` go together",
                    "write gates: [breach] for a task of `reconciler breach`, and nowhere else");
            var ofTask = entry.For.StartsWith("task:", StringComparison.Ordinal);
            if (!document.IsFaulty(name) && ofTask != entry.Gates.Contains(Gate.Task))
                context.Fault("bad-value", document.PlaceOf(name, "gates"), "the gate task and `for: task:APPLICATION/NAME@RUN` go together",
                    "write gates: [task] for a task that you have seen done, and nowhere else");
            var application = (ofTask ? entry.For["task:".Length..].Split('/') : entry.For.Split('@'))[0];
            if (!ofBreach && entry.For.Contains('@') && !context.Desired.Applications.ContainsKey(application))
                context.Fault("unknown-application", place, $"there is no application {Shown.Value(application)} in {context.Desired.Name}",
                    Nearest.Hint(application, [.. context.Desired.Applications.Keys]));
            else if (ofTask)
                CheckTask(context, context.Desired.Applications[application], entry.For.Split('/')[1].Split('@')[0], place);
        }
    }

    private static void CheckTask(RuleContext context, DesiredApplication application, string task, Place place)
    {
        if (!application.Tasks.Value.ContainsKey(task) && !application.Tasks.Unreadable)
            context.Fault("unknown-task", place, $"{application.Name} has no task {Shown.Value(task)}",
                Nearest.Hint(task, [.. application.Tasks.Value.Keys]));
    }
}
