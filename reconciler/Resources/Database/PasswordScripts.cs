using System.Text.RegularExpressions;
using Reconciler.Model;

namespace Reconciler.Resources.Database;

/// <summary>
/// The scripts that set a role's password. Only a SCRAM verifier reaches the server, on stdin and kept out of PostgreSQL's own log too. Each prints the
/// note: <c>OWNER DIGEST VERIFIER</c>, see <see cref="PasswordNote"/>.
/// </summary>
internal static partial class PasswordScripts
{
    /// <summary>
    /// Makes the role where absent and sets its password; the verifier of the former one is kept beside the cluster, as secret as the cluster keeps it.
    /// </summary>
    /// <param name="facts">What was seen of the password that is replaced; null where there is none to keep.</param>
    public static IReadOnlyList<PayloadPart> Set(DatabaseSpec spec, DatabaseFacts? facts) =>
    [
        new PayloadPart.Text(DatabaseScripts.Head(spec) + Keep(spec, facts) + "verifier='"),
        new PayloadPart.ScramVerifier(spec.Password, spec.PasswordDigest),
        new PayloadPart.Text("'\nverifier=$(printf %s \"$verifier\")\n" + Alter),
    ];

    /// <summary>Sets the kept verifier again. Fails when another one, or none, was kept.</summary>
    public static IReadOnlyList<PayloadPart> Restore(DatabaseSpec spec) =>
    [
        new PayloadPart.Text(DatabaseScripts.Head(spec) + $$"""
            digest={{Shell.Quote(spec.PasswordDigest)}}
            read -r tag verifier <{{Kept(spec)}} && [ "$tag" = "$digest" ] || fail "the password that role $owner had before was not kept"

            """ + Alter),
    ];

    public static string Forget(DatabaseSpec spec) => $"rm -f -- {Kept(spec)}\n";

    /// <summary>Only what was seen is kept under what it was seen as: a step that is sent again finds the new password, which is no former one.</summary>
    private static string Keep(DatabaseSpec spec, DatabaseFacts? facts) =>
        facts is not { Marker: { } former, Seen.Role.Verifier: { } verifier } || !Hex().IsMatch(verifier) ? "" : $$"""
            old=$(sql <<'SQL'
            SELECT rolpassword FROM pg_authid
              WHERE rolname = :'owner' AND left(encode(sha256(convert_to(rolpassword, 'UTF8')), 'hex'), 16) = '{{verifier}}';
            SQL
            )
            if [ -n "$old" ]; then
                rm -f -- {{Kept(spec)}}
                printf '%s %s\n' {{Shell.Quote(former)}} "$old" >{{Kept(spec)}}
                sync {{Kept(spec)}}
            fi

            """;

    private const string Alter = """
        case $verifier in 'SCRAM-SHA-256$'*:*'$'*:*) ;; *) fail "the password did not come as a SCRAM verifier";; esac
        sql <<SQL >/dev/null || fail "PostgreSQL did not take the password's verifier"
        SET log_statement = 'none'; SET log_min_duration_statement = -1; SET log_min_error_statement = 'panic';
        SELECT format('CREATE ROLE %I', :'owner') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \gexec
        ALTER ROLE :"owner" LOGIN PASSWORD '$verifier';
        SELECT 1 / (rolpassword = '$verifier')::int FROM pg_authid WHERE rolname = :'owner';
        SQL
        sql <<'SQL'
        SELECT concat_ws(' ', :'owner', :'digest', left(encode(sha256(convert_to(rolpassword, 'UTF8')), 'hex'), 16))
          FROM pg_authid WHERE rolname = :'owner';
        SQL

        """;

    private static string Kept(DatabaseSpec spec) => Shell.Quote($"{DatabaseScripts.Folder}/.reconciler-former-{spec.Owner}");

    [GeneratedRegex("^[0-9a-f]{16}$")]
    private static partial Regex Hex();
}
