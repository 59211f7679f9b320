namespace Reconciler.Model;

/// <summary>
/// A kind of thing that can be managed: pure functions over data, without I/O and without a clock. One folder under <c>Resources/</c> each;
/// a kind never sees another kind, only the change markers of what its resource reads.
/// </summary>
internal interface IResourceKind
{
    /// <summary>The folder's name; also the third part of a <see cref="ResourceId"/>.</summary>
    string Name { get; }

    /// <summary>What to read on the server. <paramref name="last"/> are the facts of the previous turn, which may make a cheaper look possible.</summary>
    Probe Probe(Resource resource, ResourceFacts? last);

    /// <summary>What the answer means.</summary>
    /// <param name="dearer">Whether this is the answer to the dearer probe of <see cref="Reading.NeedsMore"/>, which may not ask again.</param>
    Reading Read(Resource resource, ResourceFacts? last, string output, bool dearer);

    /// <summary>What an observation hangs on. Null where only the probe can tell: a page, say.</summary>
    Traces? Traces(Resource resource, Observation observation) => null;

    /// <summary>The change marker that the wanted state will have; null when nobody can read it.</summary>
    string? WantedMarker(Resource resource);

    /// <summary>What differs, each with a sentence. Nothing when the observation is <see cref="Observation.Unknown"/>: the caller reports that itself.</summary>
    IEnumerable<Difference> Compare(Resource resource, Observation observation, ReadMarkers reads);

    /// <summary>What was found beside it that git does not speak of.</summary>
    IEnumerable<Unmanaged> Beside(Resource resource, Observation observation) => [];

    /// <summary>
    /// The steps that remove the differences, those of Prepare included. Called as well when <see cref="Change.Restart"/> asks a service
    /// to stop and start around other resources' steps.
    /// </summary>
    IEnumerable<Step> Steps(Resource resource, Observation observation, Change change);
}

/// <summary>The markers of what a resource reads: as observed now, and as they will be when the plan is through.</summary>
internal sealed record ReadMarkers(IReadOnlyDictionary<ResourceId, string?> Observed)
{
    public static ReadMarkers None { get; } = new(new Dictionary<ResourceId, string?>());
}

/// <summary>What the planner tells a kind when it asks for steps.</summary>
/// <param name="Differences">This resource's own differences.</param>
/// <param name="Restart">Services only: something that it reads changes in this plan, so it must stop before and start after.</param>
/// <param name="MarkersAtStart">Services only: what to note at the start: <see cref="ResourceId.MarkerKey"/> and marker of each thing read.</param>
internal sealed record Change(IReadOnlyList<Difference> Differences, bool Restart, IReadOnlyList<KeyValuePair<string, string>> MarkersAtStart)
{
    public static Change Of(params IReadOnlyList<Difference> differences) => new(differences, false, []);

    /// <summary>The site is to be covered during this plan.</summary>
    public bool Cover { get; init; }

    /// <summary>Databases only: something in this plan cannot be undone, so a proven dump is taken first.</summary>
    public bool Backup { get; init; }

    /// <summary>A database role gets its password in phase Secrets of this plan: what must log in may have to wait until then.</summary>
    public bool SetsPassword { get; init; }

    /// <summary>Web services of the application are stopped in this plan, whichever server they run on.</summary>
    public bool StopsWeb { get; init; }

    /// <summary>Sites only, in a rolling plan: nothing is asked but that it passes requests on as its spec says, whatever was observed before the plan.</summary>
    public Passing? Passing { get; init; }

    /// <summary>The plan takes servers in batches: users are served all the while, by old and new code.</summary>
    public bool Rolls { get; init; }

    /// <summary>The flag in git keeps the site covered at the end.</summary>
    public bool StayCovered { get; init; }

    /// <summary>Maintenance only: users are told that it begins then. Null where nothing is announced.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>Nothing here is used yet, so nothing has to wait for its phase to spare anybody.</summary>
    public bool FirstContact { get; init; }

    /// <summary>Why the restart: "code changes", for the plan.</summary>
    public string? RestartBecause { get; init; }
}
