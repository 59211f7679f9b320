using Reconciler.Diffing;
using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Reporting;

namespace Reconciler.Turns;

/// <summary>How a person goes on from a verdict: the exact command, or the acknowledgement ready to paste.</summary>
internal static class WaysOn
{
    private const string SecretsFileName = "SecretsFile";
    private const string DatabaseName = "Database";

    public static IReadOnlyList<WayOn> Of(ExpandedEnvironment environment, Unit unit, Verdict verdict)
    {
        var (name, application) = (environment.Name, unit.Application);
        // Of what git says now nothing is known but why it is refused.
        if (unit.Refusal is not null && verdict.Standing == Standing.Refused)
            return [];
        // What is held may be refused besides: what git says now, over what was left.
        var refused = verdict.Standing is Standing.Refused or Standing.Held && verdict.Plan.Refusals.Count > 0;
        var gates = refused
            ? verdict.Plan.Refusals.Select(refusal => refusal.Gate).OfType<string>().Distinct().ToList()
            : verdict.Deferral is { Gate: not (Retries.Gate or RunGates.ServersGate or UnitRun.NewerCommitGate or "suspended"), Failed: false } deferral ? [deferral.Gate] : [];
        var ways = new List<WayOn>();
        // What belongs to the servers has no commit that an acknowledgement could be for.
        if (gates.Count > 0 && unit.CodeCommit is { } commit)
            ways.Add(Acknowledgement(name, application, commit, gates));
        var drifted = verdict.Standing == Standing.Drifted
            ? verdict.Diff.All.Where(difference => difference is not { Refusal: not null, Gate: null }).ToList()
            : [];
        if (drifted.Exists(difference => !UnitPlanning.OutlastsHealing(difference)) || (refused && verdict.Plan.Refusals.All(IsMendable)))
            ways.Add(new(drifted.Exists(IsLost) || verdict.Plan.Refusals.Any(IsLost)
                ? "put back what is missing, once: packages, PostgreSQL, role and rules; no data"
                : "let git win on the servers, once; a copy of what is replaced is kept", $"reconciler retry {name} {application} --heal"));
        if (verdict.Standing is Standing.Drifted or Standing.Refused or Standing.Failed or Standing.Planned)
            ways.AddRange(ByHand(verdict));
        if (drifted.Exists(UnitPlanning.OutlastsHealing))
            ways.Add(new("--heal alone takes no edit of code away: undo it there, or commit it; or give it up (a patch is kept) with `localChanges: discard`, "
                + "or with an acknowledgement of `drift` for this commit and then", $"reconciler retry {name} {application} --heal"));
        if (verdict is { Standing: Standing.Synced, Ailments.Count: > 0, Alarm: null })
        {
            ways.Add(new("read what its services wrote", $"reconciler logs {name} {application}"));
            ways.Add(verdict.Ailments.Any(ailment => ailment.Key.Kind == DatabaseName)
                ? new("mend the servers, whose business its database is", $"reconciler retry {name} {ResourceId.Host} --heal")
                : new("look at everything from nothing, and mend what is not as git says",
                    $"reconciler retry {name} {application} --heal"));
        }
        if (verdict.Standing is Standing.Held or Standing.SetAside)
            ways.AddRange(AfterFailure(name, application, verdict));
        if (verdict.Standing == Standing.Unseen)
            ways.Add(new(AllAnswer(verdict)
                ? "every server answers: it goes on by itself when that can be seen again"
                : "it goes on by itself when all answer; a server that is dead is given up by a commit: `gone: \"(why)\"` beside its "
                    + $"address in {name}/servers.yaml", null));
        if (verdict.Standing == Standing.Incomplete || verdict.Deferral?.Gate == RunGates.ServersGate)
            ways.AddRange(OfMissing(name, application, verdict.Missing));
        if (verdict.WaitsForServers)
            ways.Add(new($"it goes on by itself, with a word given to it, when {ResourceId.Host} is through: what that needs stands there",
                null));
        else if (verdict.Standing == Standing.Failed && verdict.Diff.All.Any(difference => difference.Resource.Kind == "Packages"))
            ways.Add(new("a package is not as git says, and policy only reports that: bring it back, and what needs it with it",
                $"reconciler retry {name} {application} --heal"));
        else if (verdict.Standing == Standing.Failed)
            ways.Add(new("try it now rather than then", $"reconciler retry {name} {application}"));
        if (verdict.Suspension is { } suspension)
            ways.Add(new("lift it", suspension.Lift));
        if (verdict.Standing == Standing.Fenced)
            ways.Add(new("say whom each server obeys, and how this controller takes over from one that is ended for good", $"reconciler takeover {name}"));
        if (verdict.Standing == Standing.NeverConverged)
            ways.Add(new("say yes once", $"reconciler retry {name} {application}"));
        return ways;
    }

    private static IEnumerable<WayOn> OfMissing(string environment, string application, IReadOnlyList<MissingServer> missing)
    {
        if (missing.FirstOrDefault(server => !server.Answers) is { } silent)
            yield return new($"it goes on by itself when {silent.Name} answers, which is then brought up to the others before it gets requests; a server that is "
                + $"dead is given up by a commit: `gone: \"(why)\"` beside its address in {environment}/servers.yaml", null);
        if (missing.Any(server => server.Answers))
            yield return new("it is tried again by itself; try it now", $"reconciler retry {environment} {application}");
    }

    /// <summary>Something cannot be seen on a server that is there.</summary>
    private static bool AllAnswer(Verdict verdict) => verdict.Live is { Unreachable.Count: 0 };

    private static bool IsLost(Difference difference) => difference is { Resource.Kind: DatabaseName, Type: DifferenceType.Add };

    private static IEnumerable<WayOn> ByHand(Verdict verdict)
    {
        var others = verdict.Diff.All.Any(difference => difference.Refusal is null);
        return verdict.Diff.All.Where(difference => difference.Refusal is not null)
            .SelectMany(difference => difference.ByHand.Select(way =>
                new WayOn($"{(others ? "after that, " : "")}on {difference.Resource.Server}, as root: {way.What}", way.Command)));
    }

    private static IEnumerable<WayOn> AfterFailure(string environment, string application, Verdict verdict)
    {
        var isPersons = RunHold.IsPersons(verdict.Headline);
        yield return new(isPersons ? "go on with the same" : "once the cause is mended, try the same again", $"reconciler retry {environment} {application}");
        if (isPersons)
            yield break;
        if (verdict.Run is { } run)
            yield return new("see what its steps did and printed", $"reconciler describe run {run}");
        if (OfSecrets(verdict) is { } values)
            yield return values;
        if (IsOfSecretsAlone(verdict.Tried ?? verdict.Diff))
            yield break;
        yield return new("merge a commit that changes what failed" + (verdict.Diff.Unknown.Count > 0 && !AllAnswer(verdict)
            ? ", or mark a server that is dead `gone: \"(why)\"` in servers.yaml" : ""), null);
        if (verdict.Standing == Standing.Held)
            yield return new("or go back to the commit before, by a commit", $"reconciler rollback {environment} {application}");
    }

    /// <summary>Values are no part of git: a wrong one is put right where it comes from.</summary>
    private static WayOn? OfSecrets(Verdict verdict)
    {
        var places = (verdict.Tried ?? verdict.Diff).All.Where(difference => difference.Resource.Kind == SecretsFileName)
            .Select(difference => difference.Origin?.ToString()).OfType<string>().Distinct().ToList();
        return places.Count == 0 ? null
            : new($"if a value is wrong, correct it at its source, which {string.Join(" and ", places)} names: that is picked up by itself", null);
    }

    /// <summary>Nothing but values moved, and what reads them.</summary>
    private static bool IsOfSecretsAlone(Diff tried) => tried.ByResource.Keys.Any(resource => resource.Kind == SecretsFileName)
        && tried.ByResource.Keys.All(resource => resource.Kind is SecretsFileName or "Service" or "Database" or "Maintenance");

    /// <summary>An entry for acknowledgements.yaml that says yes to exactly this commit, and lapses with the next one.</summary>
    public static WayOn Acknowledgement(string environment, string application, string commit, IReadOnlyList<string> gates) => new(
        $"let it through, by a commit: in {environment}/acknowledgements.yaml, below `spec:` (in place of {{}} if that is all)",
        $"{string.Join('-', gates).ToLowerInvariant()}-{commit[..12]}: "
        + $"{{gates: [{string.Join(", ", gates)}], for: {application}@{commit}, reason: \"(who, and why)\"}}");

    private static bool IsMendable(Difference refusal) =>
        refusal.Gate == "drift" && UnitPlanning.EditsThatHealReplaces.Contains(refusal.Resource.Kind);
}
