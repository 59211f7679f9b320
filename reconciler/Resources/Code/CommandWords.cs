using System.Text.RegularExpressions;

namespace Reconciler.Resources.Code;

/// <summary>
/// A command line as it may be reported: what looks like a password is left out, for a report goes where a process list does not.
/// </summary>
internal static partial class CommandWords
{
    private const int Most = 160;

    public static string Shown(string command)
    {
        var text = Secret().Replace(Address().Replace(command.Trim(), "$1***@"), "$1***");
        text = string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));
        return text.Length <= Most ? text : text[..Most] + "...";
    }

    // amqp://user:password@host
    [GeneratedRegex(@"(://[^\s/@:]*:)[^\s@]+@")]
    private static partial Regex Address();

    [GeneratedRegex(@"((?:password|passwd|secret|token|key|pw)[\w-]*(?:=|\s+))\S+", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();
}
