using System.Globalization;
using System.Text.RegularExpressions;
using Reconciler.Resources.Code;

namespace Reconciler.Turns.Surveys;

/// <summary>
/// A line of the journal as <c>short-unix</c> prints it, from sshd, sudo, su or login: <c>1700000000.123 host sudo[12]: ada : TTY=pts/0 ;
/// PWD=/srv ;
/// USER=root ; COMMAND=/usr/bin/vi x</c>.
/// </summary>
internal static partial class DoingReading
{
    public static Doing? Of(string line)
    {
        if (Entry().Match(line) is not { Success: true } entry
            || !double.TryParse(entry.Groups["at"].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            || seconds is < 0 or > 253402300799)
            return null;
        var at = DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Floor(seconds * 1000));
        return Said(entry.Groups["who"].Value, entry.Groups["text"].Value) is var (user, what) ? new(at, user, what) : null;
    }

    private static (string User, string What)? Said(string who, string text) => who switch
    {
        "sshd" or "sshd-session" when Login().Match(text) is { Success: true } login =>
            (login.Groups["user"].Value, $"logged in from {login.Groups["from"].Value} by {login.Groups["how"].Value}"
                + (login.Groups["key"].Success ? $" ({login.Groups["key"].Value})" : "")),
        "sudo" when Sudo().Match(text) is { Success: true } sudo =>
            (sudo.Groups["user"].Value, $"sudo as {sudo.Groups["as"].Value}: {CommandWords.Shown(sudo.Groups["command"].Value)}"
                + (sudo.Groups["folder"].Success ? $" (in {sudo.Groups["folder"].Value})" : "")),
        "su" when Su().Match(text) is { Success: true } su => (su.Groups["user"].Value, $"su to {su.Groups["as"].Value}"),
        "login" when Console().Match(text) is { Success: true } console =>
            (console.Groups["user"].Value, $"logged in on {console.Groups["tty"].Value}"),
        _ => null,
    };

    [GeneratedRegex(@"^(?<at>\d+(?:\.\d+)?) \S+ (?<who>[\w-]+)(?:\[\d+\])?: (?<text>.*)$")]
    private static partial Regex Entry();

    [GeneratedRegex(@"^Accepted (?<how>[a-z/-]+) for (?<user>\S+) from (?<from>\S+) port \d+(?:.* (?<key>[A-Z0-9-]+ SHA256:\S+))?")]
    private static partial Regex Login();

    [GeneratedRegex(@"^\s*(?<user>\S+) : (?:(?!COMMAND=).)*?(?:PWD=(?<folder>\S+) ; )?USER=(?<as>\S+) ; (?:[A-Z]+=[^;]* ; )*?COMMAND=(?<command>.*)$")]
    private static partial Regex Sudo();

    [GeneratedRegex(@"^\(to (?<as>\S+)\) (?<user>\S+) on ")]
    private static partial Regex Su();

    [GeneratedRegex(@"^(?:ROOT )?LOGIN ON (?<tty>\S+) BY (?<user>\S+)")]
    private static partial Regex Console();
}
