using Reconciler.Journaling;

namespace Reconciler.Reporting;

/// <summary>A server, as the last look saw it; stable in JSON.</summary>
/// <param name="InService">It answers, its services do, and no page lies over it; null when it was not seen in time.</param>
/// <param name="Against">Why it is not in service, or what does not work on it.</param>
/// <param name="Commits">The code that it has, by application.</param>
/// <param name="Differences">What is not as git says.</param>
internal sealed record ServerDescription(
    ServerStatus Server, bool? InService, IReadOnlyList<string> Against, IReadOnlyDictionary<string, string> Commits,
    IReadOnlyList<ReportedDifference> Differences);

/// <summary>An environment: what is in force, its servers and applications, and the last runs.</summary>
/// <param name="Revision">The desired-state commit in force; null when none was accepted yet.</param>
/// <param name="Admitted">Why it may be changed; null when nobody said yes yet.</param>
internal sealed record EnvironmentDescription(
    string Environment, string? Revision, DateTimeOffset? AcceptedAt, string? Admitted,
    IReadOnlyList<ServerDescription> Servers, IReadOnlyList<ApplicationStatus> Applications, IReadOnlyList<RunEntry> Runs);

/// <summary>An application in one environment.</summary>
/// <param name="Converged">What was last brought about and seen to be so; null when nothing was.</param>
/// <param name="Servers">Those that have something of it.</param>
internal sealed record ApplicationDescription(
    ApplicationStatus Status, ConvergedState? Converged, IReadOnlyList<string> Servers, IReadOnlyList<RunEntry> Runs);

/// <summary>A state that was brought about.</summary>
internal sealed record ConvergedState(string Revision, string? Commit, DateTimeOffset At);

/// <summary>Puts together from the ledger what <c>history</c> and <c>describe</c> say, beside whoever works with it.</summary>
internal sealed class DescriptionReader(ILedgerReader ledger, StatusReport status, DateTimeOffset now)
{
    private const int FewRuns = 5;

    public IReadOnlyList<string> Environments =>
        [.. ledger.AllAccepted().Select(accepted => accepted.Environment).Union(status.Applications.Select(each => each.Environment))
            .Order(StringComparer.Ordinal)];

    public IReadOnlyList<string> Applications(string? environment) =>
    [
        .. status.Applications.Where(each => environment is null || each.Environment == environment).Select(each => each.Application)
            .Distinct().Order(StringComparer.Ordinal),
    ];

    public IReadOnlyList<string> ServerNames =>
        [.. status.Servers.Select(server => server.Server).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Newest first.</summary>
    /// <param name="environment">Null for all.</param>
    public IReadOnlyList<RunEntry> History(string? environment, string? application, int most) =>
    [
        .. (environment is null ? Environments : [environment])
            .SelectMany(name => ledger.Runs(name, application, most)).OrderByDescending(run => run.StartedAt).Take(most).Select(Entry),
    ];

    /// <param name="id">Whole, or its number.</param>
    public RunDescription? Run(string id) =>
        ledger.FindRun(id) is { } run ? new(Entry(run), [.. ledger.Steps(run.Id).Select(StepEntry.Of)]) : null;

    /// <summary>One for each environment that has a server of this name.</summary>
    public IReadOnlyList<ServerDescription> Servers(string name) =>
        [.. status.Servers.Where(server => server.Server == name).Select(Describe)];

    public EnvironmentDescription? Environment(string name)
    {
        if (!Environments.Contains(name))
            return null;
        var accepted = ledger.AcceptedIn(name);
        return new(name, accepted?.Revision, accepted?.At, ledger.AdmissionOf(name)?.Why,
            [.. status.Servers.Where(server => server.Environment == name).Select(Describe)],
            [.. status.Applications.Where(each => each.Environment == name)], History(name, null, FewRuns));
    }

    /// <summary>One for each environment that has it.</summary>
    public IReadOnlyList<ApplicationDescription> Application(string name) =>
    [
        .. status.Applications.Where(each => each.Application == name).Select(each => new ApplicationDescription(
            each,
            ledger.LastConverged(each.Environment, name) is { } last ? new(last.Revision, last.CodeCommit, last.At) : null,
            [.. ledger.Seen(each.Environment, name).Select(seen => seen.Resource.Server).Distinct().Order(StringComparer.Ordinal)],
            History(each.Environment, name, FewRuns))),
    ];

    private RunEntry Entry(Run run)
    {
        var steps = ledger.Steps(run.Id);
        return RunEntry.Of(run, steps, CoveredStretch.FoundBy(run, steps, ledger), now);
    }

    private ServerDescription Describe(ServerStatus server)
    {
        var applications = status.Applications.Where(each => each.Environment == server.Environment).ToList();
        var seen = applications.SelectMany(each => ledger.Seen(server.Environment, each.Application))
            .Where(each => each.Resource.Server == server.Server).ToList();
        var here = seen.Select(each => each.Resource.Application).ToHashSet();
        var against = new List<string>();
        if (server.Trouble is not null)
            against.Add(server.Trouble);
        against.AddRange(applications.Where(each => here.Contains(each.Application) && each.Covered == true)
            .Select(each => $"{each.Application} is covered: users see the maintenance page"));
        against.AddRange(applications.SelectMany(each => each.Ailments)
            .Where(ailment => ailment.StartsWith($"{server.Server}: ", StringComparison.Ordinal))
                .Select(ailment => ailment[(server.Server.Length + 2)..]));
        return new(server, server.Unknown ? null : against.Count == 0, against,
            seen.Where(each => each.Resource.Kind == "Code" && each.Marker is not null)
                .GroupBy(each => each.Resource.Application).ToDictionary(each => each.Key, each => each.First().Marker!),
            [.. applications.SelectMany(each => each.Differences).Where(difference => difference.Server == server.Server)]);
    }
}
