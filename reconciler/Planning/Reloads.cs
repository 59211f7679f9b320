using Reconciler.Model;

namespace Reconciler.Planning;

/// <summary>
/// nginx reads everything anew when it is reloaded, whatever for. Beside a file by hand that claims a site of ours (<see cref="PlanInput.Rivals"/>)
/// that could put somebody else's answer in the place of the site, of its cover and of its notice: so it is not begun.
/// </summary>
internal static class Reloads
{
    /// <summary>
    /// Without the steps that a plan can do without there. Where they are all that there is to do they stay, and are refused as others are.
    /// </summary>
    public static List<Step> Spared(IReadOnlyDictionary<string, string> rivals, List<Step> steps)
    {
        if (rivals.Count == 0)
            return steps;
        var others = steps.FindAll(step => !step.IsDispensable || !rivals.ContainsKey(step.Resource.Server));
        var curtailed = CurtailedIn(steps, others);
        return others.Exists(step => step.Request is not null) ? [.. others.Select(Explained)] : steps;

        Step Explained(Step step) => step.Phase == Phase.Uncover && step.Request is not null && curtailed.Contains(step.Resource)
            ? step with { Because = $"its notice is left as it is: {Sentence(rivals[step.Resource.Server])}" }
            : step;
    }

    public static HashSet<ResourceId> CurtailedIn(List<Step> all, List<Step> spared) =>
        [.. all.Where(step => step.IsDispensable).Select(step => step.Resource)
            .Except(spared.Where(step => step.IsDispensable).Select(step => step.Resource))];

    /// <summary>One refusal for each server where a step would reload nginx; none where its rival is named already.</summary>
    public static List<Difference> Refused(IReadOnlyDictionary<string, string> rivals, List<Step> steps, List<Difference> refusals) =>
    [
        .. steps.Where(step => step.Request is { ReloadsNginx: true } && rivals.ContainsKey(step.Resource.Server))
            .GroupBy(step => step.Resource.Server)
            .Where(server => !refusals.Exists(refusal => server.Any(step => step.Resource == refusal.Resource)))
            .SelectMany(server => server.DistinctBy(step => step.Resource))
            .Select(step => Refusal(step.Resource, rivals)),
    ];

    public static Difference Refusal(ResourceId resource, IReadOnlyDictionary<string, string> rivals) =>
        new(resource, DifferenceType.Change, rivals[resource.Server])
        {
            Refusal = "nothing is done that would reload nginx there, which could put it in force: take that file away first, or bring it into git",
        };

    private static string Sentence(string rival) => $"{rival}, and a reload of nginx could put it in force";
}
