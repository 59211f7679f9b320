using Reconciler.Journaling;

namespace Reconciler.Benchmarks.Deploy;

/// <summary>One way to bring the site from commit 1 to commit 7.</summary>
internal abstract class Contender
{
    public abstract string Name { get; }

    /// <summary>What it does before the site goes down, where that is no part of <see cref="DeployAsync"/>.</summary>
    public virtual Task PrepareAsync(DeploySite site) => Task.CompletedTask;

    /// <returns>What it said.</returns>
    public abstract Task<string> DeployAsync(DeploySite site);

    /// <summary>What it did to the server from the page on to the end of what follows on the page away; null where that is not counted.</summary>
    public virtual IReadOnlyList<StepRecord>? StepsWhileCovered(DeploySite site) => null;
}

/// <summary>A straight script over one open session.</summary>
/// <param name="script">In this folder.</param>
/// <param name="variables">Lines of assignments.</param>
/// <param name="prepare">The same for what is done before.</param>
internal sealed class Script(string name, string script, string variables = "", string? prepare = null) : Contender
{
    private RootShell? _shell;

    public override string Name => name;

    public override async Task PrepareAsync(DeploySite site)
    {
        _shell = await RootShell.OpenAsync(site, site.Server.Host);
        if (prepare is not null)
            await _shell.RunAsync(await site.ScriptAsync(prepare));
    }

    public override async Task<string> DeployAsync(DeploySite site)
    {
        await using var shell = _shell!;
        return await shell.RunAsync(await site.ScriptAsync(script, variables));
    }
}

/// <summary>The published program as a daemon: the commit that asks for it is in the repository, and what happens is up to it.</summary>
internal sealed class Ours : Contender
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    public override string Name => "reconciler";

    public override async Task<string> DeployAsync(DeploySite site)
    {
        await site.Desired.DeployAsync(site.NewCommit);
        await using var daemon = site.Controller.Watch();
        await daemon.WaitForAsync("coralnet converged in", Deadline);
        await site.Controller.StopAsync(daemon);
        return daemon.Output;
    }

    public override IReadOnlyList<StepRecord> StepsWhileCovered(DeploySite site)
    {
        using var ledger = SqliteLedger.OpenForReading(site.Controller.State, TimeProvider.System);
        var steps = ledger.Runs("deploy", "coralnet", 1).SelectMany(run => ledger.Steps(run.Id)).ToList();
        return [.. steps.SkipWhile(step => !step.Summary.StartsWith(Model.Cover.RaiseWords, StringComparison.Ordinal))
            .TakeWhile(step => step.Phase <= Model.Phase.Uncover)];
    }
}
