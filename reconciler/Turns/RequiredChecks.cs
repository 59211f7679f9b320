using System.Collections.Concurrent;
using Reconciler.Documents.Expansion;
using Reconciler.Hosting;
using Reconciler.Journaling;
using Reconciler.Planning;

namespace Reconciler.Turns;

/// <summary>
/// <c>requiredChecks</c>: what the application's own CI says of a commit that is to run. Pending and unreadable wait; red waits for a newer commit. What runs
/// already is not asked about.
/// </summary>
internal sealed class RequiredChecks(GitHosts hosts, ILedgerReader ledger)
{
    /// <summary>The gate's name, as acknowledgements use it.</summary>
    public const string Gate = "requiredChecks";

    private readonly ConcurrentDictionary<(string Repository, string Commit), Deferral?> _known = new();

    /// <summary>Asks the git hosts now; what they said before counts no more.</summary>
    public Task ReadAsync(string environment, IEnumerable<Unit> units, CancellationToken cancellation) =>
        Task.WhenAll(units.Where(unit => Asks(environment, unit)).Select(async unit =>
            _known[(unit.CodeRepository!, unit.CodeCommit!)] = await JudgeAsync(unit, cancellation)));

    /// <summary>As of the last <see cref="ReadAsync"/>.</summary>
    /// <returns>Null when nothing is asked for, or all are green.</returns>
    public Deferral? Of(string environment, Unit unit) => !Asks(environment, unit) ? null
        : _known.TryGetValue((unit.CodeRepository!, unit.CodeCommit!), out var known) ? known
        : new(Gate, $"{Listed(unit)} of {Short(unit)} was not asked after yet", null);

    private bool Asks(string environment, Unit unit) =>
        unit is { RequiredChecks.Count: > 0, CodeRepository: not null, CodeCommit: not null } && !unit.Acknowledged.Contains(Gate)
        && ledger.LastConverged(environment, unit.Application)?.CodeCommit != unit.CodeCommit;

    private async Task<Deferral?> JudgeAsync(Unit unit, CancellationToken cancellation)
    {
        if (hosts.Find(unit.CodeRepository!) is not { } found)
            return Unreadable(unit, $"controller.yaml names no git host for {unit.CodeRepository}: write it below `gitHosts`");
        try
        {
            var checks = await found.Host.ChecksAsync(found.Project, unit.CodeCommit!, unit.RequiredChecks, cancellation);
            string[] With(params ReadOnlySpan<CheckState> states)
            {
                var wanted = states.ToArray();
                return [.. checks.Where(check => wanted.Contains(check.Value)).Select(check => check.Key).Order(StringComparer.Ordinal)];
            }
            return With(CheckState.Red) is { Length: > 0 } red
                ? new(Gate, $"{string.Join(", ", red)} failed for {Short(unit)} at {hosts.ProjectOf(unit.CodeRepository!)}; a newer commit tries again", null)
                {
                    Failed = true,
                }
                : With(CheckState.Pending, CheckState.Missing) is { Length: > 0 } open
                    ? new(Gate, $"{string.Join(", ", open)} of {Short(unit)} is not green yet at {hosts.ProjectOf(unit.CodeRepository!)}", null)
                    : null;
        }
        catch (GitHostException fault)
        {
            return Unreadable(unit, fault.Message);
        }
    }

    private static Deferral Unreadable(Unit unit, string why) => new(Gate, $"{Listed(unit)} of {Short(unit)} cannot be read: {why}", null);

    private static string Listed(Unit unit) => string.Join(", ", unit.RequiredChecks);

    private static string Short(Unit unit) => unit.CodeCommit![..12];
}
