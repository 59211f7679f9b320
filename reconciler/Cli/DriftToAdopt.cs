using Reconciler.Adopting;
using Reconciler.Documents;
using Reconciler.Git;
using Reconciler.Model;
using Reconciler.Turns;
using Reconciler.Watching;

namespace Reconciler.Cli;

/// <summary>A look at the servers of an environment, and what of it git could say.</summary>
internal static class DriftToAdopt
{
    /// <returns>The revision that the servers were compared with; null when the desired state is refused, whose faults were printed.</returns>
    /// <exception cref="UsageException">There is no such environment or application.</exception>
    public static async Task<(string Revision, Adoptions Adoptions)?> LookAsync(
        ControllerSettings settings, string environment, string? application, CancellationToken cancellation)
    {
        await using var controller = Controller.OpenForLooking(settings, TimeProvider.System, "adopt");
        var look = await controller.Desired.LookAsync(cancellation);
        DocumentCommands.Print(look.Diagnostics.Where(fault => fault.Severity == Severity.Error).ToList(), OutputFormat.Text);
        if (look.Diagnostics.Any(fault => fault.Severity == Severity.Error))
            return null;
        if (!look.Environments.Contains(environment))
            throw new UsageException($"there is no environment {environment}; there are {Names(look.Environments)}");
        var progress = new ConsoleProgress(TextWriter.Null, TimeProvider.System, environment);
        var verdicts = await controller.Loop.TurnAsync(environment, TurnOptions.Plan, progress, cancellation);
        if (application is not null && verdicts.All(verdict => verdict.Unit.Application != application))
            throw new UsageException($"there is no application {application} in {environment}; there are {Names(verdicts.Select(verdict => verdict.Unit.Application))}");
        var meant = verdicts.Where(verdict => application is null || verdict.Unit.Application == application).ToList();
        var desired = await controller.Desired.DocumentsOfAsync(environment, cancellation);
        var code = new CodeSource(new MirrorFolder(Path.Combine(settings.State, "mirrors"),
            new GitProgram(new GitSettings { LocalRepositories = settings.AllowLocalRepositories }, TimeProvider.System), TimeProvider.System));
        var drifted = new List<Drifted>();
        foreach (var verdict in meant)
            drifted.AddRange(await DriftedAsync(controller, code, desired, verdict, cancellation));
        var found = new Adopter(desired).Of(drifted);
        var unseen = meant.SelectMany(verdict => verdict.Verdict.Diff.Unknown).Select(unknown => new NotAdopted($"{unknown.Resource.Id}", $"it could not be looked at: {unknown.Why}"));
        return (desired.Revision, found with { Left = [.. found.Left, .. unseen] });
    }

    private static async Task<IEnumerable<Drifted>> DriftedAsync(
        Controller controller, CodeSource code, DesiredEnvironment desired, UnitVerdict verdict, CancellationToken cancellation)
    {
        var texts = await controller.Contents.TextsAsync(verdict.Environment, [(verdict.Unit, verdict.Verdict)], cancellation);
        var all = new List<Drifted>();
        foreach (var resource in verdict.Unit.Resources.Where(resource => verdict.Verdict.Diff.ByResource.ContainsKey(resource.Id)))
        {
            var (text, why) = texts.GetValueOrDefault((resource.Id.Server, resource.Id.MarkerKey));
            var one = new Drifted(verdict.Unit, resource, verdict.Verdict.Diff.ByResource[resource.Id], verdict.Seen.GetValueOrDefault(resource.Id)?.Cause)
            {
                Live = text,
                Unread = why,
            };
            all.Add(resource.Id.Kind == "Code" ? await WithHeadAsync(one, code, desired, verdict, cancellation) : one);
        }
        return all;
    }

    /// <summary>A commit that somebody checked out by hand, if all checkouts are at it and it is on a branch that may run.</summary>
    private static async Task<Drifted> WithHeadAsync(Drifted one, CodeSource code, DesiredEnvironment desired, UnitVerdict verdict, CancellationToken cancellation)
    {
        if (verdict.Verdict.Live?.Commits is not [var head])
            return one with { HeadRefused = "the servers are at several commits: bring them together first" };
        var source = desired.Applications[one.Unit.Application].Application.Value.Code;
        return await code.ReadAsync(new CodeRequest(source.Repository, source.Branches, head), cancellation) is CodeReading.Refused refused
            ? one with { Head = head, HeadRefused = refused.Sentence }
            : one with { Head = head };
    }

    private static string Names(IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } all ? all : "none";
}
