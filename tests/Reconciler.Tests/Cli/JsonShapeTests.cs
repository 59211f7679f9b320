using System.Text.Json;
using Reconciler.Cli;
using Reconciler.Diffing;
using Reconciler.Model;
using Reconciler.Reporting;
using Reconciler.Tests.Documents;
using Reconciler.Tests.Documents.Expansion;
using Reconciler.Tests.Planning;
using Reconciler.Turns;

namespace Reconciler.Tests.Cli;

/// <summary>JSON is for programs, and stable: a golden that changes here breaks somebody's script.</summary>
public sealed class JsonShapeTests
{
    [Fact]
    public void A_plan_keeps_its_shape()
    {
        var before = new Expanded();
        var world = new World(before, before with { Secret = "secret-digest-2" }).Prepared();
        var plan = world.PlanFor("coralnet");
        var verdict = new Verdict(Standing.Planned, "planned, not done", plan, new Diff(new Dictionary<ResourceId, IReadOnlyList<Difference>>(), []),
            [new(new("web1", "coralnet", "Checks", "front"), "/ answered 500, expected 200")]);

        var json = JsonSerializer.Serialize([PlanReport.Of(new(world.Environment, world.UnitOf("coralnet"), verdict))], CliJson.Default.PlanReportArray);

        GoldenFile.Check("tests/Reconciler.Tests/Cli/golden/plan.json", json + "\n");
    }

    [Fact]
    public void Diagnostics_keep_their_shape()
    {
        var fault = Diagnostic.Error("unknown-key", new Place("base/coralnet/services.yaml", 6, 3), "`restat` is no key here", "did you mean `restart`?");

        GoldenFile.Check("tests/Reconciler.Tests/Cli/golden/diagnostics.json", JsonSerializer.Serialize([DiagnosticReport.Of(fault)], CliJson.Default.DiagnosticReportArray) + "\n");
    }
}
