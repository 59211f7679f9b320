using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Tests.Converging;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>A password that was changed on the database server shows in no cheap look: what is remembered is not believed while something does not work.</summary>
public sealed class EnvironmentLookTests : IDisposable
{
    private readonly TurnWorld _world = new();
    private readonly EnvironmentLook _look;
    private readonly RoleKind _kind = new();
    private string _page = "fine";

    public EnvironmentLookTests()
    {
        var servers = new ScriptedServers { Seen = name => name.StartsWith("dear:", StringComparison.Ordinal) ? _kind.Password : _page };
        var observer = new Observer(servers, new Dictionary<string, IResourceKind> { ["Database"] = _kind }, _world.Clock);
        _look = new(observer, new ServerAddresses(null), _world.Clock);
    }

    public void Dispose() => _world.Dispose();

    private async Task<string> LookAsync(bool byPerson = false)
    {
        var unit = _world.Version(1) with { Resources = [new(TurnWorld.Id("Database"), new ToySpec("as git says"), Place.Of("databases.yaml"))] };
        var observed = await _look.LookAsync(_world.Environment(unit), byPerson, TestContext.Current.CancellationToken);
        return observed.Resources[TurnWorld.Id("Database")].FactsOf<ResourceFacts>()!.Marker!;
    }

    [Fact]
    public async Task An_ordinary_cycle_asks_nothing_dear_while_all_is_well()
    {
        foreach (var _ in Enumerable.Range(0, 20))
        {
            await LookAsync();
            _world.Clock.Advance(TimeSpan.FromSeconds(20));
        }

        _kind.Dear.ShouldBe(1);
    }

    [Fact]
    public async Task A_person_is_told_how_it_is_and_not_how_it_was()
    {
        await LookAsync();
        _kind.Password = "oops";
        (await LookAsync()).ShouldBe("set");

        (await LookAsync(byPerson: true)).ShouldBe("oops");
    }

    [Fact]
    public async Task What_stops_working_is_looked_at_from_nothing_at_once_and_then_once_a_minute()
    {
        await LookAsync();
        (_kind.Password, _page) = ("oops", "500");
        (await LookAsync()).ShouldBe("oops");

        _kind.Password = "again";
        _world.Clock.Advance(TimeSpan.FromSeconds(20));
        (await LookAsync()).ShouldBe("oops");
        _world.Clock.Advance(TimeSpan.FromSeconds(40));
        (await LookAsync()).ShouldBe("again");

        _page = "fine";
        await LookAsync();
        (_kind.Password, _page) = ("once more", "500");
        (await LookAsync()).ShouldBe("once more");
    }

    private sealed record RoleFacts(string Password, string Page) : ResourceFacts(Password)
    {
        public override string? Ailment => Page == "fine" ? null : $"/about/ answered {Page}";
    }

    /// <summary>The password is seen by a dear look alone, the page by each.</summary>
    private sealed class RoleKind : IResourceKind
    {
        private string _page = "fine";

        public string Password { get; set; } = "set";

        public int Dear { get; private set; }

        public string Name => "Database";

        public Probe Probe(Resource resource, ResourceFacts? last) => new($": {resource.Id}");

        public Reading Read(Resource resource, ResourceFacts? last, string output, bool dearer)
        {
            if (dearer)
            {
                Dear++;
                return Reading.Found(new RoleFacts(output.Trim(), _page));
            }
            _page = output.Trim();
            return last is RoleFacts known ? Reading.Found(known with { Page = _page }) : new Reading.NeedsMore(new($": dear:{resource.Id}"));
        }

        public string? WantedMarker(Resource resource) => null;

        public IEnumerable<Difference> Compare(Resource resource, Observation observation, ReadMarkers reads) => [];

        public IEnumerable<Step> Steps(Resource resource, Observation observation, Change change) => [];
    }
}
