using Reconciler.Diffing;
using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Planning;
using Reconciler.Resources;
using Reconciler.Resources.SecretsFile;
using Reconciler.Resources.Service;
using Reconciler.Tests.Documents.Expansion;
using Reconciler.Tests.Planning;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>A secrets file that somebody edited while its source is refused: it is reported, and mending puts it into force nowhere.</summary>
public sealed class EditedSecretsTests : IDisposable
{
    private const string File = "web1/coralnet/SecretsFile/settings";

    private static readonly Expanded Example = new();

    private readonly TurnWorld _world = new();
    private readonly Dictionary<ResourceId, Observation> _seen = AsGitSays.Of(Example.Application.Resources);
    private readonly ExpandedEnvironment _refused = (Example with { Secret = SecretDigests.Unresolved }).Expand();

    public void Dispose() => _world.Dispose();

    private static ResourceId Id(string id) => Example.Application.Resources.Single(resource => $"{resource.Id}" == id).Id;

    /// <summary>The state that was converged last, in force in place of what is refused.</summary>
    private Unit InForce
    {
        get
        {
            var unit = _refused.Units.Single(each => each.Application == "coralnet");
            return unit with { Refusal = new(unit.CodeCommit!, "settings.json cannot be read"), Digest = "digest" };
        }
    }

    private async Task<Verdict> LookAsync(params IReadOnlyCollection<string> healed)
    {
        if (_world.Ledger.LastConverged(_refused.Name, "coralnet") is null)
            _world.Ledger.RecordConverged(_refused.Name, "coralnet", "digest", new string('1', 40), null);
        var environment = _refused with { Policy = _refused.Policy with { HealKinds = new HashSet<string>(healed) } };
        var planning = new UnitPlanning(new Differ(ResourceKinds.All), new Planner(ResourceKinds.All), _world.Ledger, _world.Clock);
        var turn = new UnitTurn(planning, null, new(new(new([], _world.Clock), _world.Ledger), _world.Ledger, _world.Clock), new NoPast(), _world.Ledger, _world.Clock);
        var (inForce, observed) = await turn.AsSeenAsync(environment with { Units = [InForce] }, Observed, CancellationToken.None);
        return await turn.RunAsync(inForce, inForce.Units[0], observed, TurnOptions.Plan, _world.Progress, CancellationToken.None);
    }

    private Observed Observed => new(_seen, new Dictionary<string, string>());

    private void Edit(string digest) => Change<SecretsFileFacts>(File, facts => facts with { Digest = digest, Marker = digest });

    private void Change<TFacts>(string id, Func<TFacts, TFacts> changed) where TFacts : ResourceFacts =>
        _seen[Id(id)] = new Observation.Found(changed(_seen[Id(id)].FactsOf<TFacts>()!));

    [Theory]
    [InlineData("Service", "Maintenance")]
    [InlineData("Service", "Maintenance", "SecretsFile")]
    public async Task It_is_reported_and_no_service_is_made_to_read_it(params string[] healed)
    {
        Edit("by-hand");

        var verdict = await LookAsync(healed);

        var difference = verdict.Diff.All.ShouldHaveSingleItem();
        ($"{difference.Resource}", difference.Sentence).ShouldBe((File, "secrets file /srv/www/coralnet/project/config/secrets.json was edited by hand"));
        difference.Refusal.ShouldNotBeNull();
        verdict.Plan.Steps.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_else_is_broken_is_mended_beside_it()
    {
        Edit("by-hand");
        Change<ServiceFacts>("web2/coralnet/Service/gunicorn", facts => facts with { State = ServiceState.Stopped, Processes = [] });

        var plan = (await LookAsync("Service")).Plan;

        plan.Refusals.ShouldBeEmpty();
        plan.Steps.Where(step => step.Resource.Kind == "Service").ShouldAllBe(step => step.Resource.Server == "web2");
        plan.Steps.ShouldContain(step => step.Phase == Phase.Start);
    }

    [Fact]
    public async Task A_service_that_ended_meanwhile_is_not_started_on_it()
    {
        Edit("by-hand");
        Change<ServiceFacts>("web1/coralnet/Service/gunicorn", facts => facts with { State = ServiceState.Stopped, Processes = [] });

        var plan = (await LookAsync("Service")).Plan;

        plan.Steps.ShouldBeEmpty();
        plan.Withheld.Keys.ShouldBe([Id("web1/coralnet/Service/gunicorn")]);
    }

    [Fact]
    public async Task Once_it_is_undone_a_service_that_has_read_it_reads_again()
    {
        Change<ServiceFacts>("web1/coralnet/Service/gunicorn", facts => facts with
        {
            Note = facts.Note! with { Reads = facts.Note.Reads.ToDictionary(read => read.Key, read => read.Key.Contains("Secrets") ? "by-hand" : read.Value) },
        });

        (await LookAsync("Service")).Plan.Steps.Where(step => step.Phase == Phase.Start && step.Request is not null)
            .ShouldAllBe(step => $"{step.Resource}" == "web1/coralnet/Service/gunicorn");
        (await LookAsync("Service")).Plan.Steps.ShouldContain(step => step.Phase == Phase.Start);
    }

    [Fact]
    public async Task One_that_was_removed_is_missed_and_not_written_without_its_source()
    {
        _seen[Id(File)] = new Observation.Absent();

        var verdict = await LookAsync("Service", "SecretsFile");

        verdict.Diff.All.ShouldHaveSingleItem().Refusal.ShouldBe("its source cannot be read now: mend that, and the file is written");
        verdict.Plan.Steps.ShouldBeEmpty();
    }

    [Fact]
    public void The_same_holds_for_a_reader_of_another_application()
    {
        Edit("by-hand");
        var gunicorn = Example.Application.Resources.Single(resource => $"{resource.Id}" == "web1/coralnet/Service/gunicorn");

        World.Differ.Compare([gunicorn], _seen, Example.Application.Resources).ByResource.ShouldBeEmpty();
        World.Differ.Compare([gunicorn], _seen, (Example with { Secret = "by-hand" }).Application.Resources).ByResource.Keys.ShouldBe([gunicorn.Id]);
    }

    private sealed class NoPast : IPastUnits
    {
        public Task<Unit> UnitAtAsync(string environment, string application, string revision, CancellationToken cancellation) =>
            throw new InvalidOperationException("nothing of the past is asked for");

        public Task<string?> NewerThanAsync(string environment, string revision, CancellationToken cancellation) => Task.FromResult<string?>(null);
    }
}
