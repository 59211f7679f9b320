using Reconciler.Model;

namespace Reconciler.Planning;

/// <summary>
/// Programs of one server that end one after the other are told at once, in their order, and then waited for one by one, each in its own step: users wait behind the
/// page for the slowest, and not for all of them. Who answers users is told alone, and first (seeds/000: 11-14).
/// </summary>
internal static class Endings
{
    public static List<Step> Together(List<Step> steps)
    {
        var several = steps.Where(IsOne).GroupBy(step => (step.Resource.Server, step.Batch, step.Part, step.Ending!.Keeper))
            .Where(group => group.Skip(1).Any()).SelectMany(WithLater).ToDictionary(pair => pair.Step, pair => pair.Later);
        return several.Count == 0 ? steps : [.. steps.Select(step => several.TryGetValue(step, out var later) && later.Count > 0 ? Telling(step, later) : step)];
    }

    private static bool IsOne(Step step) => step is { Phase: Phase.Stop, TakesSiteDown: false, Ending: not null, Request: not null };

    /// <summary>Each with those after it that may not take longer than its own request may.</summary>
    private static IEnumerable<(Step Step, List<string> Later)> WithLater(IEnumerable<Step> steps)
    {
        var all = steps.ToList();
        return all.Select((step, i) => (step, all.Skip(i + 1).Where(later => later.Deadline <= step.Deadline).Select(later => later.Ending!.Word).ToList()));
    }

    private static Step Telling(Step step, List<string> later) => step with { Request = step.Request! with { Arguments = [.. step.Request.Arguments, .. later] } };
}
