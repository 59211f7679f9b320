using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Remote;
using Reconciler.Resources.Migrations;

namespace Reconciler.Turns;

/// <summary>Asks an application's live code, where its migrations run: what only it can say. Changes nothing.</summary>
internal sealed class SiteQuestions(IServerSessions sessions, ServerAddresses addresses)
{
    /// <param name="script">For sh in the folder of manage.py, with the application's variables and virtualenv.</param>
    /// <returns>What it printed; or why nobody could be asked.</returns>
    public async Task<(string? Answer, string? Trouble)> AskAsync(ExpandedEnvironment environment, string application, string script,
        CancellationToken cancellation)
    {
        var asked = environment.Units.Where(unit => unit.Application == application).SelectMany(unit => unit.Resources)
            .FirstOrDefault(resource => resource.Spec is MigrationsSpec);
        if (asked?.Spec is not MigrationsSpec { Runtime: var runtime })
            return (null, $"{application} says `django:` nowhere");
        try
        {
            var probe = Probe.Nothing with { Request = runtime.RunLive("-", script) };
            return await ServerProbes.AskAsync(sessions.For(addresses.Of(environment)[asked.Id.Server]), [probe], cancellation) switch
            {
                [ProbeAnswer.Output(var text)] => (text, null),
                [ProbeAnswer.Missing(var why)] => (null, $"{asked.Id.Server}: {why}"),
                _ => (null, $"{asked.Id.Server} gave no answer"),
            };
        }
        catch (SessionException fault)
        {
            return (null, fault.Message);
        }
    }
}
