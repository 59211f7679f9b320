using Reconciler.Model;

namespace Reconciler.Resources.Database;

/// <summary>A database with its owner on a PostgreSQL of our own: the Debian cluster named "main", of whatever version listens on port 5432.</summary>
/// <param name="Name">Database name; also the resource's name.</param>
/// <param name="Owner">The role that owns it and logs in to it. Two databases with one owner must have one password.</param>
/// <param name="Password">Whose value becomes the role's password, sent as a SCRAM verifier only.</param>
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

    /// <summary>The password is no longer to be had from its source, but its verifier was kept when it was replaced: the way back.</summary>
    public bool FromKeptCopy { get; init; }
}

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
