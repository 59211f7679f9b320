using System.Globalization;
using Reconciler.Journaling;

namespace Reconciler.Reporting;

/// <summary>Runs, servers, environments and applications for people.</summary>
internal sealed class DescriptionText(TextWriter writer, DateTimeOffset now)
{
    private const int MostOutput = 20;

    public void Write(IReadOnlyList<RunEntry> runs)
    {
        if (runs.Count == 0)
            writer.WriteLine("no run yet");
        foreach (var run in runs)
            Write(run);
    }

    public void Write(RunEntry run)
    {
        var end = run.Ended is { } ended ? $"took {Length(ended - run.Started)}" : $"for {Ages.Of(now - run.Started)} now";
        var left = run.LeftCovered ? " and left covered" : "";
        var covered = run is { LeftCovered: true, State: nameof(RunState.Succeeded) } ? ", left covered, by the flag"
            : run.CoveredSeconds is { } seconds ? $", covered for {Length(seconds)}{Before(run)}{left}" : "";
        var came = run.State is nameof(RunState.Succeeded) or nameof(RunState.Incomplete);
        var phase = run.FailedIn is null ? run.Phase is null ? "" : $", reached {run.Phase}"
            : came ? $", failed in {run.FailedIn} at first" : $", failed in {run.FailedIn}";
        writer.WriteLine($"{run.Id,-16} {run.Environment}/{run.Application}  {run.State}  {Clock(run.Started)}, {end}{covered}");
        writer.WriteLine($"  revision {Short(run.Revision)}{(run.Commit is null ? "" : $", code {Short(run.Commit)}")}"
            + $"{phase}{(run.Cause is null ? "" : $"; because {run.Cause}")}");
        if (run.Reason is { } reason)
            writer.WriteLine($"  {reason.Split('\n')[0]}");
    }

    /// <summary>What its own seconds and those of the runs before it have in common.</summary>
    private static string Before(RunEntry run) => run.CoveredBeforeSeconds is { } before ? $" (of it {Length(before)} before it began)" : "";

    public void Write(RunDescription run)
    {
        Write(run.Run);
        foreach (var line in run.Run.Reason?.Split('\n').Skip(1) ?? [])
            writer.WriteLine($"    | {line}");
        // Batch after batch of a rolling run goes through the same phases.
        for (var i = 0; i < run.Steps.Count; i++)
        {
            if (i == 0 || run.Steps[i].Phase != run.Steps[i - 1].Phase)
                writer.WriteLine(run.Steps[i].Phase);
            Write(run.Steps[i]);
        }
    }

    private void Write(StepEntry step)
    {
        var took = step.Seconds is { } seconds ? Length(seconds) : "not back";
        var attempt = step.Attempt > 1 ? $" (attempt {step.Attempt})" : "";
        var code = step.ExitCode is not null and not 0 ? $" (exit code {step.ExitCode})" : "";
        writer.WriteLine($"  {Clock(step.Began)} {step.Server,-10} {step.State,-10} {took,8}  {step.Summary}{attempt}{code}");
        foreach (var line in (step.Output?.TrimEnd('\n').Split('\n') ?? []).TakeLast(MostOutput))
            writer.WriteLine($"    | {line}");
    }

    public void Write(ServerDescription server)
    {
        var (seen, about) = (server.Server, server);
        var roles = seen.Roles.Count == 0 ? "none" : string.Join(", ", seen.Roles);
        writer.WriteLine($"{seen.Environment}/{seen.Server}  {seen.Address}  roles {roles}");
        writer.WriteLine("  last verified " + (seen.Verified is { } verified ? $"{Clock(verified)} ({Ages.Of(now - verified)} ago)"
            : "never")
            + (seen.Unknown ? ": too long ago, what is said of it does not count" : ""));
        writer.WriteLine(about.InService switch
        {
            true => "  in service",
            false => "  not, or not wholly, in service:",
            null => "  whether it is in service is not known",
        });
        foreach (var why in about.Against)
            writer.WriteLine($"    ! {why}");
        if (seen.Software is { } software)
            foreach (var line in SoftwareText.Lines(software))
                writer.WriteLine($"  {line}");
        foreach (var (application, commit) in about.Commits)
            writer.WriteLine($"  {application}: code {commit}");
        foreach (var difference in about.Differences)
            writer.WriteLine($"  differs: {difference.Sentence}{StatusText.CauseOf(difference)}");
    }

    public void Write(EnvironmentDescription environment)
    {
        writer.WriteLine($"{environment.Environment}: " + (environment.Revision is { } revision
            ? $"revision {revision} in force since {Clock(environment.AcceptedAt!.Value)}" : "no revision was accepted yet"));
        writer.WriteLine(environment.Admitted is null
            ? $"  never changed: look at `reconciler plan {environment.Environment}`, "
                + $"then type `reconciler converge {environment.Environment}` once"
            : $"  may be changed: {environment.Admitted}");
        foreach (var server in environment.Servers)
            Write(server);
        writer.WriteLine("Applications");
        foreach (var application in environment.Applications)
            writer.WriteLine($"  {application.Application,-20} {application.Sync,-10} {application.Health,-10} "
                + (application.Commit is null ? "" : Short(application.Commit)));
        writer.WriteLine("Last runs");
        Write(environment.Runs);
    }

    public void Write(ApplicationDescription application)
    {
        var status = application.Status;
        var servers = string.Join(", ", application.Servers);
        writer.WriteLine($"{status.Environment}/{status.Application}: {status.Sync}, {status.Health}; servers {servers}");
        if (status.Commit is not null)
            writer.WriteLine($"  git wants {status.Commit}");
        foreach (var commit in status.RunningCommits)
            writer.WriteLine($"  seen      {commit}");
        writer.WriteLine(application.Converged is { } last
            ? $"  last converged {Clock(last.At)}: revision {Short(last.Revision)}" + (last.Commit is null ? ""
                : $", code {Short(last.Commit)}")
            : "  never converged");
        if (status.Of("Ready") is { Status: not "True" } ready)
            writer.WriteLine($"  {ready.Reason}: {ready.Message.Split('\n')[0]}");
        foreach (var difference in status.Differences)
            writer.WriteLine($"  differs: {difference.Server}: {difference.Sentence}");
        writer.WriteLine("Last runs");
        Write(application.Runs);
    }

    private static string Short(string commit) => commit.Length > 12 ? commit[..12] : commit;

    private static string Clock(DateTimeOffset time) => Ages.Clock(time);

    private static string Length(TimeSpan time) => Length(time.TotalSeconds);

    private static string Length(double seconds) => seconds switch
    {
        < 0 => "0.0 s",
        < 90 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
        < 5400 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
        < 172800 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86400:0} days"),
    };
}
