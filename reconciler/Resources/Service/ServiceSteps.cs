using Reconciler.Model;

namespace Reconciler.Resources.Service;

/// <summary>What is done about a service: in Stop, Start and, for backing services, Prepare.</summary>
internal static class ServiceSteps
{
    /// <summary>In Start: when all have been started, whether they stay up; in Uncover: after users were let in, and the pages asked for as they see them.</summary>
    private const int StaysUpRank = 10, StaysUpUncoveredRank = 20;

    // A backing service with new configuration, before those that need it.
    private const int BackingRank = -10;

    public static IEnumerable<Step> Of(Resource resource, ServiceSpec spec, ServiceFacts facts, Change change)
    {
        if (change.Differences.Count == 0 && !change.Restart)
            return [];
        if (spec.Retired)
            return Retirement.Steps(resource, spec, facts);
        var work = new ServiceWork(resource, spec, facts, change);
        return spec.Part == ServicePart.Backing ? OfBacking(work) : OfOurs(work);
    }

    private static IEnumerable<Step> OfOurs(ServiceWork work)
    {
        if (work.MustStop)
            yield return work.Stop(Phase.Stop, RankOf(work.Spec)) with { TakesSiteDown = work.Spec.Part == ServicePart.Web };
        foreach (var step in Defined(work, Phase.Start, RankOf(work.Spec)))
            yield return step;
        if (work.MustReload)
            yield return work.Reload(Phase.Start, RankOf(work.Spec));
        if (!work.MustStart)
            yield break;
        yield return work.Start(Phase.Start, RankOf(work.Spec));
        // Users do not wait for it: what answered its pages, or answers nobody, lives, and that it goes on living is seen while they are in.
        yield return !work.LetsUsersIn ? work.StaysUp(Phase.Start, StaysUpRank)
            : work.StaysUp(Phase.Uncover, StaysUpUncoveredRank) with { TakesSiteDown = work.Spec.Part == ServicePart.Web };
    }

    /// <summary>Never stopped for others' sake; started before anything needs it, and told of new configuration once that is in place.</summary>
    private static IEnumerable<Step> OfBacking(ServiceWork work)
    {
        var phase = work.MustStop ? Phase.Start : Phase.Prepare;
        var rank = work.MustStop ? BackingRank : Ranks.Backing;
        if (work.MustStop)
            yield return work.Stop(Phase.Start, BackingRank) with { TakesSiteDown = true };
        foreach (var step in Defined(work, phase, rank))
            yield return step;
        if (work.MustReload)
            yield return work.Reload(Phase.Start, BackingRank);
        if (work.MustStart)
            yield return work.Start(phase, rank);
    }

    private static IEnumerable<Step> Defined(ServiceWork work, Phase phase, int rank)
    {
        if (work.MustDefine)
        {
            foreach (var step in work.RemoveOverrides(phase, rank))
                yield return step;
            yield return work.Define(phase, rank);
        }
        if (work.MustEnable)
            yield return work.Enable(phase, rank);
    }

    /// <summary>Web, workers, beat, both ways (seeds/000: 11-14, 78-82).</summary>
    internal static int RankOf(ServiceSpec spec) => spec.Part switch
    {
        ServicePart.Beat => 2,
        ServicePart.Worker => 1,
        _ => 0,
    };
}
