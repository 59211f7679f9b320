using Reconciler.Model;
using Reconciler.Resources.Code;

namespace Reconciler.Turns.Surveys;

/// <summary>Who listens on a TCP port without being a service that git declares.</summary>
internal static class ForeignPorts
{
    /// <summary>What Debian starts by itself, and lets nobody but the server itself reach.</summary>
    private static readonly string[] OfDebian = ["systemd-resolved.service", "exim4.service", "chrony.service", "cups.service"];

    public static IEnumerable<Unmanaged> Of(IEnumerable<SeenPort> ports, Declared declared) => ports
        .Where(port => !IsQuiet(port, declared))
        // The same on IPv4 and IPv6 is one thing.
        .GroupBy(port => (port.Port, port.User, port.Unit, port.Name, port.IsLocal))
        .Select(same => Say([.. same.Select(port => port.Address).Distinct().Order(StringComparer.Ordinal)], same.First()));

    private static bool IsQuiet(SeenPort port, Declared declared) =>
        port.Noted || declared.HasPort(port.Port) || declared.HasUnit(port.Unit)
        || port is { Name: "sshd", User: "root" }
        || (port.IsLocal && OfDebian.Contains(port.Unit))
        || (port is { Name: "nginx", Port: 80 } && declared.HasSoftware("nginx"))
        || (port.Unit.StartsWith("redis", StringComparison.Ordinal) && declared.HasSoftware("redis"))
        || (port.Unit.StartsWith("postgresql", StringComparison.Ordinal) && declared.HasSoftware("postgresql"));

    /// <summary>A login's number is another one on each server.</summary>
    private static string UnitOf(SeenPort port) => port.Unit == "-" ? ""
        : port.Unit.StartsWith("session-", StringComparison.Ordinal) ? " (in a login session)" : $" ({port.Unit})";

    private static Unmanaged Say(IReadOnlyList<string> addresses, SeenPort port)
    {
        var who = port.User == "-" ? "something" : $"{CommandWords.Shown(port.Name)} of {port.User}{UnitOf(port)}";
        var where = string.Join(" and ", addresses.Select(address => $"{address}:{port.Port}"));
        return ForeignThings.Say("Port", $"{port.Port}", $"port {where}",
            $"{who} listens on {where}{(port.IsLocal ? ", for the server itself alone" : "")}, and is no service that git declares", null,
            "end it there if nobody needs it; or declare it in services.yaml, with its `port`");
    }
}
