using Reconciler.Documents.Expansion;
using Reconciler.Documents.Kinds;
using Reconciler.Model;
using Reconciler.Remote;
using Reconciler.Resources.Database;
using Reconciler.Secrets;

namespace Reconciler.Turns;

/// <summary>One login, and what became of it.</summary>
/// <param name="Holds">It is as it should be.</param>
internal sealed record ProvenLogin(string Sentence, bool Holds);

/// <summary>What somebody logs in with.</summary>
/// <param name="Role">Null: the database's owner.</param>
internal sealed record Credentials(string? Role, SecretValue Password);

/// <summary>
/// That a database takes the new password and refuses the old one, by logging in with each. A database on a server of ours is reached as
/// the
/// application beside it does, at 127.0.0.1 on the server, through a forward that lives as long as the two logins.
/// </summary>
internal sealed class PasswordProof(SshOptions options, ServerAddresses addresses)
{
    private const int Port = 5432;

    /// <param name="elsewhere">Those that somebody else runs, by name.</param>
    public async Task<IReadOnlyList<ProvenLogin>> ProveAsync(
        ExpandedEnvironment environment, SecretReference secret, IReadOnlyDictionary<string, DatabaseEntry> elsewhere,
            Credentials fresh, Credentials old,
        CancellationToken cancellation)
    {
        var known = addresses.Of(environment);
        var proofs = new List<ProvenLogin>();
        foreach (var resource in environment.Units.SelectMany(unit => unit.Resources))
            if (resource.Spec is DatabaseSpec { OnlyPassword: false } spec && spec.Password == secret)
                proofs.AddRange(await OnServerAsync(known[resource.Id.Server], spec, fresh, old, cancellation));
        foreach (var (name, entry) in elsewhere.Where(database => database.Value.Address is not null))
            proofs.AddRange(await TryBothAsync(role => new(entry.Address!, entry.Port ?? Port, name, role), entry.Owner,
                $"to {name} at {entry.Address}", fresh, old, () => "", cancellation));
        return proofs;
    }

    private async Task<IReadOnlyList<ProvenLogin>> OnServerAsync(
        ServerAddress server, DatabaseSpec spec, Credentials fresh, Credentials old, CancellationToken cancellation)
    {
        await using var forward = SshForward.Open(server, options, Port, $".s.PGSQL.{Port}");
        return await TryBothAsync(role => new(forward.Folder, Port, spec.Name, role), spec.Owner, $"to {spec.Name} on {server.Name}",
            fresh, old, () => forward.Errors is { Length: > 0 } said ? $" ({said})" : "", cancellation);
    }

    /// <param name="loginOf">Of a role.</param>
    /// <param name="where">Continues the role's name.</param>
    private static async Task<IReadOnlyList<ProvenLogin>> TryBothAsync(
        Func<string, PostgresLogin> loginOf, string owner, string where, Credentials fresh, Credentials old, Func<string> said,
        CancellationToken cancellation)
    {
        var (now, before) = (fresh.Role ?? owner, old.Role ?? owner);
        return
        [
            await loginOf(now).TryAsync(fresh.Password, cancellation) switch
            {
                LoginAnswer.Accepted => new($"{now} {where}: the new password is accepted", true),
                LoginAnswer.WrongPassword => new($"{now} {where}: the new password is refused (28P01)", false),
                LoginAnswer.Unknown(var why) => new($"{now} {where}: nobody knows whether the new password is accepted: {why}{said()}",
                    false),
                _ => throw new InvalidOperationException("No such answer."),
            },
            await loginOf(before).TryAsync(old.Password, cancellation) switch
            {
                LoginAnswer.WrongPassword => new($"{before} {where}: the old password is refused (28P01)", true),
                LoginAnswer.Accepted => new($"{before} {where}: the OLD password is still accepted: look for `trust` in pg_hba.conf",
                    false),
                LoginAnswer.Unknown(var why) => new($"{before} {where}: nobody knows whether the old password is refused: {why}{said()}",
                    false),
                _ => throw new InvalidOperationException("No such answer."),
            },
        ];
    }
}
