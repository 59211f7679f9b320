using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Resources.Maintenance;

namespace Reconciler.Turns;

/// <summary>
/// Keeps from look to look what each resource was like, so that a difference has a cause and a since, and each server a time at which it
/// was last seen.
/// </summary>
/// <param name="writer">Null for a look beside a running controller: nothing is kept.</param>
internal sealed class DriftMemory(UnitPlanning planning, ILedgerReader ledger, ILedger? writer, TimeProvider clock)
{
    /// <summary>
    /// What this look and those before it make of each resource of a unit; what could not be seen stays as it was last seen.
    /// </summary>
    /// <param name="verified">Until when what was kept last is known to have been so still, where looks since came to the same and were not kept.</param>
    public IReadOnlyDictionary<ResourceId, SeenResource> Note(
        ExpandedEnvironment environment, Unit unit, Observed observed, IReadOnlyDictionary<ResourceId, DateTimeOffset> verified)
    {
        var before = ledger.Seen(environment.Name, unit.Application).ToDictionary(seen => seen.Resource, seen =>
            seen is { DiffersSince: null, SyncedAt: { } synced } && verified.TryGetValue(seen.Resource, out var later) && later > synced
                ? seen with { SyncedAt = later } : seen);
        var diff = planning.DiffOf(environment, unit, observed);
        var unseen = diff.Unknown.Select(unknown => unknown.Resource.Id).ToHashSet();
        var newest = ledger.Runs(environment.Name, unit.Application, 1) is [var run] ? run : null;
        var acted = newest is { State: not (RunState.Succeeded or RunState.Incomplete) } ? LastActed(newest) : [];
        var now = clock.GetUtcNow();
        var seen = new Dictionary<ResourceId, SeenResource>();
        foreach (var resource in unit.Resources)
        {
            var last = before.GetValueOrDefault(resource.Id);
            if (unseen.Contains(resource.Id))
            {
                if (last is not null)
                    seen[resource.Id] = last;
                continue;
            }
            var look = new Look(WantedOf(unit, resource, last), observed.VerifiedAt.GetValueOrDefault(resource.Id, now),
                observed.Resources.GetValueOrDefault(resource.Id)?.FactsOf<ResourceFacts>()?.Marker,
                diff.ByResource.ContainsKey(resource.Id), IsLeftBy(acted, resource.Id, last));
            seen[resource.Id] = After(resource.Id, last, look, now) with
            {
                Sentence = diff.ByResource.GetValueOrDefault(resource.Id)?[0].Sentence,
            };
        }
        writer?.SaveSeen(environment.Name, unit.Application, seen.Values, Ended(before.Values, seen, newest, now));
        return seen;
    }

    /// <summary>What git moved and a run brought is no drift that was mended: the history of runs has it.</summary>
    private List<EndedDrift> Ended(
        IEnumerable<SeenResource> before, Dictionary<ResourceId, SeenResource> seen, Run? newest, DateTimeOffset now)
    {
        var over = before.Where(last => last is { Cause: DriftCause.Corrective or DriftCause.Both, DiffersSince: not null }
            && seen.GetValueOrDefault(last.Resource) is null or { DiffersSince: null }).ToList();
        if (over.Count == 0)
            return [];
        var acted = newest is null ? [] : LastActed(newest);
        string How(SeenResource last) =>
            acted.TryGetValue($"{last.Resource}", out var time) && time >= last.DiffersSince ? $"brought back by run {newest!.Id}"
            : !seen.TryGetValue(last.Resource, out var look) ? "git speaks of it no more"
            : look.Wanted != last.Wanted ? "git says now what was there"
            : "changed back on the server";
        return [.. over.Select(last => new EndedDrift(last.Resource, last.Sentence, last.Cause!.Value, last.DiffersSince!.Value, now,
            How(last)))];
    }

    /// <summary>What a unit's secrets are, once they are on its servers and in its databases as git says.</summary>
    public void NoteSecrets(ExpandedEnvironment environment, Unit unit, Verdict verdict)
    {
        if (writer is null || unit.Refusal is not null || verdict.Standing is not (Standing.Synced or Standing.Drifted)
            || verdict.Diff.ByResource.Keys.Any(resource => resource.Kind is "SecretsFile" or "Database" or "Service"))
            return;
        foreach (var (secret, digest) in environment.Secrets.Where(secret => secret.Key.File.Application == unit.Application))
            writer.NoteSecretInForce(secret, digest);
    }

    /// <summary>Which servers answered, of those that git places something on.</summary>
    public IReadOnlyList<SeenServer> NoteServers(
        ExpandedEnvironment environment, Observed observed, IReadOnlyDictionary<string, ServerSoftware> software)
    {
        var before = ledger.ServersSeen(environment.Name).ToDictionary(seen => seen.Server);
        var asked = observed.Resources.Keys.Select(id => id.Server).ToHashSet();
        var now = clock.GetUtcNow();
        IReadOnlyList<SeenServer> servers =
        [
            .. environment.Servers.Values.Where(server => asked.Contains(server.Name)).Select(server => new SeenServer(
                environment.Name, server.Name, server.Address, server.Roles, now,
                observed.Unreachable.ContainsKey(server.Name) ? before.GetValueOrDefault(server.Name)?.VerifiedAt : now,
                observed.Unreachable.GetValueOrDefault(server.Name))
            {
                Software = software.GetValueOrDefault(server.Name),
            }),
        ];
        writer?.SaveServersSeen(environment.Name, servers);
        return servers;
    }

    /// <param name="VerifiedAt">Until then it is known to have been so; what was only remembered since proves nothing.</param>
    private sealed record Look(string Wanted, DateTimeOffset VerifiedAt, string? Marker, bool Differs, bool LeftByRun);

    /// <summary>
    /// A run of ours that acted on it after the last good look and did not succeed left it as it is: nobody else's hand did.
    /// </summary>
    private static bool IsLeftBy(Dictionary<string, DateTimeOffset> acted, ResourceId resource, SeenResource? last) =>
        acted.TryGetValue($"{resource}", out var time) && (last?.SyncedAt is not { } synced || time >= synced);

    /// <summary>A run may have begun long before it acts: it waited for the time that was announced.</summary>
    private Dictionary<string, DateTimeOffset> LastActed(Run run) => ledger.Steps(run.Id)
        .GroupBy(step => step.Resource).ToDictionary(steps => steps.Key, steps => steps.Max(step => step.IntentAt));

    /// <summary>
    /// While git's newer word is refused, what was converged last is in force: it did not move, even where its secrets are not to be read now. The flag
    /// alone is git's of now.
    /// </summary>
    private static string WantedOf(Unit unit, Resource resource, SeenResource? last) =>
        unit.Refusal is not null && resource.Spec is not MaintenanceSpec && last?.SyncedWanted is { } synced ? synced : UnitDigest.Of(resource);

    private static SeenResource After(ResourceId id, SeenResource? last, Look look, DateTimeOffset now)
    {
        if (!look.Differs)
            return new(id, look.Wanted, look.Marker, now, look.VerifiedAt, look.Wanted, null, null);
        var byHand = last?.SyncedWanted is { } synced && synced != look.Wanted ? DriftCause.Both : DriftCause.Corrective;
        var (cause, since) = last switch
        {
            // It waited for its run, and meanwhile somebody changed it on the server.
            { Cause: DriftCause.Intentional } when last.Marker != look.Marker && last.Wanted == look.Wanted && !look.LeftByRun => (byHand, now),
            // What git said newer is refused by now, or was taken back: what differs still is not git's doing.
            { Cause: DriftCause.Intentional } when last.Wanted != look.Wanted && byHand == DriftCause.Corrective && last.SyncedWanted is not null
                && !look.LeftByRun => (byHand, now),
            { Cause: DriftCause.Intentional, DiffersSince: { } first } => (DriftCause.Intentional, first),
            { Cause: { }, DiffersSince: { } first } => (byHand, first),
            _ => (last?.SyncedWanted == look.Wanted && !look.LeftByRun ? DriftCause.Corrective : DriftCause.Intentional, now),
        };
        return new(id, look.Wanted, look.Marker, now, last?.SyncedAt, last?.SyncedWanted, since, cause);
    }
}
