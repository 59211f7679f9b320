using Reconciler.Model;

namespace Reconciler.Resources.Database;

/// <summary>Which role has which password, and which has none: what of a database goes with an application's secrets file.</summary>
internal static class PasswordComparison
{
    public static IEnumerable<DatabaseMismatch> Of(DatabaseSpec spec, DatabaseFacts? facts)
    {
        // Where there is no such role yet, the servers' own run makes it with its password.
        if (facts is not { Running: true, Seen.Role: { } owner })
            yield break;
        foreach (var wanted in spec.Passwords.Where(wanted => wanted.Role != spec.Owner || owner.MayLogIn))
        {
            var seen = facts.PasswordOf(spec, wanted.Role);
            if (seen != wanted.Digest)
                yield return new(DatabaseAspect.Password, DifferenceType.Change, Sentence(spec, facts, wanted, seen)) { Password = wanted };
        }
    }

    private static string Sentence(DatabaseSpec spec, DatabaseFacts facts, RolePassword wanted, string? seen)
    {
        if (wanted.Digest is null)
            return spec.FromKeptCopy ? $"role {wanted.Role} can log in with a password, and could not before"
                : $"role {wanted.Role} can log in with a password, and {spec.Login} is the login in use";
        if (seen is null && spec.Logins is not null && !spec.FromKeptCopy)
            return $"role {wanted.Role} is the login in use, and has no password";
        var note = facts.NoteOf(spec, wanted.Role);
        return $"the password of role {wanted.Role} " + (
            spec.FromKeptCopy ? "is not the one of before"
            : note is null ? "was never set from git"
            : note.Digest != spec.PasswordDigest ? "is an older one than git says"
            : "was changed on the server");
    }
}
