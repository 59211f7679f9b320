using System.ComponentModel;
using System.Text.Json.Serialization;
using Reconciler.Documents.Contracts;

namespace Reconciler.Documents.Kinds;

/// <summary><c>ENVIRONMENT/environment.yaml</c>: how careful to be here.</summary>
[NotYet("notify")]
internal sealed record EnvironmentDocument
{
    [Description("Which phases of the safe order are skipped here: production skips none, staging skips Announce and Wait, development Announce, Wait and Cover; or {skip: {PHASE: reason}}.")]
    public required Profile Profile { get; init; }

    [Description("Takes base/ from this earlier revision of the desired-state repository instead of the same one. A change to the base can so go to staging first.")]
    [Form(Form.Sha)]
    public string? Base { get; init; }

    [Description("A commit waits here until it was converged and healthy in another environment for some time.")]
    public PromotedFrom? PromotedFrom { get; init; }

    [Description("How users are warned.")]
    public MaintenancePolicy Maintenance { get; init; } = new();

    [Description("When runs that cover or stop something may begin. Deny wins; without an `allow`, whatever is not denied is allowed. "
        + "Outside, a change waits.")]
    public IReadOnlyList<WindowEntry> Windows { get; init; } = [];

    [Description("How servers are taken through the phases.")]
    public Strategy Strategy { get; init; } = new();

    [Description("Per resource kind, and `default`: report drift, or fix it. Kinds: Absence, Account, Checks, Code, Database, Directory, File, Link, Maintenance, Migrations, NginxSite, Packages, SecretsFile, Service, StaticFiles, Tasks, VirtualEnvironment. A PostgreSQL that was stopped counts as a Service.")]
    [Keys(Form.ResourceKind)]
    public IReadOnlyDictionary<string, Healing> SelfHeal { get; init; } = new Dictionary<string, Healing>();

    [Description("Files, links, secrets files and nginx sites that git no longer declares are removed, where we placed them and nobody has edited them since; a copy is kept there, but of secrets. So are packages that we installed, once all applications are as git says, and only where nothing else would go with them. Without it all that stays. Folders stay in any case.")]
    public Prune? Prune { get; init; }

    [Description("Every commit of the desired-state repository since the one in force must be signed, by ssh or gpg, by somebody whom `signers` of controller.yaml names; else this environment stays as it is. A merge made on the git host's page passes where it holds exactly what git makes of its parents.")]
    public SignatureKind? Verify { get; init; }

    [Description("How the controller logs in to every server of this environment.")]
    public SshLogin Ssh { get; init; } = new();

    [Description("`allow` lets the controller converge this environment at first contact, without a person running `converge` once.")]
    public Bootstrap? Bootstrap { get; init; }

    [Description("What {{name}} stands for, unless the application, the server or the application's entry for the server says otherwise.")]
    [Keys(Form.ValueName), Form(Form.Line), AsWritten]
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();
}

/// <summary>A word, or phases with the reason why each is skipped. Exactly one of the two is set.</summary>
[Shorthand("name")]
internal sealed record Profile
{
    public ProfileName? Name { get; init; }

    [Description("Phase (Announce, Wait or Cover) and the reason why it is skipped.")]
    [Keys(Form.SkippablePhase), Form(Form.Line)]
    public IReadOnlyDictionary<string, string>? Skip { get; init; }
}

[JsonConverter(typeof(WordConverter<ProfileName>))]
internal enum ProfileName
{
    Production,
    Staging,
    Development,
}

internal sealed record Prune
{
    [Description("How much of what an application, or the servers themselves, had there may go with one commit, in percent: more is refused.")]
    [Bounds(1, 100)]
    public int AtMost { get; init; } = 20;
}

internal sealed record PromotedFrom
{
    [Description("Where a commit must have been converged and healthy first.")]
    [Form(Form.Name)]
    public required string Environment { get; init; }

    [Description("For how long, as 2h.")]
    [Bounds(0, 30 * 86400)]
    public required TimeSpan Soak { get; init; }
}

internal sealed record MaintenancePolicy
{
    [Description("Time between the notice and the cover, as 15m.")]
    [Bounds(0, 7 * 86400)]
    public TimeSpan Notice { get; init; } = TimeSpan.FromMinutes(15);
}

internal sealed record Strategy
{
    [Description("barrier: every server of an application finishes a phase before any begins the next, behind the maintenance page. rolling: without a page, a few servers at a time, which get no requests meanwhile; for applications with two web servers and more behind a site with {{> upstream}}.")]
    public StrategyType Type { get; init; } = StrategyType.Barrier;

    [Description("rolling: how many servers at a time; one that serves always stays.")]
    [Bounds(1, 1000)]
    public int Batch { get; init; } = 1;

    [Description("rolling: how requests are kept from a server. nginxUpstream: it is marked `down` in the sites whose {{> upstream}} names it.")]
    public DrainBy Drain { get; init; } = DrainBy.NginxUpstream;

    [Description("rolling: how long a drained server is waited for to answer what it has begun, at most, as 10s.")]
    [Bounds(0, 600)]
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(10);

    [Description("rolling: what becomes of a commit that brings migrations, for which old and new code cannot serve side by side. cover: it goes behind the maintenance page; refuse: it waits for a person.")]
    public OnMigration OnMigration { get; init; } = OnMigration.Cover;

    [Description("How many servers a run may go without: lost, or failed after Cover. They get no requests until they are as git says.")]
    [Bounds(0, 1000)]
    public int MaxUnavailable { get; init; }
}

[JsonConverter(typeof(WordConverter<StrategyType>))]
internal enum StrategyType
{
    Barrier,
    Rolling,
}

[NotYet("command", "healthFile")]
[JsonConverter(typeof(WordConverter<DrainBy>))]
internal enum DrainBy
{
    NginxUpstream,
}

[JsonConverter(typeof(WordConverter<OnMigration>))]
internal enum OnMigration
{
    Cover,
    Refuse,
}

[JsonConverter(typeof(WordConverter<SignatureKind>))]
internal enum SignatureKind
{
    Ssh,
    Gpg,
}

[JsonConverter(typeof(WordConverter<Healing>))]
internal enum Healing
{
    Report,
    Fix,
}

[JsonConverter(typeof(WordConverter<Bootstrap>))]
internal enum Bootstrap
{
    Allow,
}

internal sealed record SshLogin
{
    [Description("The login on the servers; it may only call the runner.")]
    [Form(Form.User)]
    public string User { get; init; } = "reconciler";

    [Bounds(1, 65535)]
    [Description("TCP port of sshd.")]
    public int Port { get; init; } = 22;
}
