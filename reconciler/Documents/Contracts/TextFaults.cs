using System.Text.RegularExpressions;
using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Reconciler.Model;

namespace Reconciler.Documents.Contracts;

internal static class ValueNames
{
    /// <summary>Words of the templates themselves. <c>secrets</c> is for secrets files alone.</summary>
    public static IReadOnlyList<string> BuiltIn { get; } =
        ["environment", "application", "server", "servers", "name", "address", "startsAt", "endsAt", "message", "secrets", "each", "upstream", "cover"];

    public static string? FaultOf(string text) => BuiltIn.Contains(text) ? "is a word that templates know anyway" : null;
}

internal static class Addresses
{
    public static string? FaultOf(string text)
    {
        var looksNumeric = text.All(c => char.IsAsciiDigit(c) || c == '.');
        if (looksNumeric)
            return IPAddress.TryParse(text, out var four) && four.ToString() == text ? null : "is not an IPv4 address";
        if (text.Contains(':'))
            return IPAddress.TryParse(text,
                out var six) && six.AddressFamily == AddressFamily.InterNetworkV6 ? null : "is not an IPv6 address";
        return text.Split('.').All(IsLabel) ? null : "is not a host name";
    }

    /// <summary>One spelling per address, so that the same one is recognised.</summary>
    public static string Canonical(string text) =>
        IPAddress.TryParse(text, out var address) ? address.ToString() : text.ToLowerInvariant();

    // RFC 1123, 2.1.
    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}

internal static class HostKeys
{
    /// <summary>The blob begins with its own type as an SSH string (RFC 4253, 6.6): a truncated or mixed-up key is found here, not at login.</summary>
    public static string? FaultOf(string text)
    {
        var parts = text.Split(' ');
        if (parts.Length != 2)
            return "is not a type and a key";
        var blob = new byte[parts[1].Length];
        if (!Base64.IsValid(parts[1]) || !Convert.TryFromBase64String(parts[1], blob, out var length))
            return "holds a key that is not base64";
        var type = Encoding.ASCII.GetBytes(parts[0]);
        var starts = length > type.Length + 4 && blob[3] == type.Length && blob.AsSpan(4, type.Length).SequenceEqual(type);
        if (!starts)
            return "holds a key that is not of that type";
        return parts[0] == "ssh-ed25519" && length != 51 ? "holds a key that is cut" : null;
    }
}

internal static class Variables
{
    /// <summary>They decide which program, library or module is run, or are ours to set.</summary>
    private static readonly string[] Refused =
    [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "IFS", "ENV", "BASH_ENV", "SHELLOPTS", "BASHOPTS", "PS4", "CDPATH", "GCONV_PATH",
            "LOCPATH", "NLSPATH",
        "HOSTALIASES", "RES_OPTIONS", "TMPDIR", "MALLOC_TRACE", "DJANGO_SETTINGS_MODULE", "VIRTUAL_ENV", "PERL5LIB", "PERL5OPT",
            "NODE_OPTIONS",
        "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONUSERBASE", "PYTHONINSPECT", "PYTHONEXECUTABLE", "PYTHONBREAKPOINT",
            "PYTHONPLATLIBDIR",
    ];

    private static readonly string[] RefusedPrefixes = ["LD_", "DYLD_", "GIT_", "PIP_", "BASH_FUNC", "SUDO_", "SUPERVISOR_", "RECONCILER_"];

    public static string? FaultOf(string text)
    {
        var upper = text.ToUpperInvariant();
        return Refused.Contains(upper) || RefusedPrefixes.Any(upper.StartsWith) ? "decides what is run, or is set by the program" : null;
    }
}

internal static class SecretSources
{
    public static string? FaultOf(string text) => text switch
    {
        _ when text.StartsWith("age:") && text.Split('/').Contains("..") => "leads out of the document's folder",
        _ when text.StartsWith("file:") => Paths.AbsoluteFault(text["file:".Length..]),
        _ => null,
    };
}

/// <summary>Commands run without a shell: what only a shell would understand is refused where it is written, not found out when it runs.</summary>
internal static partial class Commands
{
    /// <summary>Words that are no programs.</summary>
    private static readonly string[] OfShells = [".", "alias", "eval", "exec", "export", "set", "source", "ulimit", "umask", "unset"];

    private static readonly string[] Operators = ["&&", "||", ";", "|", "&", ">", "<"];

    public static string? FaultOf(string text)
    {
        try
        {
            var words = Shell.Split(text);
            if (words.Count == 0 || words[0].Length == 0)
                return "names no program";
            if (words[0] == "cd")
                return "begins with `cd`, which only a shell knows: it runs in the application's path (and Django's directory) already, so name what comes after";
            if (OfShells.Contains(words[0]))
                return $"begins with `{words[0]}`, which only a shell knows: name the program itself, or a script in the repository";
            if (Assignment().IsMatch(words[0]))
                return "begins with a variable, which only a shell sets: write it below `environment` in application.yaml";
            return words[0].StartsWith('-') ? "begins with an option" : ShellFault(text);
        }
        catch (FormatException fault)
        {
            return $"cannot be split into words: {fault.Message}";
        }
    }

    /// <summary>What a shell would act on: operators outside quotes, and expansions wherever single quotes do not hold them off.</summary>
    private static string? ShellFault(string text)
    {
        var quote = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quote == '\'')
                quote = c == '\'' ? '\0' : quote;
            else if (c == '\\')
                i++;
            else if (c == '"')
                quote = quote == '"' ? '\0' : '"';
            else if (c == '\'' && quote == '\0')
                quote = c;
            else if (c == '`')
                return "holds a backtick, and no shell is there to run what it holds: name the program itself, or a script in the repository";
            else if (c == '$' && i + 1 < text.Length && (text[i + 1] is '(' or '{' or '_' || char.IsAsciiLetter(text[i + 1])))
                return $"holds `${text[i + 1]}`, and no shell is there to expand it: write the value itself, {{{{name}}}} for one of `values`, or quote it with ' where it is meant";
            else if (quote == '\0' && Operators.FirstOrDefault(found => string.CompareOrdinal(text, i, found, 0, found.Length) == 0) is { } operation)
                return $"holds `{operation}`, which only a shell understands: name the program itself, or a script in the repository; quote it with ' where it is meant";
        }
        return null;
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*=")]
    private static partial Regex Assignment();
}
