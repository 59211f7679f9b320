using System.Text.RegularExpressions;
using Reconciler.Model;

namespace Reconciler.Resources.Database;

/// <summary>
/// The scripts that set a role's password. Only a SCRAM verifier reaches the server, on stdin and kept out of PostgreSQL's own log too. Each prints the
/// note: <c>ROLE DIGEST VERIFIER</c>, see <see cref="PasswordNote"/>.
/// </summary>
internal static partial class PasswordScripts
{
    /// <summary>
    /// Makes the role where absent and sets its password; the verifier of the former one is kept beside the cluster, as secret as the cluster keeps it.
    /// </summary>
    /// <param name="facts">What was seen of the password that is replaced; null where there is none to keep.</param>
    public static IReadOnlyList<PayloadPart> Set(DatabaseSpec spec, RolePassword password, DatabaseFacts? facts) =>
    [
        new PayloadPart.Text(DatabaseScripts.Head(spec, password) + Keep(spec, password, facts) + "verifier='"),
        new PayloadPart.ScramVerifier(spec.Password, spec.PasswordDigest),
        new PayloadPart.Text("'\nverifier=$(printf %s \"$verifier\")\n" + Alter(spec, password)),
    ];

    /// <summary>Sets the kept verifier again. Fails when another one, or none, was kept.</summary>
    public static IReadOnlyList<PayloadPart> Restore(DatabaseSpec spec, RolePassword password) =>
    [
        new PayloadPart.Text(DatabaseScripts.Head(spec, password) + $$"""
            read -r tag verifier <{{Kept(password)}} && [ "$tag" = "$digest" ] ||
                fail "the password that role $role had before was not kept"

            """ + Alter(spec, password)),
    ];

    /// <summary>From then on nobody logs in with the role by a password. Sessions that are open go on.</summary>
    public static string TakeAway(DatabaseSpec spec, RolePassword password) => DatabaseScripts.Head(spec, password) + """
        echo 'ALTER ROLE :"role" PASSWORD NULL;' | sql >/dev/null
        echo "$role none none"

        """;

    public static string Forget(RolePassword password) => $"rm -f -- {Kept(password)}\n";

    /// <summary>Only what was seen is kept under what it was seen as: a step that is sent again finds the new password, which is no former one.</summary>
    private static string Keep(DatabaseSpec spec, RolePassword password, DatabaseFacts? facts) =>
        facts?.PasswordOf(spec, password.Role) is not { } former
            || facts.RoleNamed(spec, password.Role)?.Verifier is not { } verifier || !Hex().IsMatch(verifier) ? "" : $$"""
            old=$(sql <<'SQL'
            SELECT rolpassword FROM pg_authid
              WHERE rolname = :'role' AND left(encode(sha256(convert_to(rolpassword, 'UTF8')), 'hex'), 16) = '{{verifier}}';
            SQL
            )
            if [ -n "$old" ]; then
                rm -f -- {{Kept(password)}}
                printf '%s %s\n' {{Shell.Quote(former)}} "$old" >{{Kept(password)}}
                sync {{Kept(password)}}
            fi

            """;

    private static string Alter(DatabaseSpec spec, RolePassword password) => $"""
        case $verifier in 'SCRAM-SHA-256$'*:*'$'*:*) ;; *) fail "the password did not come as a SCRAM verifier";; esac
        sql <<SQL >/dev/null || fail "PostgreSQL did not take the password's verifier"
        SET log_statement = 'none'; SET log_min_duration_statement = -1; SET log_min_error_statement = 'panic';
        {(password.Role == spec.Owner ? AsItself : DatabaseScripts.AsOwner)}
        ALTER ROLE :"role" LOGIN PASSWORD '$verifier';
        SELECT 1 / (rolpassword = '$verifier')::int FROM pg_authid WHERE rolname = :'role';
        SQL
        sql <<'SQL'
        SELECT concat_ws(' ', :'role', :'digest', left(encode(sha256(convert_to(rolpassword, 'UTF8')), 'hex'), 16))
          FROM pg_authid WHERE rolname = :'role';
        SQL

        """;

    private const string AsItself =
        """SELECT format('CREATE ROLE %I', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec""";

    private static string Kept(RolePassword password) => Shell.Quote($"{DatabaseScripts.Folder}/.reconciler-former-{password.Role}");

    [GeneratedRegex("^[0-9a-f]{16}$")]
    private static partial Regex Hex();
}
