using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Reconciler.Tests.Secrets.Aws;

/// <summary>Recomputes the signature of a request, from the description in the AWS IAM user guide ("Create a signed AWS API request").</summary>
internal static class SigV4
{
    /// <returns>Null when it is signed with that secret; else why it is refused.</returns>
    public static string? FaultOf(HttpRequest request, byte[] body, string accessKey, string secretKey, string region, string service)
    {
        var header = $"{request.Headers.Authorization}";
        if (!header.StartsWith("AWS4-HMAC-SHA256 ", StringComparison.Ordinal))
            return "not signed with AWS4-HMAC-SHA256";
        var parts = header["AWS4-HMAC-SHA256 ".Length..].Split(',', StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        var at = $"{request.Headers["X-Amz-Date"]}";
        var scope = $"{at[..8]}/{region}/{service}/aws4_request";
        if (parts["Credential"] != $"{accessKey}/{scope}")
            return $"the credential is {parts["Credential"]}, not {accessKey}/{scope}";
        var signed = parts["SignedHeaders"].Split(';');
        if (!signed.Contains("host") || !signed.Contains("x-amz-date") || !signed.Contains("x-amz-target"))
            return "host, x-amz-date and x-amz-target have to be signed";
        var canonical = string.Join('\n',
            [
                request.Method, $"{request.Path}", $"{request.QueryString}".TrimStart('?'),
                .. signed.Select(name => $"{name}:{$"{request.Headers[name]}".Trim()}"), "", parts["SignedHeaders"],
                Convert.ToHexStringLower(SHA256.HashData(body)),
            ]);
        var toSign = $"AWS4-HMAC-SHA256\n{at}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = Encoding.UTF8.GetBytes($"AWS4{secretKey}");
        foreach (var part in new[] { at[..8], region, service, "aws4_request" })
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign))) == parts["Signature"]
            ? null : "the signature does not match";
    }
}
