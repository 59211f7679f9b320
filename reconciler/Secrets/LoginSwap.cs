namespace Reconciler.Secrets;

/// <summary>Of two roles that log in by turns the next one, named where the password stands.</summary>
/// <param name="member">The key of the JSON object that names the role.</param>
/// <param name="roles">The two.</param>
/// <param name="owner">Whom both work as; it logs in itself until they are taken into use.</param>
/// <param name="inForce">The one that readers have now; null: not known, and what stands at the source is taken for it.</param>
internal sealed class LoginSwap(string member, IReadOnlyList<string> roles, string owner, string? inForce)
{
    public string Member => member;

    /// <summary>Whom the source named; null before <see cref="Apply"/>.</summary>
    public string? Old { get; private set; }

    /// <summary>Whom it names now; null before <see cref="Apply"/>.</summary>
    public string? Fresh { get; private set; }

    /// <param name="named">What stands there; null: no such key, or no text.</param>
    /// <exception cref="SecretSourceException">It names none of them.</exception>
    public void Apply(string? named, SecretLocation location)
    {
        if (named is null || (named != owner && !roles.Contains(named)))
            throw new SecretSourceException(named is null ? SecretFaultReason.Missing : SecretFaultReason.WrongFormat,
                $"{location with { Key = null }} names at {member} none of {string.Join(", ", roles)}, which are the `logins` in"
                + $" databases.yaml; write there which of them is in use, or {owner} until they are.");
        Old = named;
        Fresh = roles[0] == (inForce ?? named) ? roles[1] : roles[0];
    }
}
