using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Remote;
using Reconciler.Tests.Converging;

namespace Reconciler.Tests.Observing;

public sealed class ObserverTests : IAsyncLifetime
{
    private static readonly string[] Names = ["web1", "web2"];
    private static readonly ResourceId Cheap = new("web1", "coralnet", "Word", "cheap");

    private readonly LocalServers _servers = new();
    private readonly WordKind _kind = new();
    private readonly JumpingClock _clock = new();
    private readonly Observer _observer;

    public ObserverTests() => _observer = new(_servers, new Dictionary<string, IResourceKind> { ["Word"] = _kind }, _clock);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _servers.DisposeAsync();

    private static Resource Of(ResourceId id, string script = "echo seen", string? dearer = null) => new(id, new WordSpec(script, dearer), Place.Of("x.yaml"));

    private Task<Observed> LookAsync(params IReadOnlyList<Resource> resources) => _observer.LookAsync(
        Names.ToDictionary(name => name, name => new ServerAddress(name, name, "me", [])), resources, TestContext.Current.CancellationToken);

    private static string? Word(Observed observed, ResourceId id) => observed.Resources[id].FactsOf<WordFacts>()?.Word;

    [Fact]
    public async Task Each_resource_gets_what_its_own_fragment_printed_in_one_round_trip_per_server()
    {
        var other = Cheap with { Name = "other" };

        var observed = await LookAsync(Of(Cheap, "echo one"), Of(other, "echo two"), Of(Cheap with { Server = "web2" }, "echo three"));

        (Word(observed, Cheap), Word(observed, other), Word(observed, Cheap with { Server = "web2" })).ShouldBe(("one", "two", "three"));
        _servers.Asked.ShouldBe(new Dictionary<string, int> { ["web1"] = 1, ["web2"] = 1 }, ignoreOrder: true);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_makes_its_resources_unknown_and_no_others()
    {
        _servers.Dead["web2"] = new(SessionFailure.Unreachable, "no route to host");
        var there = Cheap with { Server = "web2" };

        var observed = await LookAsync(Of(Cheap), Of(there), Of(there with { Name = "second" }));

        Word(observed, Cheap).ShouldBe("seen");
        observed.Resources[there].ShouldBe(new Observation.Unknown("web2 did not answer: no route to host"));
        observed.Resources[there with { Name = "second" }].ShouldBeOfType<Observation.Unknown>();
        observed.Unreachable.ShouldBe(new Dictionary<string, string> { ["web2"] = "no route to host" });
    }

    [Fact]
    public async Task Servers_without_resources_are_not_asked()
    {
        await LookAsync(Of(Cheap));

        _servers.Asked.Keys.ShouldBe(["web1"]);
    }

    [Fact]
    public async Task A_dearer_look_is_asked_for_once_and_only_where_it_is_needed()
    {
        var (one, two) = (Cheap with { Name = "one" }, Cheap with { Name = "two" });

        var observed = await LookAsync(Of(Cheap), Of(one, "echo more", dearer: "echo dear one"), Of(two, "echo more", dearer: "echo dear two"));

        (Word(observed, Cheap), Word(observed, one), Word(observed, two)).ShouldBe(("seen", "dear one", "dear two"));
        _servers.Asked["web1"].ShouldBe(2);
    }

    [Fact]
    public async Task What_still_asks_for_more_after_the_dearer_look_is_unknown()
    {
        var observed = await LookAsync(Of(Cheap, "echo more", dearer: "echo more"));

        observed.Resources[Cheap].ShouldBeOfType<Observation.Unknown>();
        _servers.Asked["web1"].ShouldBe(2);
    }

    [Fact]
    public async Task The_next_look_starts_from_the_facts_of_the_last_one_until_a_run_has_touched_them()
    {
        await LookAsync(Of(Cheap));
        _kind.Last.ShouldBeNull();

        await LookAsync(Of(Cheap));
        _kind.Last.ShouldBe(new WordFacts("seen"));

        _observer.Forget([Cheap]);
        await LookAsync(Of(Cheap));
        _kind.Last.ShouldBeNull();
    }

    [Fact]
    public async Task Facts_of_another_spec_are_not_started_from()
    {
        await LookAsync(Of(Cheap));

        await LookAsync(Of(Cheap, "echo otherwise"));

        _kind.Last.ShouldBeNull();
    }

    [Fact]
    public async Task What_was_found_absent_or_could_not_be_seen_is_remembered_by_nothing()
    {
        await LookAsync(Of(Cheap));
        await LookAsync(Of(Cheap with { Name = "absent" }, "echo absent"));
        _servers.Dead["web1"] = new(SessionFailure.Lost, "gone");
        await LookAsync(Of(Cheap));
        _servers.Dead.Clear();

        var observed = await LookAsync(Of(Cheap with { Name = "absent" }, "echo absent"));

        observed.Resources[Cheap with { Name = "absent" }].ShouldBeOfType<Observation.Absent>();
        _kind.Last.ShouldBeNull();
    }

    [Fact]
    public async Task An_ordinary_look_asks_nothing_dear_and_after_ten_minutes_one_starts_from_nothing()
    {
        Resource[] resources = [Of(Cheap, "echo remembered", dearer: "echo dear")];
        await LookAsync(resources);
        var verified = _clock.GetUtcNow();
        _servers.Asked["web1"].ShouldBe(2);

        foreach (var _ in Enumerable.Range(0, 9))
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            (await LookAsync(resources)).VerifiedAt[Cheap].ShouldBe(verified);
        }
        _servers.Asked["web1"].ShouldBe(11);

        _clock.Advance(TimeSpan.FromMinutes(1));
        (await LookAsync(resources)).VerifiedAt[Cheap].ShouldBe(_clock.GetUtcNow());
        _servers.Asked["web1"].ShouldBe(13);
    }

    [Fact]
    public async Task What_a_cheap_look_sees_by_itself_is_verified_by_each()
    {
        await LookAsync(Of(Cheap));
        _clock.Advance(TimeSpan.FromMinutes(1));

        (await LookAsync(Of(Cheap))).VerifiedAt[Cheap].ShouldBe(_clock.GetUtcNow());
    }

    private sealed record WordSpec(string Script, string? Dearer) : ResourceSpec;

    private sealed record WordFacts(string Word) : ResourceFacts((string?)null);

    /// <summary>Reads one word; "more" asks for the dearer probe, "remembered" where nothing is.</summary>
    private sealed class WordKind : IResourceKind
    {
        public string Name => "Word";

        public ResourceFacts? Last { get; private set; }

        public Probe Probe(Resource resource, ResourceFacts? last)
        {
            Last = last;
            return new(((WordSpec)resource.Spec).Script);
        }

        public Reading Read(Resource resource, ResourceFacts? last, string output, bool dearer) => output.Trim() switch
        {
            "more" => new Reading.NeedsMore(new(((WordSpec)resource.Spec).Dearer!)),
            "remembered" when last is null => new Reading.NeedsMore(new(((WordSpec)resource.Spec).Dearer!)),
            "absent" => Reading.Absent,
            var word => Reading.Found(new WordFacts(word)),
        };

        public string? WantedMarker(Resource resource) => null;

        public IEnumerable<Difference> Compare(Resource resource, Observation observation, ReadMarkers reads) => [];

        public IEnumerable<Step> Steps(Resource resource, Observation observation, Change change) => [];
    }
}
