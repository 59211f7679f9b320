namespace Reconciler.Reporting;

/// <summary>Status for people: who is at work, what git has that is refused, a line for each application, and below it what needs attention.</summary>
/// <param name="ages">False to leave out how long ago each thing was: what is left is the same until something changes.</param>
internal sealed class StatusText(TextWriter writer, DateTimeOffset now, bool ages = true)
{
    private const int MostFaults = 5;
    private const int MostDifferences = 20;
    private const int MostPrinted = 12;

    public void Write(StatusReport report)
    {
        if (report.Leases is not { Count: > 0 } leases)
            WriteController(report.Controller);
        else
            foreach (var lease in leases)
                writer.WriteLine($"{lease.Environment}: at work: {lease.Command ?? "a controller"} {lease.Controller}, "
                    + $"since {Clock(lease.Since)}, with number {lease.Number}");
        if (report.Repository?.AheadOfOrigin is { } ahead)
            writer.WriteLine($"AheadOfOrigin{Since(ahead.Since)}: {ahead.Sentence}");
        if (report.Repository is { Trouble: { } trouble } repository && trouble != repository.AheadOfOrigin?.Sentence)
            WriteTrouble(repository, isTriedAgain: report.Controller is not null || report.Leases is { Count: > 0 });
        if (report.Applications.Count == 0)
            writer.WriteLine("nothing was observed yet: `reconciler watch` looks again and again, `reconciler plan ENVIRONMENT` once");
        foreach (var status in report.Applications)
            WriteApplication(status);
        foreach (var server in report.Servers.Where(server => server.Unknown))
            writer.WriteLine($"{server.Environment}: {server.Server} "
                + (server.Verified is { } verified ? $"was last seen {Clock(verified)}{Age(verified, " ago")}" : "was never seen")
                + $": what is said of it does not count{(server.Trouble is null ? "" : $"; {server.Trouble}")}");
        // Those that say the same are one line.
        foreach (var alike in report.Servers.Where(server => !server.Unknown)
            .GroupBy(server => (server.Environment, Due: server.Software is { } software ? SoftwareText.Due(software) : null))
            .Where(alike => alike.Key.Due is not null))
            writer.WriteLine($"{alike.Key.Environment}: {string.Join(", ", alike.Select(server => server.Server))}: {alike.Key.Due}");
        foreach (var request in report.Requests)
            WriteRequest(request);
    }

    /// <summary>What moved, git or the server, and since when, in brackets; empty where no look was kept.</summary>
    internal static string CauseOf(ReportedDifference difference) =>
        difference is { Cause: { } cause, Since: { } since }
            ? $" ({(cause == "both" ? "changed by hand, and git moved" : cause)}, since {Clock(since)})" : "";

    private void WriteController(ControllerStatus? controller) => writer.WriteLine(controller is null
        ? "nobody is at work: nothing is deployed or tried again until `reconciler watch` runs"
        : $"at work: {controller.Command ?? "a controller"}, process {controller.ProcessId} on {controller.Host}, since {Clock(controller.Since)}");

    private void WriteTrouble(RepositoryStatus repository, bool isTriedAgain)
    {
        writer.WriteLine(repository.Refused is null ? Unfetched(repository)
            : $"git is not in force{Since(repository.Since)}: {repository.Trouble}");
        // Each failed look moves this time: like an age, it is no news.
        if (ages && isTriedAgain && repository.RetriesAt is { } next)
            writer.WriteLine($"  looked at again at {Clock(next)}, {(next > now ? $"{Ages.Until(next - now)} from now" : "that is now")}");
        foreach (var fault in repository.Diagnostics.Take(MostFaults))
            writer.WriteLine($"  {fault}");
        if (repository.Diagnostics.Count > MostFaults)
            writer.WriteLine($"  and {repository.Diagnostics.Count - MostFaults} more: `reconciler validate` in a clone of it names them all");
    }

    /// <summary>That nothing new came is no word against what came before.</summary>
    private string Unfetched(RepositoryStatus repository)
    {
        var stays = repository.Revision is { } revision ? $"what was accepted before (revision {revision[..12]}) stays in force"
            : "nothing is in force yet";
        var trouble = repository.Trouble!;
        var known = repository.Revision is { } id ? $" Revision {id} stays in force." : " No revision is in force.";
        return $"git could not be fetched{Since(repository.Since)}: {stays}: "
            + (trouble.EndsWith(known, StringComparison.Ordinal) ? trouble[..^known.Length] : trouble);
    }

    private void WriteApplication(ApplicationStatus status)
    {
        writer.WriteLine($"{status.Environment}/{status.Application}".PadRight(26) + $"{status.Sync,-10} {status.Health,-10} "
            + $"{status.Commit?[..12] ?? "-",-12}  {(status.Verified is { } seen ? $"seen{Ago(seen)}" : "never seen")}");
        if (status.Run is { } run)
            WriteRun(run);
        WriteLive(status);
        if (status.Suspended is { } suspended)
            writer.WriteLine($"  suspended by {suspended.By}{Since(suspended.Since)}"
                + $"{(suspended.Until is { } end ? $", until {Clock(end)}" : "")}: {suspended.Reason}; `{suspended.Lift}` lifts it");
        if (status.Follow is { } follow)
            writer.WriteLine($"  follow: {follow}");
        // What was said last is about before this run.
        var isAtWork = status.Run is { State: "Running", IsTriedAgain: false }
            || (status.Run is { State: "Interrupted" } && status.Of("Ready")?.Reason.StartsWith("WaitingFor", StringComparison.Ordinal) == true);
        var ready = isAtWork || status.Of("Ready") is { Reason: "Suspended" } ? null : status.Of("Ready");
        if (ready is { Status: not "True" })
            writer.WriteLine($"  {ready.Reason}{Since(ready.LastTransitionTime)}: {ready.Message.Split('\n')[0]}");
        if (status.WaitsUntil is { } until && status.Suspended is null && (!isAtWork || until > now))
            writer.WriteLine($"  waits until {Clock(until)}"
                + (!ages ? "" : until > now ? $", {Ages.Until(until - now)} from now" : ": due at its next look"));
        foreach (var line in WayOn.Beyond($"{ready?.Message} {status.Suspended?.Lift}", isAtWork ? [] : status.GoOn)
            .SelectMany(way => $"{way}".Split('\n')))
            writer.WriteLine($"  > {line}");
        if (ready is { Status: not "True" })
            WritePrinted(status, ready.Message.Split('\n')[1..]);
        foreach (var difference in status.Differences.Take(MostDifferences))
            writer.WriteLine($"  {difference.Server}: {difference.Sentence}{CauseOf(difference)}");
        if (status.Differences.Count > MostDifferences)
            writer.WriteLine($"  and {status.Differences.Count - MostDifferences} more differences: `reconciler plan {status.Environment}`");
        foreach (var ailment in status.Ailments)
            writer.WriteLine($"  ! {ailment}");
        WriteUnmanaged(status);
    }

    /// <summary>What may change what users get, in full; of the rest only that there is some.</summary>
    private void WriteUnmanaged(ApplicationStatus status)
    {
        foreach (var thing in status.Unmanaged.Where(thing => thing.Loud))
            writer.WriteLine($"  ! unmanaged: {thing.Server}: {thing.Sentence}");
        if (status.Unmanaged.Count(thing => !thing.Loud) is var rest and > 0)
            writer.WriteLine($"  {rest} thing(s) on its servers that git does not speak of: "
                + $"`reconciler drift {status.Environment}` names them");
    }

    private void WriteRun(RunStatus run)
    {
        var phase = run.Phase is null ? "" : $", in {run.Phase}";
        writer.WriteLine(run.State switch
        {
            "Running" => $"  going on: run {run.Id}{Since(run.Since)}{phase}",
            "Interrupted" => $"  broke off: run {run.Id}{Since(run.Since)}{phase}: its controller ended; the next one goes on from what it sees",
            RunStatus.WaitsForServer => $"  waits for {string.Join(" and ", run.Steps.Select(step => step.Server).Distinct())}"
                + $"{Since(run.Steps.Min(step => (DateTimeOffset?)step.Since))}: "
                + $"run {run.Id} does nothing more, and ends once it is known what became of",
            _ => $"  {run.State.ToLowerInvariant()}: run {run.Id}, begun {Clock(run.Since)}{phase}",
        });
        foreach (var step in run.Steps)
            writer.WriteLine($"    {step.Server}: {step.Summary}{Since(step.Since)}");
        if (run is { State: "Running", Next: { } next })
            writer.WriteLine($"    git has moved to {next[..12]} since it began: that comes after it");
    }

    private void WriteLive(ApplicationStatus status)
    {
        if (status.Commit is not null && status.RunningCommits.Any(commit => commit != status.Commit))
            writer.WriteLine($"  runs {string.Join(" and ", status.RunningCommits.Select(commit => commit[..12]))}, git wants {status.Commit[..12]}"
                + (status.Fault is null ? "" : ", which is refused"));
        if (status.Run?.CoveredSince is { } covered)
            writer.WriteLine($"  covered by this run{Since(covered)}: users see the maintenance page"
                + (status.RunningCommits.Count == 0 ? ", as soon as nginx has the site" : ""));
        else if (status.Covered == true)
            writer.WriteLine("  covered: users see the maintenance page");
        if (status.Flag)
            writer.WriteLine($"  the maintenance flag is on: {status.Environment}/{status.Application}/maintenance.yaml");
    }

    /// <summary>What stood below the sentence: its end, for there is what went wrong.</summary>
    private void WritePrinted(ApplicationStatus status, IReadOnlyList<string> lines)
    {
        if (lines.Count > MostPrinted)
            writer.WriteLine($"    | ... {lines.Count - MostPrinted} lines before these: "
                + (status.Run is { } run ? $"`reconciler describe run {run.Id}` has them" : $"`reconciler history {status.Environment}` names the run that printed them"));
        foreach (var line in lines.TakeLast(MostPrinted))
            writer.WriteLine($"    | {line}");
    }

    private void WriteRequest(RequestStatus request)
    {
        var subject = string.Join(' ', new[] { request.Ask, request.Environment, request.Application }.OfType<string>());
        var state = request switch
        {
            { AnsweredAt: { } at } => $"answered{Ago(at)}: {request.Answer}",
            { TakenAt: { } at } => $"begun{Ago(at)}",
            _ => "waits until what goes on now is through",
        };
        writer.WriteLine($"request {request.Id}: {subject}, by {request.By} at {Clock(request.At)}: {state}");
    }

    private string Since(DateTimeOffset? then) => then is { } time ? $", since {Clock(time)}{Age(time)}" : "";

    private string Age(DateTimeOffset then, string after = "") => ages ? $" ({Ages.Of(now - then)}{after})" : "";

    private string Ago(DateTimeOffset then) => ages ? $" {Ages.Of(now - then)} ago" : "";

    private static string Clock(DateTimeOffset time) => Ages.Clock(time);
}
