using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Resources.Code;
using Reconciler.Resources.Service;
using Reconciler.Resources.VirtualEnvironment;

namespace Reconciler.Turns;

/// <summary>
/// Processes that run an application's code and belong to none of its services: a worker that somebody started by hand goes on with old
/// code through every deploy. Named, and never ended. No kind could say it, for none sees both the processes and the services.
/// </summary>
internal static class StrayProcesses
{
    public static IEnumerable<Unmanaged> Of(Unit unit, Observed observed) =>
        unit.Resources.SelectMany(resource => resource.Spec is CodeSpec code && FactsOf(resource, observed) is CheckoutFacts
            { Processes.Count: > 0 } facts
            ? On(resource, code.Path, facts.Processes, VirtualEnvironmentOf(unit, resource.Id.Server), OwnedOn(resource.Id.Server,
                observed))
            : []);

    private static IEnumerable<Unmanaged> On(
        Resource checkout, string path, IReadOnlyList<UserProcess> processes, string? virtualEnvironment, HashSet<long> owned)
    {
        var byPid = processes.ToDictionary(process => process.Pid);
        bool BelongsTo(UserProcess process, Func<UserProcess, bool> what)
        {
            for (var (one, steps) = (process, 0); steps < 64; steps++)
            {
                if (what(one))
                    return true;
                if (!byPid.TryGetValue(one.Parent, out one!))
                    return false;
            }
            return false;
        }
        bool IsOwned(UserProcess process) => owned.Contains(process.Pid) || owned.Contains(process.Parent);
        // Whoever started a service (a supervisor of the application's own) is no stray.
        var starters = processes.Where(process => owned.Contains(process.Pid)).Select(process => process.Parent).ToHashSet();
        var strays = processes
            .Where(process => !BelongsTo(process, IsOwned) && !starters.Contains(process.Pid) && RunsTheCode(process, path,
                virtualEnvironment))
            .ToDictionary(process => process.Pid);
        return strays.Values.Where(process => !strays.ContainsKey(process.Parent))
            .Select(process => Say(checkout.Id, process, strays.Values.Count(other => BelongsTo(other, one =>
                one.Parent == process.Pid))));
    }

    private static Unmanaged Say(ResourceId checkout, UserProcess process, int children) => new(
        checkout, $"process {process.Pid}",
        $"process {process.Pid}{(children == 0 ? "" : $" with {children} of its own")} runs the code of {checkout.Application}, "
        + "and no service that git declares started it: "
        + $"`{process.Told!.Command}`, in {process.Told.Folder}")
    {
        Since = process.Since,
        Advice = $"end it there (`kill {process.Pid}`) if nobody needs it: no deploy ever restarts it; or declare it in services.yaml",
    };

    /// <summary>By the interpreter and the folder, or by the words: a person's editor in the checkout runs none of it.</summary>
    private static bool RunsTheCode(UserProcess process, string path, string? virtualEnvironment)
    {
        if (process.Told is not { Command.Length: > 0 } told)
            return false;
        var roots = new[] { path, virtualEnvironment }.OfType<string>().ToList();
        bool IsBelow(string file) => roots.Exists(root => file == root || file.StartsWith($"{root}/", StringComparison.Ordinal)
            || file.StartsWith($"{root}.d/", StringComparison.Ordinal));
        var first = told.Command.Split(' ')[0];
        return IsBelow(first) || IsBelow(told.Program)
            || (told.IsPython
                && (IsBelow(told.Folder) || told.Command.Split(' ').Skip(1).Any(IsBelow)));
    }

    private static string? VirtualEnvironmentOf(Unit unit, string server) => unit.Resources
        .Where(resource => resource.Id.Server == server).Select(resource => resource.Spec).OfType<VirtualEnvironmentSpec>()
            .FirstOrDefault()?.Path;

    private static HashSet<long> OwnedOn(string server, Observed observed) => observed.Resources
        .Where(entry => entry.Key.Server == server)
        .Select(entry => entry.Value).OfType<Observation.Found>().Select(found => found.Facts).OfType<ServiceFacts>()
        .SelectMany(facts => facts.Processes.Select(process => process.Pid)).ToHashSet();

    private static ResourceFacts? FactsOf(Resource resource, Observed observed) =>
        observed.Resources.GetValueOrDefault(resource.Id)?.FactsOf<ResourceFacts>();
}
