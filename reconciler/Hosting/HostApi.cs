using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Reconciler.Hosting;

/// <summary>JSON over HTTPS, as git hosts speak it. Never follows a redirection: the token is for one host alone.</summary>
/// <param name="root">Of the API, with a slash at its end.</param>
/// <param name="authorize">Adds the token; called for each request, so that a replaced one counts at once.</param>
internal sealed class HostApi(Uri root, Action<HttpRequestHeaders> authorize, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);
    private const int LongestAnswer = 10_000_000;

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        BaseAddress = root,
        Timeout = Deadline,
        MaxResponseContentBufferSize = LongestAnswer,
    };

    /// <exception cref="GitHostException"/>
    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> shape, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, path, null, shape, cancellation);

    /// <param name="body">Whole, as JSON.</param>
    /// <exception cref="GitHostException"/>
    public async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? body, JsonTypeInfo<T> shape, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        request.Headers.UserAgent.ParseAdd("reconciler");
        authorize(request.Headers);
        try
        {
            if (body is not null)
                // With its length: not everybody on the way takes chunks.
                await body.LoadIntoBufferAsync(cancellation);
            using var answer = await _http.SendAsync(request, cancellation);
            if (!answer.IsSuccessStatusCode)
                throw await OfAsync(answer, $"{method} {path.Split('?')[0]}", cancellation);
            return JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(cancellation), shape)
                ?? throw new JsonException("nothing was answered");
        }
        catch (JsonException fault)
        {
            throw new GitHostException(GitHostFailure.Unreadable,
                $"{root.Host} answered {method} {path.Split('?')[0]} with something else than its description says: {fault.Message}; "
                + "look whether `api` in controller.yaml is its API", fault);
        }
        catch (HttpRequestException fault)
        {
            throw new GitHostException(GitHostFailure.Unreachable, $"{root.Host} cannot be asked: {fault.Message}", fault);
        }
        catch (OperationCanceledException fault) when (!cancellation.IsCancellationRequested)
        {
            throw new GitHostException(GitHostFailure.Unreachable, $"{root.Host} did not answer within {Deadline.TotalSeconds:0} s", fault);
        }
    }

    private async Task<GitHostException> OfAsync(HttpResponseMessage answer, string asked, CancellationToken cancellation)
    {
        var said = $"{root.Host} answered {asked} with {(int)answer.StatusCode}{SaidIn(await answer.Content.ReadAsStringAsync(cancellation))}";
        if (LimitedUntil(answer) is { } until)
            return new(GitHostFailure.RateLimited, $"{said}: too many requests until {until:yyyy-MM-ddTHH:mm:ssZ}") { Until = until };
        return answer.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new(GitHostFailure.Refused,
                $"{said}: give the token in `tokenFile` of controller.yaml the right to do this, or replace it if it is over"),
            HttpStatusCode.NotFound or HttpStatusCode.Gone => new(GitHostFailure.NotFound,
                $"{said}: there is no such thing, or the token may not see it"),
            < HttpStatusCode.InternalServerError and >= HttpStatusCode.MultipleChoices => new(GitHostFailure.Refused, said),
            _ => new(GitHostFailure.Unreachable, said),
        };
    }

    // "Rate limits for the REST API" (docs.github.com): retry-after, or x-ratelimit-remaining 0 and x-ratelimit-reset; GitLab: 429, RateLimit-Reset.
    private DateTimeOffset? LimitedUntil(HttpResponseMessage answer)
    {
        if (answer.StatusCode is not (HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests))
            return null;
        var now = clock.GetUtcNow();
        if (answer.Headers.RetryAfter is { } after)
            return after.Date ?? now + after.Delta!.Value;
        string? Header(string name) => answer.Headers.TryGetValues(name, out var values) ? values.First() : null;
        var isSpent = Header("x-ratelimit-remaining") == "0" || answer.StatusCode == HttpStatusCode.TooManyRequests;
        if (isSpent && long.TryParse(Header("x-ratelimit-reset") ?? Header("RateLimit-Reset"), CultureInfo.InvariantCulture, out var reset)
            && reset is > 0 and < 32503680000)
            return DateTimeOffset.FromUnixTimeSeconds(reset);
        return answer.StatusCode == HttpStatusCode.TooManyRequests ? now + TimeSpan.FromMinutes(1) : null;
    }

    /// <summary>Its own words, if it has any: one line.</summary>
    private static string SaidIn(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("message", out var message)
                ? $" ({Line(message.ToString())})" : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    private static string Line(string text) =>
        new([.. text.Select(c => char.IsControl(c) ? ' ' : c).Take(200)]);

    public void Dispose() => _http.Dispose();
}
