using Reconciler.Journaling;
using Reconciler.Model;

namespace Reconciler.LiveTests.Grid;

/// <summary>The checks of safety.md after a fault, but for what users saw.</summary>
/// <param name="state">The folder of the controller that is in charge at the end.</param>
internal sealed class AfterIt(GridSite site, Recording recording, string without, string state)
{
    // What lives for a second counts as begun for supervisor, and is begun anew whenever it ends.
    private const int AgainAndAgain = 30;

    private readonly string _state = Path.Combine(site.World, state);

    /// <param name="start">The step before which the case began.</param>
    /// <param name="before">What was counted when the case began.</param>
    /// <param name="held">The run is held: it may have left the page up, and services down.</param>
    public async Task<IReadOnlyList<string>> WrongAsync(GridCase one, GridStep start, Effects before, bool held, Parts parts)
    {
        var wrong = new List<string>();
        var journal = Journal.Of(_state);
        wrong.AddRange(journal.Open);
        var effects = await Effects.OnAsync(site.Host);
        if (effects.Counts["canary rows"] != GridSite.CanaryRows)
            wrong.Add($"{effects.Counts["canary rows"]} canary rows are there");
        wrong.AddRange(ReceiptsWithout(journal, await Leftovers.ReceiptsAsync(site.Host)));
        if (held)
        {
            if (journal.Held is "")
                wrong.Add("it is held, and nobody is told why");
            return wrong;
        }
        // A boot starts services once more, and what was under way when the power went is done again.
        wrong.AddRange(effects.Since(before).Against(recording.End.Since(start.Before), one.Fault == "rebooted" ? 1 : 0, Math.Max(0, journal.Told - recording.Told), Retried(one) + journal.WaysBack));
        if (!(await site.Server.GetAsync("/")).Body.Contains("""<meta name="version" content="7">""", StringComparison.Ordinal))
            wrong.Add("users do not get the new page");
        wrong.AddRange((await Leftovers.OnAsync(site)).Except(recording.Left).Where(left => !Leftovers.IsMeantToStay(left)).Select(left => $"left over: {left}"));
        parts.Ended("checks");
        wrong.AddRange(await SecondAsync(journal, effects));
        parts.Ended("second");
        return wrong;
    }

    /// <summary>A boot finds new code beside old packages, and supervisor begins what ends over it again and again, until it is told to stop.</summary>
    private static int Retried(GridCase one) => one is { Fault: "rebooted", Step.Phase: nameof(Phase.Code) or nameof(Phase.Virtualenv) } ? AgainAndAgain : 0;

    private async Task<IEnumerable<string>> SecondAsync(Journal journal, Effects effects)
    {
        var second = await recording.Controller("none", "", without, state).ConvergeAsync();
        var after = Journal.Of(_state);
        return new[]
        {
            second.ExitCode == 0 ? null : $"a second converge ends with {second.ExitCode}: {second.Sentences}",
            after.Runs == journal.Runs ? null : "a second converge begins a run",
        }.OfType<string>().Concat((await Effects.OnAsync(site.Host)).Since(effects).Counts.Where(each => each.Value != 0).Select(each => $"a second converge: {each.Key}"));
    }

    /// <summary>Server and journal must agree: nothing ran that is not written down, and nothing is written down as done that the server knows nothing of.</summary>
    private static IEnumerable<string> ReceiptsWithout(Journal journal, IReadOnlyList<string> receipts)
    {
        foreach (var receipt in receipts.Where(receipt => !journal.Operations.ContainsKey(receipt.TrimEnd('?'))))
            yield return $"the server ran {receipt}, and the journal has no intent of it";
        foreach (var begun in receipts.Where(receipt => receipt.EndsWith('?') && journal.Operations.GetValueOrDefault(receipt.TrimEnd('?')) is not (StepState.Lost or StepState.Failed)))
            yield return $"the server began {begun}, and the journal says {journal.Operations.GetValueOrDefault(begun.TrimEnd('?'))}";
    }
}
