using Reconciler.Model;

namespace Reconciler.Resources.Database;

/// <param name="Signature">The cheap probe's answer whole: while it stays the same, nothing that the login can see has changed.</param>
/// <param name="Cluster">Debian's name of it, version and name: <c>15/main</c>; empty where there is none.</param>
/// <param name="Running">Its postmaster is alive.</param>
/// <param name="Seen">What PostgreSQL itself says; null when it does not run.</param>
/// <param name="Note">What was noted when we last set the owner's password; null when we never did.</param>
/// <param name="Made">We made this database once, on this server.</param>
/// <param name="BackupDirectory">Mode and owner of the folder for dumps (<c>700 postgres</c>); null when it is not there; or <see cref="Unseen"/>.</param>
internal sealed record DatabaseFacts(
    string Signature,
    string Cluster,
    bool Running,
    ClusterFacts? Seen,
    PasswordNote? Note,
    bool Made,
    string? BackupDirectory) : ResourceFacts(PasswordOf(Seen?.Role, Note))
{
    /// <summary>What the role's password is known by: the digest that it was set with, or for one set by somebody else a name for its verifier.</summary>
    private static string? PasswordOf(RoleFacts? role, PasswordNote? note) =>
        role?.Verifier is not { } verifier ? null : note?.Verifier == verifier ? note.Digest : $"hand-{verifier}";

    /// <summary>As <see cref="Note"/>, of the roles that log in beside the owner, by name.</summary>
    public IReadOnlyDictionary<string, PasswordNote> LoginNotes { get; init; } = new Dictionary<string, PasswordNote>();

    /// <summary>Null when there is no such role.</summary>
    public RoleFacts? RoleNamed(DatabaseSpec spec, string role) =>
        role == spec.Owner ? Seen?.Role : Seen?.Logins.FirstOrDefault(login => login.Name == role)?.Role;

    public PasswordNote? NoteOf(DatabaseSpec spec, string role) => role == spec.Owner ? Note : LoginNotes.GetValueOrDefault(role);

    /// <summary>What a role's password is known by, as the marker of the owner's; null where it has none.</summary>
    public string? PasswordOf(DatabaseSpec spec, string role) => PasswordOf(RoleNamed(spec, role), NoteOf(spec, role));

    /// <summary>Of all roles that were seen.</summary>
    public ValueList<RolePassword> PasswordsSeen(DatabaseSpec spec) =>
        [.. spec.Roles.Where(role => RoleNamed(spec, role) is not null).Select(role => new RolePassword(role, PasswordOf(spec, role)))];

    public const string Unseen = "unseen";

    /// <summary>The process id of the cluster that runs; 0 for none.</summary>
    public long Postmaster => Signature.Split('\n').Select(line => line.Split(' '))
        .FirstOrDefault(words => words is ["cluster", var name, "running", _, ..] && name == Cluster) is [_, _, _, var pid, ..] && long.TryParse(pid, out var id) ? id : 0;

    /// <summary>There is no cluster at all.</summary>
    public bool Gone => Cluster.Length == 0;

    /// <summary>The cluster is there, and the programs of its version are not.</summary>
    public bool Removed { get; init; }

    /// <summary>Versions of PostgreSQL whose programs are there.</summary>
    public IReadOnlyList<string> Programs { get; init; } = [];

    /// <summary>The last backup that was taken or accepted, as its step printed it: <c>dump FILE BYTES</c>; null when none was.</summary>
    public string? LastBackup { get; init; }

    /// <summary>Bytes free where dumps go; null where none go, or nobody could see.</summary>
    public long? Room { get; init; }

    /// <summary>A dump would be refused for want of room, by what is known: the database's size as of the last look that asked it.</summary>
    public bool LacksRoom => Room <= Seen?.Size;

    /// <summary>What it must have and has not, while it runs: a sentence; null when it has all.</summary>
    public string? Lacks { get; init; }

    public override string? Ailment =>
        Gone ? "there is no PostgreSQL"
        : Removed ? $"PostgreSQL {Cluster} is not installed any more"
        : Running ? Lacks : $"PostgreSQL {Cluster} is not running";

    /// <summary>The systemd unit of the cluster: <c>postgresql@15-main.service</c>.</summary>
    public string Unit => $"postgresql@{Cluster.Replace('/', '-')}.service";
}

/// <param name="Verifier">First 16 hex digits of the SHA-256 of the role's stored verifier, which is salted: it tells a password set by hand.</param>
/// <param name="Digest">The keyed digest of the password that was set.</param>
internal sealed record PasswordNote(string Digest, string Verifier);

/// <param name="Role">Null when the owner's role does not exist.</param>
/// <param name="DatabaseOwner">Null when the database does not exist.</param>
/// <param name="OtherDatabases">Databases of the cluster beside this one, postgres and the templates: somebody may be using them.</param>
/// <param name="Listening">The value of <c>listen_addresses</c> in use.</param>
/// <param name="Configured">The value that our file in conf.d gives; null when it gives none.</param>
/// <param name="ConfiguredLast">The file whose value wins at the next start.</param>
/// <param name="Rules">The lines of our block in pg_hba.conf, in order.</param>
/// <param name="BlockClosed">The block's first and last line come in pairs.</param>
internal sealed record ClusterFacts(
    RoleFacts? Role,
    string? DatabaseOwner,
    int OtherDatabases,
    string Listening,
    string? Configured,
    string? ConfiguredLast,
    IReadOnlyList<string> Rules,
    bool BlockClosed)
{
    /// <summary>Bytes that the database takes; null when it does not exist.</summary>
    public long? Size { get; init; }

    /// <summary>The roles that log in beside the owner, those that exist.</summary>
    public IReadOnlyList<LoginFacts> Logins { get; init; } = [];
}

/// <param name="WorksAsOwner">A member of the owner, with its rights, and every session of its begins as the owner.</param>
internal sealed record LoginFacts(string Name, RoleFacts Role, bool WorksAsOwner);

/// <param name="Verifier">As in <see cref="PasswordNote"/>; null when the role has no password.</param>
internal sealed record RoleFacts(bool MayLogIn, string? Verifier);
