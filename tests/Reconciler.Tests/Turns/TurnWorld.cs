using System.Collections.Concurrent;
using Reconciler.Converging;
using Reconciler.Diffing;
using Reconciler.Documents.Expansion;
using Reconciler.Hosting;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Planning;
using Reconciler.Remote;
using Reconciler.Reporting;
using Reconciler.Resources.Maintenance;
using Reconciler.Resources.Service;
using Reconciler.Tests.Converging;
using Reconciler.Tests.Git;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>
/// One application on one server, converged turn by turn: everything between desired state and runner is real, the server is a table of words.
/// </summary>
internal sealed class TurnWorld : IDisposable
{
    public const string Production = "production";

    private readonly ScratchFolder _folder = new();
    private readonly ConcurrentDictionary<string, string> _state = new();
    private readonly Dictionary<string, Unit> _past = [];

    public TurnWorld()
    {
        Servers = new ScriptedServers
        {
            Seen = name =>
            {
                if (name == $"{Id("Code")}")
                    OnLook();
                return _state.GetValueOrDefault(name, "none");
            },
            Took = (verb, arguments) =>
            {
                if (arguments is [var name, var word] && !Ineffective.Contains(verb))
                    _state[name] = word.Replace(',', ' ');
            },
        };
        Ledger = SqliteLedger.OpenForWriting(_folder.In("controller"), Clock);
        foreach (var (kind, word) in new[] { ("Maintenance", "off"), ("Checks", "fine") })
            this[kind] = word;
    }

    public JumpingClock Clock { get; } = new();

    /// <summary>Of git; null: another one for each version.</summary>
    public string? Revision { get; set; }

    /// <summary>A revision that came in since the turn began; null: none that says something else.</summary>
    public string? Newer { get; set; }

    public ScriptedServers Servers { get; }

    /// <summary>The same servers, asked for logs alone.</summary>
    public ScriptedServers LogKeepers { get; } = new() { Logs = "" };

    public ILedger Ledger { get; private set; }

    public Commentary Progress { get; } = new();

    /// <summary>Asks the controller to stop.</summary>
    public CancellationTokenSource Stop { get; } = new();

    public IReadOnlyDictionary<Phase, string> Skip { get; init; } =
        new Dictionary<Phase, string> { [Phase.Announce] = "nobody is told", [Phase.Wait] = "nobody is told" };

    public Promotion? PromotedFrom { get; init; }

    /// <summary>Git hosts that may be asked; null: none.</summary>
    public GitHosts? Hosts { get; set; }

    private RequiredChecks Checks { get; set; } = null!;

    public ChangeWindows Windows { get; set; } = ChangeWindows.None;

    /// <summary>Whether the application has commands for its notice.</summary>
    public bool HasNotice { get; init; } = true;

    /// <summary>Whether that reloads nginx, of which the application has a site then.</summary>
    public bool HasBanner { get; init; }

    /// <summary>Servers with the application; migrations run on the first.</summary>
    public IReadOnlyList<string> Webs { get; init; } = ["web1"];

    /// <summary>Whether there is a server whose site passes requests on to them.</summary>
    public bool HasBalancer { get; init; }

    public int MaxUnavailable { get; init; }

    /// <summary>Null: <c>strategy: barrier</c>.</summary>
    public Rolling? Rolling { get; init; }

    /// <summary>Whether this ledger may change the environment.</summary>
    public bool IsAdmitted { get; init; } = true;

    /// <summary>Just before each look at the code.</summary>
    public Action OnLook { get; set; } = () => { };

    /// <summary>Verbs that succeed and change nothing.</summary>
    public HashSet<string> Ineffective { get; } = [];

    /// <summary>What the server is at: <c>world["Code"]</c>.</summary>
    public string this[string kind]
    {
        get => _state.GetValueOrDefault($"{Id(kind)}", "none");
        set => _state[$"{Id(kind)}"] = value;
    }

    /// <summary>The same of any server.</summary>
    public string this[string server, string kind]
    {
        get => _state.GetValueOrDefault($"{Id(kind) with { Server = server }}", "none");
        set => _state[$"{Id(kind) with { Server = server }}"] = value;
    }

    public Run? Held => Ledger.HeldRun(Production, "coralnet");

    /// <summary>Verbs that reached the server since the last turn began.</summary>
    public IReadOnlyList<string> Done { get; private set; } = [];

    /// <summary>The same with the server before each.</summary>
    public IReadOnlyList<string> DoneWhere { get; private set; } = [];

    /// <summary>The state of the newest run.</summary>
    public RunState LastRun => Ledger.Runs(Production, "coralnet", 1)[0].State;

    public static ResourceId Id(string kind) => new("web1", "coralnet", kind, kind.ToLowerInvariant());

    /// <summary>Desired state number <paramref name="number"/>: its code, a service that reads it, and the schema and packages asked for.</summary>
    /// <param name="times">The maintenance flag; null: off.</param>
    /// <param name="message">What users are told besides the time.</param>
    public Unit Version(int number, int schema = 0, int packages = 0, string? code = null, ServiceSpec? service = null,
        FlagTimes? times = null,
        string? message = null)
    {
        var unit = new Unit("coralnet",
        [
            Toy("Code", code ?? $"code-{number}"),
            Toy("Migrations", $"schema-{schema}"),
            Toy("Packages", $"packages-{packages}"),
            new(Id("Service"), service ?? Gunicorn, Place.Of("services.yaml")) { Reads = [Id("Code")] },
            new(Id("Maintenance"), new MaintenanceSpec("coralnet", times is not null, "page", 120, [], HasNotice ? Telling(message)
                : null) { Banner = HasBanner ? new("", null, [], "/", "") : null },
                Place.Of("maintenance.yaml")),
            Toy("Checks", "fine"),
            .. HasBanner ? [Toy("NginxSite", "ours")] : Array.Empty<Resource>(),
            .. Webs.Skip(1).SelectMany(web => OnAnother(web, number, packages, code, service, times)),
            .. HasBalancer ? OnBalancer(times) : [],
        ], [], $"digest-{number}", new string((char)('0' + number), 40), "base", Flag: times is not null,
            new HashSet<string>()) { Times = times };
        _past[RevisionOf(unit)] = unit;
        return unit;
    }

    private static IEnumerable<Resource> OnAnother(string web, int number, int packages, string? code, ServiceSpec? service, FlagTimes? times)
    {
        Resource There(Resource resource) => resource with { Id = resource.Id with { Server = web } };
        yield return There(Toy("Code", code ?? $"code-{number}"));
        yield return There(Toy("Packages", $"packages-{packages}"));
        yield return There(new(Id("Service"), service ?? Gunicorn, Place.Of("services.yaml")) { Reads = [Id("Code") with { Server = web }] });
        yield return There(Covering(times));
        yield return There(Toy("Checks", "fine"));
    }

    private IEnumerable<Resource> OnBalancer(FlagTimes? times)
    {
        Resource There(Resource resource) => resource with { Id = resource.Id with { Server = "lb1" } };
        yield return There(Covering(times));
        yield return There(new(Id("NginxSite"), new ToySpec("ours") { Upstream = [.. Webs] }, Place.Of("nginx.yaml"))) with { IsBalancer = true };
    }

    private static Resource Covering(FlagTimes? times) =>
        new(Id("Maintenance"), new MaintenanceSpec("coralnet", times is not null, "page", 120, [], null), Place.Of("maintenance.yaml"));

    private static NoticeCommands Telling(string? message) => message is null ? Commands : Commands with { On = $"on {message}" };

    /// <summary>The server as <paramref name="unit"/> says, and the ledger knows.</summary>
    public TurnWorld Converged(Unit unit)
    {
        foreach (var resource in unit.Resources)
            _state[$"{resource.Id}"] = resource.Spec switch
            {
                ToySpec toy => toy.Wanted,
                MaintenanceSpec => "off",
                _ => "up",
            };
        Ledger.RecordConverged(Production, "coralnet", unit.Digest, RevisionOf(unit), unit.CodeCommit);
        return this;
    }

    /// <summary>Fails each time until it is mended.</summary>
    public void Break(string verb, string output = "no such thing") => Servers["web1", verb] = ScriptedServers.Answer.Exit(1, output);

    public void Mend(string verb) => Servers.Answers.TryRemove(("web1", verb), out _);

    /// <summary>Fails once.</summary>
    public void BreakOnce(string verb, string output = "no such thing")
    {
        var tries = 0;
        Servers.Answers[("web1", verb)] = () => Task.FromResult(tries++ == 0 ? ScriptedServers.Answer.Exit(1, output) : ScriptedServers.Answer.Done);
    }

    /// <summary>Something happens on the server while this is done.</summary>
    public void During(string verb, Action happens, bool fails = false) => Servers.Answers[("web1", verb)] = () =>
    {
        happens();
        return Task.FromResult(fails ? ScriptedServers.Answer.Exit(1, "no such thing") : ScriptedServers.Answer.Done);
    };

    /// <summary>The controller dies when it is about to send this.</summary>
    public void KillAt(string verb) => Servers.Answers[("web1", verb)] = () => throw new KilledException();

    /// <summary>One turn as the loop makes it: settle, look, decide, act.</summary>
    public async Task<Verdict> TurnAsync(Unit unit, TurnOptions? options = null)
    {
        return (await TurnAsync(Environment(unit), options)).Verdict;
    }

    /// <summary>The same when git says <paramref name="now"/>, and that is refused.</summary>
    public Task<(Verdict Verdict, Unit Unit, ExpandedEnvironment Environment)> RefusedTurnAsync(Unit now, string why, TurnOptions? options = null) =>
        TurnAsync(Environment(now) with
        {
            Units = [],
            Faults = new Dictionary<string, string> { ["coralnet"] = why },
            Refused = new Dictionary<string, Unit>
            {
                ["coralnet"] = now with { Resources = [.. now.Resources.Where(resource => resource.Spec is MaintenanceSpec)], Digest = "" },
            },
        }, options);

    private async Task<(Verdict Verdict, Unit Unit, ExpandedEnvironment Environment)> TurnAsync(ExpandedEnvironment inForce, TurnOptions? options)
    {
        var begun = Servers.Begun.Count;
        Checks = new(Hosts ?? new([], Clock), Ledger);
        var (turn, observer) = Compose();
        options ??= TurnOptions.Watch;
        var environment = new Flags(Ledger, Ledger, Clock).Judge(
            await turn.WithRefusedAsync(inForce, TestContext.Current.CancellationToken), keeps: !options.DryRun);
        var unit = environment.Units[0];
        await Checks.ReadAsync(Production, [unit], TestContext.Current.CancellationToken);
        if (IsAdmitted)
            Ledger.Admit(Production, "test");
        try
        {
            if (!options.DryRun)
                options = options with { Hindrance = await turn.SettleAsync(environment, Stop.Token) ?? options.Hindrance };
            var observed = await observer.LookAsync(Addresses, unit.Resources, TestContext.Current.CancellationToken);
            (environment, observed) = await turn.AsSeenAsync(environment, observed, TestContext.Current.CancellationToken);
            unit = environment.Units[0];
            return (await turn.RunAsync(environment, unit, observed, options, Progress, Stop.Token), unit, environment);
        }
        finally
        {
            // That it is fenced first is no part of what is done (ServerFencesTests).
            DoneWhere = [.. Servers.Begun.Skip(begun).Where(line => !line.EndsWith(" fence", StringComparison.Ordinal) && !line.EndsWith(" hello", StringComparison.Ordinal))];
            Done = [.. DoneWhere.Select(line => line.Split(' ')[1])];
        }
    }

    /// <summary>What a person's command leaves in the ledger of a controller at work.</summary>
    public long Ask(string kind, string arguments) =>
        SqliteLedger.Ask(_folder.In("controller"), new(kind, Production, "coralnet", arguments, "ada@controller"), Clock);

    /// <summary>A look as the loop makes it before a turn, and what is remembered of it by kind.</summary>
    /// <param name="as">What the look is taken for; null: for what it is.</param>
    public async Task<IReadOnlyDictionary<string, SeenResource>> LookAsync(Unit unit, Func<Observed, Observed>? @as = null)
    {
        var (observer, planning, _) = Stages();
        var observed = await observer.LookAsync(Addresses, unit.Resources, TestContext.Current.CancellationToken);
        observed = @as?.Invoke(observed) ?? observed;
        var memory = new DriftMemory(planning, Ledger, Ledger, Clock);
        memory.NoteServers(Environment(unit), observed, new Dictionary<string, ServerSoftware>());
        return memory.Note(Environment(unit), unit, observed, new Dictionary<ResourceId, DateTimeOffset>()).GroupBy(seen => seen.Key.Kind).ToDictionary(kind => kind.Key, kind => kind.First().Value);
    }

    /// <summary>One controller's looks, and what it says while some server has not answered.</summary>
    public (EnvironmentLook Look, Observer Observer, EarlyVerdicts Early) Watching()
    {
        var (observer, planning, _) = Stages();
        var looking = new UnitTurn(planning, null, new RunGates(new(new([], Clock), Ledger), Ledger, Clock), new Past(_past, () => Newer), Ledger, Clock);
        return (new(observer, new ServerAddresses(null), Clock), observer,
            new(looking, new StatusReporter(Ledger, Ledger, Clock), new DriftMemory(planning, Ledger, Ledger, Clock)));
    }

    /// <summary>A controller that starts anew: other fencing number, no memory but the ledger.</summary>
    public void Restart()
    {
        Ledger.Dispose();
        Ledger = SqliteLedger.OpenForWriting(_folder.In("controller"), Clock);
    }

    public ExpandedEnvironment Environment(Unit unit) => new(Production, Revision ?? RevisionOf(unit),
        Names.ToDictionary(name => name, name => new DesiredServer(name, name, null, "reconciler", [], ["web"])), [unit],
        new EnvironmentPolicy(Skip, BootstrapAllowed: false, PromotedFrom, new HashSet<string> { "Service", "Maintenance" }, MaxUnavailable,
            TimeSpan.FromMinutes(15)) { Windows = Windows, Rolling = Rolling });

    public void Dispose()
    {
        Ledger.Dispose();
        Stop.Dispose();
        _folder.Dispose();
    }

    public static ServiceSpec Gunicorn { get; } = new("coralnet", "gunicorn", ServicePart.Web, new ServiceManager.ExistingUnit("gunicorn"));

    public static NoticeCommands Commands { get; } = new("on", "off",
        new("coralnet", "coralnet", "/srv/www/coralnet", "/srv/www/coralnet", "/srv/www/venv",
        "/srv/www/coralnet.d/c1", "/srv/www/venv.d/v1", [], []));

    private static string RevisionOf(Unit unit) => unit.CodeCommit!;

    private static Resource Toy(string kind, string wanted) => new(Id(kind), new ToySpec(wanted), Place.Of($"{kind}.yaml"));

    private IEnumerable<string> Names => HasBalancer ? Webs.Append("lb1") : Webs;

    private Dictionary<string, ServerAddress> Addresses => Names.ToDictionary(name => name, ScriptedServers.Address);

    private (Observer, UnitPlanning, Converger) Stages() => (
        new Observer(Servers, ToyKind.All, Clock),
        new UnitPlanning(new Differ(ToyKind.All), new Planner(ToyKind.All), Ledger, Clock),
        new Converger(new StepSender(Servers, new RunnerClient(new NoPayloads(), Clock), Ledger, Clock), Clock));

    private (UnitTurn, Observer) Compose()
    {
        var (observer, planning, converger) = Stages();
        var gates = new RunGates(Checks, Ledger, Clock);
        var (settler, past) = (new IntentSettler(Servers, Ledger), new Past(_past, () => Newer));
        var pursuit = new PlanPursuit(planning, observer, converger, new Notices(converger, Ledger, Clock), gates);
        var logs = new ServiceLogs(LogKeepers, new ServerAddresses(null));
        var leaving = new LeavingBehind(pursuit, converger, settler, Ledger, Clock);
        var (fences, addresses) = (new ServerFences(Servers, Ledger), new ServerAddresses(null));
        var running = new UnitRun(pursuit, leaving, new FailedRun(pursuit, leaving, converger, past, settler, logs, Ledger, Clock),
            new OpenRuns(settler, fences, Ledger, addresses), past, fences, gates, logs, Ledger, addresses, Clock);
        return (new UnitTurn(planning, running, gates, past, Ledger, Clock), observer);
    }

    private sealed class Past(Dictionary<string, Unit> units, Func<string?> newer) : IPastUnits
    {
        public Task<Unit> UnitAtAsync(string environment, string application, string revision, CancellationToken cancellation) =>
            Task.FromResult(units[revision]);

        public Task<string?> NewerThanAsync(string environment, string revision, CancellationToken cancellation) => Task.FromResult(newer());
    }

    private sealed class NoPayloads : IPayloadSource
    {
        public Task<PayloadContent> OpenAsync(PayloadPart part, CancellationToken cancellation) => throw new InvalidOperationException("nothing to send");
    }
}

/// <summary>As if the controller's process were gone: nobody catches it.</summary>
internal sealed class KilledException() : Exception("killed");

/// <summary>What was told on the way.</summary>
internal sealed class Commentary : ITurnProgress
{
    private readonly List<string> _sentences = [];

    public IReadOnlyList<string> Sentences => _sentences;

    /// <summary>How many plans were told.</summary>
    public int Plans { get; private set; }

    public void Planned(ExpandedEnvironment environment, Unit unit, Plan plan) => Plans++;

    public void Failed(ExpandedEnvironment environment, Unit unit, string sentence) => _sentences.Add(sentence);

    public void Uncovered(ExpandedEnvironment environment, Unit unit, TimeSpan covered) => _sentences.Add($"covered for {covered.TotalSeconds:0.0} s");

    public void Converged(ExpandedEnvironment environment, Unit unit, TimeSpan took, TimeSpan? covered) => _sentences.Add("converged");

    public void PhaseBegan(Phase phase, int steps)
    {
    }

    public void StepBegan(Step step)
    {
    }

    public void StepEnded(Step step, string how, TimeSpan took, string? detail)
    {
    }

    public void PhaseEnded(Phase phase, TimeSpan took)
    {
    }
}
