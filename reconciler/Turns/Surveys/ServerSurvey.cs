using Reconciler.Documents.Expansion;
using Reconciler.Remote;
using Reconciler.Reporting;

namespace Reconciler.Turns.Surveys;

/// <summary>
/// Looks, for a person alone, at what no kind looks at: users' keys, cron jobs, ports, units, supervisor's programs, and who was at work.
/// One round trip for each server; a look in the loop does without.
/// </summary>
internal sealed class ServerSurvey(IServerSessions sessions, ServerAddresses addresses, TimeProvider clock)
{
    /// <summary>Who was at work longer ago is not asked.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <param name="report">Of servers that answered it; the others are not asked.</param>
    /// <returns>The same with what lies beside, and with who is likely to have done what was done on the servers.</returns>
    public async Task<DriftReport> AddAsync(ExpandedEnvironment environment, DriftReport report, CancellationToken cancellation)
    {
        var known = addresses.Of(environment);
        var asked = report.Servers.Where(server => server.Trouble is null && known.ContainsKey(server.Server)).Select(server =>
            server.Server);
        var seen = await Task.WhenAll(asked.Select(async server =>
            (Server: server, Answer: await AskAsync(known[server], SinceOn(report, server), cancellation))));
        var facts = seen.Where(each => each.Answer.Facts is not null).ToDictionary(each => each.Server, each => each.Answer.Facts!);
        var foreign = facts.SelectMany(each => ForeignThings.Of(environment, each.Key, each.Value));
        return report with
        {
            Unmanaged = [.. report.Unmanaged.Concat(UnmanagedThing.Of(foreign)).OrderByDescending(thing => thing.Loud)],
            Unsurveyed =
            [
                .. seen.Where(each => each.Answer.Why is not null).Select(each => $"{each.Server}: {each.Answer.Why}"),
                .. facts.SelectMany(each => each.Value.Unread.Select(why => $"{each.Key}: {why}")),
            ],
            Differences = [.. report.Differences.Select(thing => thing with { Who = DriftActors.Of(thing, facts) })],
        };
    }

    private DateTimeOffset SinceOn(DriftReport report, string server)
    {
        var now = clock.GetUtcNow();
        var first = report.Differences.Where(thing => thing.Servers.Contains(server) && DriftActors.AreAskedFor(thing))
            .Min(thing => thing.LastSynced) ?? now;
        return (first < now - Longest ? now - Longest : first) - DriftActors.Margin;
    }

    private async Task<(SurveyFacts? Facts, string? Why)> AskAsync(ServerAddress server, DateTimeOffset since,
        CancellationToken cancellation)
    {
        try
        {
            return await ServerProbes.AskAsync(sessions.For(server), [SurveyScript.Probe(since)], cancellation) switch
            {
                [ProbeAnswer.Output(var text)] => (SurveyReading.Read(text), null),
                [ProbeAnswer.Missing(var why)] when why.Contains("survey needs an operation id", StringComparison.Ordinal) =>
                    (null, "its runner is of an earlier version, which cannot look at what lies beside: `reconciler enroll` it again"),
                [ProbeAnswer.Missing(var why)] => (null, why),
                _ => (null, "no answer"),
            };
        }
        catch (SessionException fault)
        {
            return (null, fault.Message);
        }
    }
}
