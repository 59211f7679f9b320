using System.Globalization;

namespace Reconciler.Resources.Service;

/// <summary>
/// Between Cover and Stop: what users asked before the page was up is answered before its service goes. A service that is told to stop
/// finishes what it has begun, but what still waits in the queue of its socket would be cut off, and nginx would say 502.
/// </summary>
internal static class Draining
{
    /// <summary>
    /// Behind nginx's <c>keepalive</c> connections stay open without a request, and it is all waited for.
    /// </summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>Waits, for at most <see cref="Longest"/>, until nobody is connected; where nobody is, for one grep.</summary>
    /// <param name="port">Of this machine.</param>
    public static string Script(int port)
    {
        // proc_pid_net(5): local address and port in hexadecimal, then the remote one, then 01 for an established connection.
        var local = port.ToString("X4", CultureInfo.InvariantCulture);
        return $$"""
            n=0
            while [ $n -lt {{Longest.TotalSeconds * 50}} ] && grep -qsE ' [0-9A-F]+:{{local}} [0-9A-F]+:[0-9A-F]+ 01 ' /proc/net/tcp /proc/net/tcp6; do
            sleep 0.02
            n=$((n+1))
            done

            """;
    }
}
