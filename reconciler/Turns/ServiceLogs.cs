using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Remote;
using Reconciler.Resources.Service;

namespace Reconciler.Turns;

/// <summary>The end of what one service wrote on one server; stable in JSON.</summary>
/// <param name="Text">Null when it could not be read.</param>
/// <param name="Trouble">Why not; null when it could.</param>
internal sealed record ServiceLog(string Server, string Service, string? Text, string? Trouble);

/// <summary>Asks the runners for what services wrote: the login itself may read neither log files nor the journal.</summary>
internal sealed class ServiceLogs(IServerSessions sessions, ServerAddresses addresses)
{
    /// <param name="server">Null for all.</param>
    public async Task<IReadOnlyList<ServiceLog>> ReadAsync(ExpandedEnvironment environment, Unit unit, string? server,
        CancellationToken cancellation)
    {
        var known = addresses.Of(environment);
        var asked = unit.Resources
            .Where(resource => resource.Spec is ServiceSpec { Retired: false, Manager: not ServiceManager.BareProcess })
            .Where(resource => server is null || resource.Id.Server == server)
            .GroupBy(resource => resource.Id.Server).OrderBy(group => group.Key, StringComparer.Ordinal);
        var logs = await Task.WhenAll(asked.Select(group => OnAsync(known[group.Key], [.. group], cancellation)));
        return [.. logs.SelectMany(each => each)];
    }

    private async Task<IEnumerable<ServiceLog>> OnAsync(ServerAddress server, IReadOnlyList<Resource> services,
        CancellationToken cancellation)
    {
        IReadOnlyList<ProbeAnswer> answers;
        try
        {
            var probes = services.Select(service => RunnerRequest.Logs(Lookup.WithManager((ServiceSpec)service.Spec)))
                .Select(request => Probe.Nothing with { Request = request });
            answers = await ServerProbes.AskAsync(sessions.For(server), [.. probes], cancellation);
        }
        catch (SessionException fault)
        {
            answers = [.. services.Select(_ => new ProbeAnswer.Missing(fault.Message))];
        }
        return services.Zip(answers, (service, answer) => new ServiceLog(server.Name, ((ServiceSpec)service.Spec).Service,
            (answer as ProbeAnswer.Output)?.Text, (answer as ProbeAnswer.Missing)?.Why))
                .OrderBy(log => log.Service, StringComparer.Ordinal);
    }
}
