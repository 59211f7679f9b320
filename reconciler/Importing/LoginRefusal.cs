using System.Text.RegularExpressions;

namespace Reconciler.Importing;

/// <summary>
/// Why the runner does not look at the server as the application's user, and what would help (runner.sh, account).
/// </summary>
internal static partial class LoginRefusal
{
    public static string Of(ImportRequest request, string user, string why)
    {
        var what = $"{request.Server} was not looked at as {user}: {why}";
        if (Group().Match(why) is { Success: true } group)
            return $"{what}. Whoever may push code to the application would be root with it: give {group.Groups[1].Value} "
                + $"to a person's login of its own "
                + $"(`adduser ADMIN && adduser ADMIN {group.Groups[1].Value}`), see that it can log in and use sudo, then "
                + $"`deluser {user} {group.Groups[1].Value}`, "
                + $"likewise for its other groups of that kind and rules for it in /etc/sudoers.d, and import again; the "
                + $"site goes on running as {user}";
        return why.Contains("not among the users allowed", StringComparison.Ordinal)
            ? $"{what}: add a line `user {user}` there, as root, then import again"
            : $"{what}. Is {request.Server} enrolled (`reconciler enroll`)?";
    }

    [GeneratedRegex(@"is in group (\S+), so nothing is run as it")]
    private static partial Regex Group();
}
