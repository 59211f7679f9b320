using Reconciler.Documents.Expansion;
using Reconciler.Git;
using Reconciler.Journaling;
using Reconciler.Resources.Maintenance;

namespace Reconciler.Turns;

/// <summary>
/// What stands in for an application whose desired state is refused (its commit is not run, a secret is not to be had): the state that was
/// converged last, which stays in force (safety.md, "Faults to survive", 5 and 10), with the flag as git has it now.
/// </summary>
internal static class RefusedUnits
{
    /// <summary>Those that were never converged, or whose past cannot be read any more, stay faults.</summary>
    public static async Task<ExpandedEnvironment> AddAsync(
        ExpandedEnvironment environment, IPastUnits past, ILedgerReader ledger, CancellationToken cancellation)
    {
        var kept = new List<Unit>();
        foreach (var (application, now) in environment.Refused)
            if (ledger.LastConverged(environment.Name, application) is { } last
                && await PastAsync(environment, application, last, past, cancellation) is { } unit)
                kept.Add(unit.WithFlagOf(now) with
                {
                    Digest = last.Digest,
                    Refusal = new(now.CodeCommit!, environment.Faults[application]),
                });
        if (kept.Count == 0)
            return environment;
        var covers = kept.SelectMany(unit => unit.Resources).Where(resource => resource.Spec is MaintenanceSpec).ToList();
        return environment with
        {
            Units =
            [
                .. environment.Units.Where(unit => unit.CodeCommit is null)
                    .Select(host => host with { Borrowed = [.. host.Borrowed, .. covers] }),
                .. environment.Units.Where(unit => unit.CodeCommit is not null).Concat(kept)
                    .OrderBy(unit => unit.Application, StringComparer.Ordinal),
            ],
            Faults = environment.Faults.Where(fault => !kept.Exists(unit => unit.Application == fault.Key)).ToDictionary(),
        };
    }

    public static string Sentence(ExpandedEnvironment environment, Unit unit, Converged last) =>
        $"{unit.Refusal!.Commit[..12]} at revision {environment.Revision[..12]} is refused: {unit.Refusal.Why.TrimEnd('.')}. What was converged last "
        + $"(revision {last.Revision[..12]}{(last.CodeCommit is { } commit ? $", code {commit[..12]}" : "")}) stays in force, is mended, "
        + "and is what differences are told from.";

    private static async Task<Unit?> PastAsync(
        ExpandedEnvironment environment, string application, Converged last, IPastUnits past, CancellationToken cancellation)
    {
        try
        {
            var unit = await past.UnitAtAsync(environment.Name, application, last.Revision, cancellation);
            return unit with { Resources = [.. unit.Resources.Where(resource => environment.Servers.ContainsKey(resource.Id.Server))] };
        }
        catch (Exception fault) when (fault is GitException or InvalidOperationException)
        {
            return null;
        }
    }
}
