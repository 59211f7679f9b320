using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Reconciler.Hosting;

namespace Reconciler.Serving;

/// <summary>
/// What git hosts tell (conventions: "Webhook in"). Whatever they say is untrusted, and leads to a look at the repository and nothing else.
/// </summary>
/// <param name="secret">Asked for each request, so that a replaced one counts at once. May throw <see cref="GitHostException"/>.</param>
/// <param name="followed">The repositories that a look would read.</param>
/// <param name="look">Looks at once; asking twice is asking once.</param>
internal sealed class Webhooks(Func<string> secret, Func<IReadOnlyList<FollowedRepository>> followed, Action look)
{
    public const string Path = "/webhook";

    /// <summary>Bytes. Git hosts send up to 25 MB; what is needed of it stands in every shorter one, and the interval is there for the rest.</summary>
    public const long LongestBody = 1_000_000;

    /// <summary>A secret that could be guessed is none.</summary>
    private const int ShortestSecret = 16;

    private readonly RecentBodies _recent = new(10_000);

    public async Task<Answer> ToAsync(HttpRequest request)
    {
        if (request.Path != Path)
            return new(404, $"there is {Path}\n");
        if (!HttpMethods.IsPost(request.Method))
            return new(405, "only POST is answered\n");
        try
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
            return To(name => request.Headers.TryGetValue(name, out var values) && values.Count == 1 ? values[0] : null, body.ToArray());
        }
        catch (BadHttpRequestException fault)
        {
            return new(fault.StatusCode, $"a webhook has at most {LongestBody} bytes, sent without pauses\n");
        }
    }

    /// <param name="header">By name; null where it is missing, or there more than once.</param>
    public Answer To(Func<string, string?> header, byte[] body)
    {
        try
        {
            if (!IsAuthentic(header, body))
                return new(401, "the signature (X-Hub-Signature-256) or token (X-Gitlab-Token) is missing or wrong: "
                    + "give the git host the secret that `webhook.secretFile` holds\n");
        }
        catch (GitHostException fault)
        {
            return new(503, $"{fault.Message}\n");
        }
        var told = WebhookEvent.Read(header, body);
        if (told.Fault is { } why)
            return new(422, $"{why}\n");
        var id = DeliveryOf(header);
        if (told.IsPing)
            return Accepted(id, looks: false, "pong");
        var ours = followed().Where(repository => told.Repositories.Any(repository.Project.IsSame)).ToList();
        if (ours.Count == 0)
            return new(422, $"{told.Repositories[0]} is none of the repositories that are followed: "
                + $"{string.Join(", ", followed().Select(repository => repository.Project).Distinct())}\n");
        if (!_recent.Add(SHA256.HashData(body)))
            return new(409, "this was told already; nothing was done\n");
        if (!told.MayMatter(ours))
            return Accepted(id, looks: false, "nothing that is followed");
        look();
        return Accepted(id, looks: true, "looking");
    }

    private static Answer Accepted(string id, bool looks, string what) =>
        new(202, $"{{\"id\":\"{id}\",\"looks\":{(looks ? "true" : "false")},\"message\":\"{what}\"}}\n", "application/json; charset=utf-8");

    private bool IsAuthentic(Func<string, string?> header, byte[] body)
    {
        var (signature, token) = (header("X-Hub-Signature-256"), header("X-Gitlab-Token"));
        if (signature is null && token is null)
            return false;
        var key = secret();
        if (key.Length < ShortestSecret)
            throw new GitHostException(GitHostFailure.Refused,
                $"the secret in webhook.secretFile has fewer than {ShortestSecret} characters: make one with `openssl rand -hex 32`");
        if (signature is not null)
            return CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes($"sha256={HexOf(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), body))}"));
        // Digests have one length, so that not even the token's is told.
        return CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(token!)), SHA256.HashData(Encoding.UTF8.GetBytes(key)));
    }

    private static string HexOf(byte[] bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>The git host's own, where it looks like one.</summary>
    private static string DeliveryOf(Func<string, string?> header) =>
        Guid.TryParse(header("X-GitHub-Delivery") ?? header("X-Gitlab-Event-UUID"), out var id) ? $"{id}" : $"{Guid.NewGuid()}";
}

/// <param name="Branches">Patterns of branches of which a push may change something.</param>
internal sealed record FollowedRepository(ProjectAddress Project, IReadOnlyList<string> Branches);

/// <summary>Digests of the last bodies, to know one that is sent again.</summary>
internal sealed class RecentBodies(int most)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _known = [];
    private readonly Queue<string> _order = new();

    /// <returns>False when it is known.</returns>
    public bool Add(byte[] digest)
    {
        var key = Convert.ToHexString(digest);
        lock (_gate)
        {
            if (!_known.Add(key))
                return false;
            _order.Enqueue(key);
            if (_order.Count > most)
                _known.Remove(_order.Dequeue());
            return true;
        }
    }
}
