namespace Reconciler.Model;

/// <summary>Where a web server is asked, from the server that it runs on.</summary>
/// <param name="Address">
/// A numeric local address that it listens on: <c>127.0.0.1</c> for <c>listen 80</c> and <c>listen *:80</c>, <c>::1</c> for <c>[::]:80</c> alone,
/// the address itself for <c>listen 10.0.0.5:80</c>.
/// </param>
/// <param name="Tls">Certificates are not verified: the question is what this server serves, not whether the name is right.</param>
/// <param name="Host">Sent as <c>Host</c>, and as server name with TLS.</param>
internal sealed record PageTarget(string Address, int Port, bool Tls, string Host)
{
    /// <summary><c>127.0.0.1:8000</c>, <c>[::1]:443</c>.</summary>
    public string Endpoint => Address.Contains(':') ? $"[{Address}]:{Port}" : $"{Address}:{Port}";
}
