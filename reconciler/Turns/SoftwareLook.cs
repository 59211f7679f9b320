using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Remote;
using Reconciler.Resources.Packages;

namespace Reconciler.Turns;

/// <summary>
/// What runs on each server, from the look at its packages; and, where that look shows that the answer of last time no longer
/// holds, how many packages could be upgraded (<see cref="UpgradesCount"/>). A server for which git names no package is not
/// asked.
/// </summary>
internal sealed class SoftwareLook(IServerSessions sessions, ServerAddresses addresses, ILedgerReader ledger, TimeProvider clock)
{
    /// <param name="counts">False to leave upgrades as they were last counted: who only wants to see a plan need not wait for
    /// it.</param>
    /// <returns>By server; of one that was not seen, what was seen of it last.</returns>
    public async Task<IReadOnlyDictionary<string, ServerSoftware>> AtAsync(
        ExpandedEnvironment environment, Observed observed, bool counts, CancellationToken cancellation)
    {
        var known = addresses.Of(environment);
        var before = ledger.ServersSeen(environment.Name).ToDictionary(seen => seen.Server, seen => seen.Software);
        var seen = observed.Resources.Where(entry => entry.Key.Kind == "Packages")
            .Select(entry => (entry.Key.Server, Facts: entry.Value.FactsOf<ResourceFacts>() as PackagesFacts))
            .Where(entry => entry.Facts is not null)
            .ToDictionary(entry => entry.Server, entry => entry.Facts!);
        var software = await Task.WhenAll(known.Keys.Select(async server => (server, Now: !seen.TryGetValue(server, out var facts)
            ? before.GetValueOrDefault(server)
            : Of(facts, before.GetValueOrDefault(server)) with
            {
                Upgrades = await UpgradesAsync(known[server], facts, before.GetValueOrDefault(server)?.Upgrades, counts, cancellation),
            })));
        return software.Where(entry => entry.Now is not null).ToDictionary(entry => entry.server, entry => entry.Now!);
    }

    private ServerSoftware Of(PackagesFacts facts, ServerSoftware? before) => new(
        Said(facts.System), Said(facts.Kernel),
        new SortedDictionary<string, string>(facts.Installed.Where(package => package.Value.Unpacked)
            .ToDictionary(package => package.Key, package => package.Value.Version), StringComparer.Ordinal),
        facts.RebootRequired ? facts.RebootFor.Split(' ', StringSplitOptions.RemoveEmptyEntries) : null)
    {
        BootId = Said(facts.BootId),
        // Reckoned once for each boot: from look to look it would differ by a moment.
        Booted = before?.BootId == facts.BootId ? before.Booted : clock.GetUtcNow() - facts.Up,
    };

    private static string? Said(string text) => text.Length == 0 ? null : text;

    private async Task<PendingUpgrades?> UpgradesAsync(
        ServerAddress server, PackagesFacts facts, PendingUpgrades? before, bool counts, CancellationToken cancellation)
    {
        if (!counts || before?.Signature == UpgradesCount.SignatureOf(facts))
            return before;
        try
        {
            return await ServerProbes.AskAsync(sessions.For(server), [UpgradesCount.Probe], cancellation) is [ProbeAnswer.Output(var text)]
                ? UpgradesCount.Read(facts, text) ?? before
                : before;
        }
        catch (SessionException)
        {
            // That the server does not answer is said elsewhere; with the old signature it is asked again.
            return before;
        }
    }
}
