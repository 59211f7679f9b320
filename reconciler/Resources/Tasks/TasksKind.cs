using System.Globalization;
using Reconciler.Model;

namespace Reconciler.Resources.Tasks;

/// <summary>
/// Tasks (operations.md, T): run once for each name and number. The command's own process notes durably on the server that it begins and how it ended, so
/// that a number which may have done its work, in part or whole, is never run again unasked, whoever was killed meanwhile. A later number is another task.
/// </summary>
internal sealed class TasksKind : ResourceKind<TaskSpec, TaskFacts>
{
    public override string Name => "Tasks";

    protected override Probe Probe(Resource resource, TaskSpec spec, TaskFacts? last) =>
        new($"f={Shell.Quote(spec.Record)}; [ -f \"$f\" ] && read -r l <\"$f\" && echo \"record $l\"");

    protected override Traces Traces(TaskSpec spec, TaskFacts? facts) => Model.Traces.Of(spec.Record);

    protected override Reading Read(Resource resource, TaskSpec spec, TaskFacts? last, string output, bool dearer) => output.Trim().Split(' ') switch
    {
        [""] => Reading.Absent,
        ["record", "begun", var run] when Number(run) is { } begun => Reading.Found(new TaskFacts(begun, TaskProgress.Begun, 0)),
        ["record", "unneeded", var run] when Number(run) is { } asked => Reading.Found(new TaskFacts(asked, TaskProgress.Unneeded, 0)),
        ["record", "ended", var run, var code] when Number(run) is { } ended && Number(code) is { } exit =>
            Reading.Found(new TaskFacts(ended, TaskProgress.Ended, (int)exit)),
        _ => Reading.Unknown($"{spec.Record} is no record of a task: remove it there, and the task counts as one that was never run"),
    };

    private static long? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    protected override IEnumerable<Difference> Compare(Resource resource, TaskSpec spec, TaskFacts? facts, ReadMarkers reads)
    {
        Difference Of(DifferenceType type, string sentence, string? observed = null) =>
            new(resource.Id, type, sentence, "done", observed) { Origin = resource.Origin };
        if (resource.DoneBecause is not null || facts?.Run > spec.Run || (facts?.Run == spec.Run && facts.IsDone))
            yield break;
        var subject = $"task:{resource.Id.Application}/{resource.Id.Name}";
        yield return facts switch
        {
            { Progress: TaskProgress.Ended } when facts.Run == spec.Run =>
                Of(DifferenceType.Change, $"task {spec.Name}, number {spec.Run}, ended with exit code {facts.ExitCode}", "failed"),
            { Progress: TaskProgress.Begun } when facts.Run == spec.Run && spec.Unless is not null =>
                Of(DifferenceType.Change, $"task {spec.Name}, number {spec.Run}, was begun and did not end", "begun"),
            { Progress: TaskProgress.Begun } when facts.Run == spec.Run =>
                Of(DifferenceType.Change, $"task {spec.Name}, number {spec.Run}, was begun, and nobody knows whether it ended", "begun") with
                {
                    Refusal = $"look whether it did its work: if so, acknowledge `task` for {subject}; if it may be run again, write run: {spec.Run + 1}",
                },
            _ => Of(DifferenceType.Add, $"task {spec.Name}, number {spec.Run}, was not run yet"),
        };
    }

    protected override IEnumerable<Step> Steps(Resource resource, TaskSpec spec, TaskFacts? facts, Change change)
    {
        if (change.Differences.Count == 0)
            yield break;
        yield return new(spec.After, resource.Id, $"run task {spec.Name}, number {spec.Run}: {spec.Command}", spec.Runtime.RunLive("-", TaskScript.Of(spec)))
        {
            Rank = Ranks.Tasks,
            IsQuiet = true,
            TakesSiteDown = spec.Cover,
            Irreversible = spec.Irreversible,
            Deadline = spec.Deadline,
            Proof = TaskScript.Proof(spec),
            Because = spec.Unless is { } unless ? $"unless `{unless}` says that it is done" : null,
        };
    }
}
