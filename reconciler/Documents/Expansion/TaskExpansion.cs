using Reconciler.Documents.Kinds;
using Reconciler.Model;
using Reconciler.Resources.Tasks;

namespace Reconciler.Documents.Expansion;

/// <summary>
/// The tasks of an application, on the server from which it is migrated; those that collect static files on each that serves them (operations.md, A11).
/// </summary>
internal static class TaskExpansion
{
    /// <param name="runtime">Of the live code: which commit is wanted does not matter to a task.</param>
    /// <param name="migrates">It is the server of the migrations.</param>
    public static IEnumerable<Resource> Expand(
        ExpansionInput input, DesiredApplication documents, string server, ApplicationRuntime runtime, bool web, bool migrates)
    {
        var texts = input.Texts(documents, server);
        string CommandOf(string? manage, string? command) => manage is not null ? $"python manage.py {texts.Command(manage)}" : texts.Command(command!);
        foreach (var (name, task) in documents.Tasks.Value)
        {
            var collects = task.Manage?.Split(' ')[0] == "collectstatic" ? documents.Application.Value.Django?.Static : null;
            if (collects is null ? !migrates : !web)
                continue;
            var id = new ResourceId(server, documents.Name, "Tasks", $"{name}@{task.Run}");
            yield return new(id, new TaskSpec(runtime, name, task.Run, Enum.Parse<Phase>($"{task.After}"), CommandOf(task.Manage, task.Command))
            {
                Unless = task.Unless is { } unless ? CommandOf(unless.Manage, unless.Command) : null,
                Cover = task.Cover,
                Irreversible = task.Irreversible,
                Deadline = task.Deadline,
                Collects = collects,
            }, documents.Tasks.KeyPlaceOf(name))
            {
                DoneBecause = AcknowledgedFor(input.Desired, $"task:{documents.Name}/{id.Name}"),
            };
        }
    }

    private static string? AcknowledgedFor(DesiredEnvironment desired, string subject) =>
        desired.Acknowledgements.Value.Values.FirstOrDefault(entry => entry.For == subject && entry.Gates.Contains(Gate.Task))?.Reason;
}
