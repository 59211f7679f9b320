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
            SecretValue fresh, SecretValue old,
        CancellationToken cancellation)
    {
        var known = addresses.Of(environment);
        var proofs = new List<ProvenLogin>();
        foreach (var resource in environment.Units.SelectMany(unit => unit.Resources))
            if (resource.Spec is DatabaseSpec { OnlyPassword: false } spec && spec.Password == secret)
                proofs.AddRange(await OnServerAsync(known[resource.Id.Server], spec, fresh, old, cancellation));
        foreach (var (name, entry) in elsewhere.Where(database => database.Value.Address is not null))
            proofs.AddRange(await TryBothAsync(
                new(entry.Address!, entry.Port ?? Port, name, entry.Owner), $"{entry.Owner} to {name} at {entry.Address}", fresh, old,
                    () => "", cancellation));
        return proofs;
    }

    private async Task<IReadOnlyList<ProvenLogin>> OnServerAsync(
        ServerAddress server, DatabaseSpec spec, SecretValue fresh, SecretValue old, CancellationToken cancellation)
    {
        await using var forward = SshForward.Open(server, options, Port, $".s.PGSQL.{Port}");
        return await TryBothAsync(new(forward.Folder, Port, spec.Name, spec.Owner), $"{spec.Owner} to {spec.Name} on {server.Name}",
            fresh, old,
            () => forward.Errors is { Length: > 0 } said ? $" ({said})" : "", cancellation);
    }

    private static async Task<IReadOnlyList<ProvenLogin>> TryBothAsync(
        PostgresLogin login, string what, SecretValue fresh, SecretValue old, Func<string> said, CancellationToken cancellation) =>
    [
        await login.TryAsync(fresh, cancellation) switch
        {
            LoginAnswer.Accepted => new($"{what}: the new password is accepted", true),
            LoginAnswer.WrongPassword => new($"{what}: the new password is refused (28P01)", false),
            LoginAnswer.Unknown(var why) => new($"{what}: nobody knows whether the new password is accepted: {why}{said()}", false),
            _ => throw new InvalidOperationException("No such answer."),
        },
        await login.TryAsync(old, cancellation) switch
        {
            LoginAnswer.WrongPassword => new($"{what}: the old password is refused (28P01)", true),
            LoginAnswer.Accepted => new($"{what}: the OLD password is still accepted: look for `trust` in pg_hba.conf", false),
            LoginAnswer.Unknown(var why) => new($"{what}: nobody knows whether the old password is refused: {why}{said()}", false),
            _ => throw new InvalidOperationException("No such answer."),
        },
    ];
}
