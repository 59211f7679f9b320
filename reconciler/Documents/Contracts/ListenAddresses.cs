using System.Net;

namespace Reconciler.Documents.Contracts;

/// <summary>Where the controller listens. An address and never a host name: what a name stands for is found out at night.</summary>
internal static class ListenAddresses
{
    /// <summary>Nothing listens.</summary>
    public const string None = "none";

    /// <summary>For a person, after "must be".</summary>
    public const string Allowed = "ADDRESS:PORT, as 127.0.0.1:9464 or \"[::1]:9464\", or none";

    /// <returns>Null when it is an address and a port, or none.</returns>
    public static string? FaultOf(string text)
    {
        if (text == None)
            return null;
        var colon = text.LastIndexOf(':');
        if (colon < 0)
            return "has no port";
        var address = text[..colon];
        var four = IPAddress.TryParse(address, out var parsed) && parsed.ToString() == address;
        var six = address.StartsWith('[') && address.EndsWith(']') && IPAddress.TryParse(address[1..^1], out _);
        if (!four && !six)
            return "does not begin with an IP address";
        return int.TryParse(text.AsSpan(colon + 1), out var port) && port is > 0 and <= 65535 ? null : "has no port from 1 to 65535";
    }

    /// <returns>Null for none.</returns>
    /// <param name="text">Without fault.</param>
    public static IPEndPoint? Parse(string text) => text == None ? null : IPEndPoint.Parse(text);
}
