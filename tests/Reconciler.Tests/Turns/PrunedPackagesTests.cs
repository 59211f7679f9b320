using Reconciler.Diffing;
using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Planning;
using Reconciler.Resources;
using Reconciler.Resources.Packages;
using Reconciler.Tests.Converging;
using Reconciler.Tests.Documents.Expansion;
using Reconciler.Tests.Git;
using Reconciler.Tests.Planning;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>A package that git has dropped goes once no code that runs may need it any more.</summary>
public sealed class PrunedPackagesTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly ILedger _ledger;
    private readonly World _world = new(new Expanded().With("production/environment.yaml", "spec:\n", "spec:\n  prune: {atMost: 100}\n"));

    public PrunedPackagesTests()
    {
        _ledger = SqliteLedger.OpenForWriting(_folder.In("ledger"), new JumpingClock());
        _world.Where<PackagesFacts>("Packages", "web1", facts => facts with { Ours = ["sl"] });
        Converged("host");
    }

    public void Dispose()
    {
        _ledger.Dispose();
        _folder.Dispose();
    }

    private void Converged(string application)
    {
        var unit = _world.UnitOf(application);
        _ledger.RecordConverged("production", application, unit.Digest, "revision", unit.CodeCommit);
    }

    private IReadOnlyList<string> Planned(Func<ExpandedEnvironment, Unit, Unit>? changed = null)
    {
        var planning = new UnitPlanning(new Differ(ResourceKinds.All), new Planner(ResourceKinds.All), _ledger, new JumpingClock());
        var host = _world.UnitOf("host");
        var environment = changed is null ? _world.Environment
            : _world.Environment with { Units = [.. _world.Environment.Units.Select(unit => changed(_world.Environment, unit))] };
        return [.. planning.Compared(environment, host, new(_world.Seen, new Dictionary<string, string>()), everything: false).Plan.Steps.Select(step => step.Summary)];
    }

    [Fact]
    public void While_an_application_is_not_as_git_says_nothing_goes()
    {
        Converged("coralnet");
        Planned().ShouldBeEmpty();

        Converged("atlas");
        Planned().ShouldBe(["remove sl"]);

        Planned((_, unit) => unit.Application == "coralnet" ? unit with { Digest = "a newer commit" } : unit).ShouldBeEmpty();
        Planned((_, unit) => unit.Application == "coralnet" ? unit with { Refusal = new("a newer commit", "it has a fault") } : unit).ShouldBeEmpty();
    }
}
