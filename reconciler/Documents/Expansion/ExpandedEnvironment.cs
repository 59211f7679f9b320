using Reconciler.Model;

namespace Reconciler.Documents.Expansion;

/// <summary>One environment of one revision, expanded into resources and the policies that decide about them.</summary>
/// <param name="Revision">Commit of the desired-state repository.</param>
/// <param name="Servers">Those that are to be reached, by name.</param>
/// <param name="Units">The servers themselves first, then each application by name.</param>
internal sealed record ExpandedEnvironment(
    string Name, string Revision, IReadOnlyDictionary<string, DesiredServer> Servers, IReadOnlyList<Unit> Units, EnvironmentPolicy Policy)
{
    /// <summary>Applications that could not be expanded, each with the sentence that says why: its code is not to be had, a secret is missing.</summary>
    public IReadOnlyDictionary<string, string> Faults { get; init; } = new Dictionary<string, string>();

    /// <summary>Keyed digests of all secrets that could be resolved; the key is empty for a file that is one value.</summary>
    public IReadOnlyDictionary<SecretReference, string> Secrets { get; init; } = new Dictionary<SecretReference, string>();

    /// <summary>Of those applications what needs neither code nor secrets: the commit that git says, and the maintenance flag.</summary>
    public IReadOnlyDictionary<string, Unit> Refused { get; init; } = new Dictionary<string, Unit>();
}

/// <summary>A server as git declares it.</summary>
/// <param name="HostKeys"><c>TYPE BASE64</c>, pinned.</param>
/// <param name="User">The login.</param>
internal sealed record DesiredServer(string Name, string Address, int? Port, string User, IReadOnlyList<string> HostKeys, IReadOnlyList<string> Roles);

/// <summary>What holds for a whole environment.</summary>
/// <param name="Skip">Phases that the profile leaves out, and why.</param>
/// <param name="BootstrapAllowed">First contact may change things.</param>
/// <param name="PromotedFrom">Null when nothing is asked for.</param>
/// <param name="Notice">Between telling users and Cover.</param>
/// <param name="HealKinds">Resource kinds whose drift is mended without a commit.</param>
internal sealed record EnvironmentPolicy(
    IReadOnlyDictionary<Phase, string> Skip,
    bool BootstrapAllowed,
    Promotion? PromotedFrom,
    IReadOnlySet<string> HealKinds,
    int MaxUnavailable,
    TimeSpan Notice)
{
    /// <summary>When runs that cover or stop something may begin.</summary>
    public ChangeWindows Windows { get; init; } = ChangeWindows.None;

    /// <summary>How runs go without a maintenance page where they can; null: never (<c>strategy: barrier</c>).</summary>
    public Rolling? Rolling { get; init; }

    /// <summary>How much of what git no longer declares may be removed at once, in percent of what was there; null: nothing is removed.</summary>
    public int? PruneAtMost { get; init; }
}

/// <summary>Code runs here only after it has run there, healthy, for a time.</summary>
internal sealed record Promotion(string Environment, TimeSpan Soak);

/// <summary>What a run is about: one application of one environment, or its servers themselves.</summary>
/// <param name="Application">Or <see cref="ResourceId.Host"/>.</param>
/// <param name="Borrowed">Resources of others that its plan may call on: for an application its database, for the backup; for the host the covers of all applications.</param>
/// <param name="Digest">Of all resources but the maintenance flag's: runs, retries and what is set aside are keyed by it.</param>
/// <param name="CodeCommit">Null for the host.</param>
/// <param name="BaseDigest">Of the base documents beneath it: promotion asks for code and base together.</param>
/// <param name="Flag">The maintenance flag.</param>
/// <param name="Acknowledged">Gates opened for exactly this commit.</param>
internal sealed record Unit(
    string Application,
    IReadOnlyList<Resource> Resources,
    IReadOnlyList<Resource> Borrowed,
    string Digest,
    string? CodeCommit,
    string BaseDigest,
    bool Flag,
    IReadOnlySet<string> Acknowledged)
{
    /// <summary>Phases that its documents leave nothing to do in, and why: a plan that would have them says so.</summary>
    public IReadOnlyDictionary<Phase, string> Lacks { get; init; } = new Dictionary<Phase, string>();

    /// <summary>An application in use of which git places nothing on any server: as git says, and it does not run.</summary>
    public bool RunsNowhere { get; init; }

    /// <summary>Where its code is fetched from; null for the host.</summary>
    public string? CodeRepository { get; init; }

    /// <summary>Checks of the code's own CI that must be green before a commit runs.</summary>
    public IReadOnlyList<string> RequiredChecks { get; init; } = [];

    /// <summary>Log files of its own, absolute, with * for any characters but /.</summary>
    public IReadOnlyList<string> LogFiles { get; init; } = [];

    /// <summary>A SELECT for its own database that gives its errors; null for none.</summary>
    public string? ErrorQuery { get; init; }

    /// <summary>Where people read its errors; null for nowhere.</summary>
    public string? ErrorPage { get; init; }

    /// <summary>The flag's times as git has them; null while it is off.</summary>
    public FlagTimes? Times { get; init; }

    /// <summary>The flag is on and covers only then; null when it is off, or covers already.</summary>
    public DateTimeOffset? Begins { get; init; }

    /// <summary>Why <see cref="Begins"/> is not what git says; null when it is.</summary>
    public string? BeginsBecause { get; init; }

    /// <summary>This is what was converged last, for what git says now is refused; null when it is what git says.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>Servers of it that it goes without for now, within <c>maxUnavailable</c>: what they are to have is not among the resources.</summary>
    public IReadOnlyList<MissingServer> Missing { get; init; } = [];

    /// <summary>Why it may not go without those that are missing, a sentence; null when none is, or it may.</summary>
    public string? WhyComplete { get; init; }

    /// <summary>Those of them, and of a rolling run the drained ones, that nobody is to pass requests on to.</summary>
    public IReadOnlySet<string> Down { get; init; } = new HashSet<string>();

    /// <summary>
    /// Nothing but servers that were left out, by themselves: they get no traffic, so nobody is told and nobody else is covered. Null: the whole unit.
    /// </summary>
    public IReadOnlySet<string>? Alone { get; init; }

    /// <summary>Left out until now, and passed requests on to again.</summary>
    public IReadOnlySet<string> TakenIn { get; init; } = new HashSet<string>();
}

/// <summary>A server that a unit goes without.</summary>
/// <param name="Why">A sentence that begins with its name.</param>
/// <param name="Answers">It can be reached, and something failed on it.</param>
/// <param name="RunsCode">It may run the application's code, whatever that is.</param>
/// <param name="Migrates">Migrations would be run on it: which are needed nobody else says.</param>
internal sealed record MissingServer(string Name, string Why, bool Answers, bool RunsCode, bool Migrates);

/// <summary>What git says of an application that could not be expanded.</summary>
/// <param name="Commit">Of the code, as git says it now.</param>
/// <param name="Why">With its place.</param>
internal sealed record Refusal(string Commit, string Why);

/// <summary>When maintenance is asked for.</summary>
/// <param name="StartsAt">Null: after the usual notice.</param>
/// <param name="EndsAt">When it should be over; it never uncovers by itself.</param>
internal sealed record FlagTimes(DateTimeOffset? StartsAt, DateTimeOffset? EndsAt);
