using Reconciler.Documents.Kinds;
using Reconciler.Documents.Yaml;

namespace Reconciler.Documents.Rules;

/// <summary>tasks.yaml.</summary>
internal static class TaskRules
{
    public static void Check(RuleContext context, DesiredApplication application)
    {
        foreach (var (name, task) in application.Tasks.Value)
            if (!application.Tasks.IsFaulty(name))
                Check(context, application, name, task);
    }

    private static void Check(RuleContext context, DesiredApplication application, string name, TaskEntry task)
    {
        var (document, place) = (application.Application, application.Tasks.KeyPlaceOf(name));
        if ((task.Manage is null) == (task.Command is null))
            context.Fault("bad-value", place, $"the task {Shown.Value(name)} runs one thing", "write manage: WORDS, or command: WORDS");
        if (task.Unless is { } unless && (unless.Manage is null) == (unless.Command is null))
            context.Fault("bad-value", application.Tasks.PlaceOf(name, "unless"), "`unless` asks one thing", "write {manage: WORDS}, or {command: WORDS}");
        if (!document.Exists || document.Value.Retired)
            return;
        if (document.Value.Python is null && !document.IsFaulty("python"))
            context.Fault("missing-key", place, $"the task {Shown.Value(name)} needs `python` in application.yaml",
                "it runs with the application's virtualenv: write python: {virtualenv: ..., requirements: ...}");
        else if (document.Value.Django is null && !document.IsFaulty("django") && (task.Manage ?? task.Unless?.Manage) is not null)
            context.Fault("missing-key", place, $"the task {Shown.Value(name)} needs `django` in application.yaml",
                "`manage` is manage.py: write django: {settings: ...}, or a `command`");
        // With Django, the rules of the application say it.
        else if (document.Value.Django is null && WebServers(context, application) == 0 && !application.Services.Faulty && !context.Desired.Servers.Faulty)
            context.Fault("no-task-server", place, "no server in use has a `part: web` service, so there is none to run it on",
                "declare one in services.yaml");
    }

    private static int WebServers(RuleContext context, DesiredApplication application) => application.Services.Value.Values
        .Where(service => service.Part == Part.Web).SelectMany(service => context.Desired.ServersOn(service.On)).Count();
}
