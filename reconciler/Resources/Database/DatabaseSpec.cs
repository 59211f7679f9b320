using Reconciler.Model;

namespace Reconciler.Resources.Database;

/// <summary>A database with its owner on a PostgreSQL of our own: the Debian cluster named "main", of whatever version listens on port 5432.</summary>
/// <param name="Name">Database name; also the resource's name.</param>
/// <param name="Owner">
/// The role that owns it, and where there are no <see cref="Logins"/> logs in to it. Two databases with one owner must have one password.
/// </param>
/// <param name="Password">Whose value becomes the password of the role that logs in, sent as a SCRAM verifier only.</param>
/// <param name="PasswordDigest">Keyed digest of the password's value, in hex, as for a secrets file; changes when the password does.</param>
/// <param name="Allow">Who may log in as owner: addresses or CIDR networks (<c>10.20.1.1</c>, <c>10.20.0.0/16</c>), sorted. 127.0.0.1 and ::1 always may.</param>
/// <param name="Listen">
/// Addresses of this server that PostgreSQL listens on beside localhost, sorted. It belongs to the cluster: give every database of one server
/// the same list.
/// </param>
/// <param name="Backup">Null when git declares none: then a plan that cannot be undone is refused for want of one by the caller, not here.</param>
internal sealed record DatabaseSpec(
    string Name,
    string Owner,
    SecretReference Password,
    string PasswordDigest,
    ValueList<string> Allow,
    ValueList<string> Listen,
    DatabaseBackup? Backup) : ResourceSpec
{
    /// <summary>
    /// The role's password and nothing else: the part that belongs to the run of the application whose secret it is, so that role and secrets file change
    /// while its readers are stopped. The rest, and a new role's first password, belongs to the servers.
    /// </summary>
    public bool OnlyPassword { get; init; }

    /// <summary>
    /// Who has written nothing is ended where a migration would wait for them (seeds/003: 382-386). A matter of how and not of what: no part of a digest.
    /// </summary>
    internal bool EndsReaders { get; init; }

    /// <summary>Who logs in, where that is not always the owner. Null: the owner does.</summary>
    public DatabaseLogins? Logins { get; init; }

    /// <summary>The role that logs in.</summary>
    internal string Login => Logins?.InUse ?? Owner;

    /// <summary>The roles that may be logged in with, each with the password that it is to have.</summary>
    internal IReadOnlyList<RolePassword> Passwords => Logins is null ? [new(Owner, PasswordDigest)]
        : Logins.AsSeen ?? [.. Roles.Select(role => new RolePassword(role, role == Login ? PasswordDigest : null))];

    /// <summary>The owner first.</summary>
    internal IReadOnlyList<string> Roles => Logins is null ? [Owner] : [Owner, .. Logins.Both];

    /// <summary>The password is no longer to be had from its source, but its verifier was kept when it was replaced: the way back.</summary>
    public bool FromKeptCopy { get; init; }
}

/// <summary>
/// Two roles that log in by turns, for a role has one password only (PostgreSQL, CREATE ROLE): the next one's is valid before the readers
/// change over, and the former one's until they have been checked. Both are members of the owner and work as the owner, so what either
/// makes belongs to it.
/// </summary>
/// <param name="InUse">One of the two; or the owner, until the application changes over to them for the first time.</param>
internal sealed record DatabaseLogins(string First, string Second, string InUse)
{
    /// <summary>The way back: these passwords and no others. A role that is not among them is left as it is.</summary>
    public ValueList<RolePassword>? AsSeen { get; init; }

    internal IReadOnlyList<string> Both => [First, Second];
}

/// <param name="Digest">What the password is known by; null: the role has none, and nobody logs in with it by password.</param>
internal sealed record RolePassword(string Role, string? Digest);

/// <summary>How a database is secured before a step that cannot be undone.</summary>
/// <param name="Directory">Absolute: where dumps go (0700, made if missing), or where somebody else's scheduled ones lie.</param>
/// <param name="Keep">Dumps kept by Tidy, the newest ones; at least 1. Only for <see cref="BackupMode.Dump"/>.</param>
/// <param name="MaxAge">How old the newest file may be. Only for <see cref="BackupMode.Accept"/>.</param>
internal sealed record DatabaseBackup(BackupMode Mode, string Directory, int Keep, TimeSpan MaxAge);

internal enum BackupMode
{
    /// <summary>We dump, and prove that the dump can be read.</summary>
    Dump,

    /// <summary>A scheduled one by somebody else is accepted when it is young enough and can be read.</summary>
    Accept,
}
