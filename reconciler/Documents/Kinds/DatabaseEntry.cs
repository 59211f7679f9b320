using System.ComponentModel;
using System.Text.Json.Serialization;
using Reconciler.Documents.Contracts;

namespace Reconciler.Documents.Kinds;

/// <summary>One entry of <c>databases.yaml</c>, named as the database. Exactly one of On and Address is set.</summary>
[NotYet("via")]
internal sealed record DatabaseEntry
{
    [Description("Role or server of a PostgreSQL of our own; comes to exactly one server.")]
    [Form(Form.Name), NotEmpty]
    public IReadOnlyList<string>? On { get; init; }

    [Description("Address of one that somebody else runs.")]
    [Form(Form.Address), Templated]
    public string? Address { get; init; }

    [Description("TCP port of PostgreSQL at `address`.")]
    [Bounds(1, 65535)]
    public int? Port { get; init; }

    [Description("The role that owns it, and without `logins` logs in to it.")]
    [Form(Form.DatabaseName)]
    public required string Owner { get; init; }

    [Description("Two other roles that log in by turns, so that a new password is valid before the old one goes: members of the owner, "
        + "and what they make belongs to it.")]
    [Form(Form.DatabaseName)]
    public IReadOnlyList<string>? Logins { get; init; }

    [Description("With `logins`, who logs in: APPLICATION/secrets/FILE/KEY, beside `password`. Its value is one of the two, or the owner "
        + "until they are taken into use.")]
    [Form(Form.SecretKeyReference)]
    public string? User { get; init; }

    [Description("The password of the role that logs in: APPLICATION/secrets/FILE/KEY.")]
    [Form(Form.SecretKeyReference)]
    public required string Password { get; init; }

    [Description("Roles and servers that may log in.")]
    [Form(Form.Name)]
    public IReadOnlyList<string> Allow { get; init; } = [];

    [Description("How it is secured before a step that cannot be undone.")]
    public BackupSettings? Backup { get; init; }

    [Description("Who works in it when a migration is due, and is no service of ours. wait: is waited for 60 s, then the run goes back and names them; "
        + "end: after 15 s, whoever has written nothing in a transaction that is open is cancelled, then ended; whoever has written never is.")]
    public Blockers Blockers { get; init; }
}

[JsonConverter(typeof(WordConverter<Blockers>))]
internal enum Blockers
{
    Wait,
    End,
}

internal sealed record BackupSettings
{
    [Description("dump: we dump, and prove that the dump can be read; accept: a scheduled one that is young enough.")]
    public required BackupModeName Mode { get; init; }

    [Description("Folder of the dumps on the database's server.")]
    [Form(Form.DeployPath)]
    public required string To { get; init; }

    [Description("How many of our dumps stay.")]
    [Bounds(1, 1000)]
    public int? Keep { get; init; }

    [Description("How old the newest may be, for `mode: accept`, as 24h.")]
    [Bounds(60, 30 * 86400)]
    public TimeSpan? MaxAge { get; init; }
}

[NotYet("tables", "snapshot")]
[JsonConverter(typeof(WordConverter<BackupModeName>))]
internal enum BackupModeName
{
    Dump,
    Accept,
}
