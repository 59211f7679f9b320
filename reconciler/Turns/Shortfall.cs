using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Resources.Service;

namespace Reconciler.Turns;

/// <summary>
/// Which servers a unit may go without: at most <c>maxUnavailable</c>, and none that others cannot do without (safety.md, "one server fails or is lost").
/// </summary>
internal static class Shortfall
{
    /// <param name="Unit">Without the missing, where it may go without them.</param>
    /// <param name="Why">Why it may not, though there is a <c>maxUnavailable</c>; null where nothing is missing, or it may.</param>
    public sealed record Outcome(Unit Unit, string? Why);

    /// <summary>Before anything is begun: who does not answer, and who is back and is not as git says yet.</summary>
    /// <param name="stayOut">Of those that answer, each with the reason.</param>
    public static Outcome Of(
        ExpandedEnvironment environment, Unit unit, Observed observed, IReadOnlyDictionary<string, string> stayOut, ILedgerReader ledger)
    {
        if (environment.Policy.MaxUnavailable == 0)
            return new(unit, null);
        var moves = Moves(environment, unit, ledger);
        var names = ServersOf(unit);
        // What is new goes to all that answer: whoever was left out is one of them again.
        var missing = Silent(environment, unit, observed, ledger)
            .Concat(moves ? [] : names.Where(stayOut.ContainsKey).Select(name => Missing(unit, name, stayOut[name], answers: true)))
            .ToList();
        if (missing.Count == 0)
            return new(unit, null);
        return WhyNot(environment, unit, missing, moves) is { } why ? new(unit, why) : new(unit.Without(missing, down: moves), null);
    }

    public static MissingServer Missing(Unit unit, string name, string why, bool answers) => new(name, why, answers,
        unit.Resources.Any(resource => resource.Id.Server == name && RunsCode(resource)),
        unit.Resources.Any(resource => resource.Id.Server == name && resource.Id.Kind == "Migrations"));

    /// <summary>Git says something else than what was brought about last, or that was left in its middle.</summary>
    public static bool Moves(ExpandedEnvironment environment, Unit unit, ILedgerReader ledger) =>
        ledger.LastConverged(environment.Name, unit.Application)?.Digest != unit.Digest
        || ledger.HeldRun(environment.Name, unit.Application) is not null;

    /// <param name="missing">All that it would go without.</param>
    /// <param name="moves">What is in force would change: else a server that comes back has what the others have.</param>
    /// <returns>Null when it may go without them.</returns>
    public static string? WhyNot(ExpandedEnvironment environment, Unit unit, IReadOnlyCollection<MissingServer> missing, bool moves)
    {
        var first = missing.First();
        var (most, name) = (environment.Policy.MaxUnavailable, environment.Name);
        if (missing.Count > most)
            return $"{first.Why}; {missing.Count} servers are missing ({string.Join(", ", missing.Select(server => server.Name))}), "
                + $"and `maxUnavailable` of {name}/environment.yaml is {most}";
        var without = missing.Select(server => server.Name).ToHashSet();
        foreach (var server in missing)
            if (Needed(unit, server.Name, without, moves) is { } need)
                return $"{server.Why}; `maxUnavailable` does not cover it: {need}";
        return null;
    }

    private static string? Needed(Unit unit, string name, HashSet<string> without, bool moves)
    {
        var others = unit.Resources.Where(resource => !without.Contains(resource.Id.Server)).ToList();
        if (unit.Resources.Concat(unit.Borrowed).Any(resource => resource.Id.Server == name && resource.Id.Kind == "Database"))
            return "it has a database";
        var services = unit.Resources.Where(resource => resource.Id.Server == name).Select(resource => resource.Spec).OfType<ServiceSpec>()
            .Where(service => !service.Retired).ToList();
        if (services.Find(service => !others.Exists(other => other.Spec is ServiceSpec { Retired: false } its && its.Service == service.Service)) is { } only)
            return $"{only.Service} runs on no other server";
        if (!moves)
            return null;
        if (unit.Resources.Any(resource => resource.Id.Server == name && resource.Spec.PassesOnTo().Count > 0))
            return "it passes requests on to others, and nobody passes them on to it: it would serve users as it is the moment it is back";
        return services.Exists(service => service.Part == ServicePart.Web) && !others.Exists(other => other.Spec.PassesOnTo().Contains(name))
            ? "no site's {{> upstream}} names it, so nothing would keep what it has now from users when it is back"
            : null;
    }

    /// <summary>As it is said of a turn: how many are as they should be, and what is with the others.</summary>
    public static Verdict Judge(Unit whole, Verdict verdict)
    {
        if (verdict.Missing.Count == 0)
            return verdict;
        var all = ServersOf(whole).Count;
        var sentence = $"{all - verdict.Missing.Count} of {all} servers are as git says: {string.Join("; ", verdict.Missing.Select(server => server.Why))}";
        var unknown = whole.Resources
            .Join(verdict.Missing, resource => resource.Id.Server, server => server.Name, (resource, server) => new Diffing.UnknownResource(resource, server.Why));
        verdict = verdict with { Diff = verdict.Diff with { Unknown = [.. verdict.Diff.Unknown, .. unknown] } };
        return verdict.Standing switch
        {
            Standing.Synced => verdict with { Standing = Standing.Incomplete, Reason = sentence },
            Standing.Drifted => verdict with { Standing = Standing.Incomplete, Reason = $"{sentence}\nBesides, what answers {verdict.Reason}" },
            _ => verdict with { Reason = $"{verdict.Reason}\nBesides, {string.Join("; ", verdict.Missing.Select(server => server.Why))}" },
        };
    }

    private static IEnumerable<MissingServer> Silent(ExpandedEnvironment environment, Unit unit, Observed observed, ILedgerReader ledger)
    {
        var seen = ledger.ServersSeen(environment.Name).ToDictionary(server => server.Server);
        foreach (var name in ServersOf(unit).Where(observed.Unreachable.ContainsKey))
            yield return Missing(unit, name, Sentence(name, observed.Unreachable[name], seen.GetValueOrDefault(name)?.VerifiedAt), answers: false);
    }

    public static string Sentence(string server, string why, DateTimeOffset? since) =>
        $"{server} does not answer{(since is { } time ? $" since {time:yyyy-MM-ddTHH:mm:ssZ}" : "")}: {why}";

    public static IReadOnlyList<string> ServersOf(Unit unit) =>
        [.. unit.Resources.Select(resource => resource.Id.Server).Distinct().Order(StringComparer.Ordinal)];

    private static bool RunsCode(Resource resource) =>
        resource.Id.Kind == "Code" || resource.Spec is ServiceSpec { Part: not ServicePart.Backing } && resource.Id.Application != ResourceId.Host;
}
