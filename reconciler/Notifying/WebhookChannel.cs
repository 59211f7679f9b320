using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Reconciler.Notifying;

/// <summary>POSTs a notice to an address that a file holds.</summary>
/// <param name="urlFile">Read for each notice, so that a replaced one counts at once.</param>
/// <param name="isSlack">As Slack's incoming webhooks take it ("Sending messages using incoming webhooks", docs.slack.dev).</param>
internal sealed class WebhookChannel(string urlFile, bool isSlack) : INoticeChannel, IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        Timeout = TimeSpan.FromSeconds(15),
        MaxResponseContentBufferSize = 100_000,
    };

    public async Task SendAsync(Notice notice, CancellationToken cancellation)
    {
        var address = Address();
        var body = isSlack
            ? JsonSerializer.SerializeToUtf8Bytes(new SlackMessage(SlackText(notice)), NoticeJson.Default.SlackMessage)
            : JsonSerializer.SerializeToUtf8Bytes(notice, NoticeJson.Default.Notice);
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        try
        {
            using var answer = await _http.PostAsync(address, content, cancellation);
            if (!answer.IsSuccessStatusCode)
                throw new NoticeException($"{address.Host} answered with {(int)answer.StatusCode}: look at the address in {urlFile}",
                    answer.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError);
        }
        catch (HttpRequestException fault)
        {
            throw new NoticeException($"{address.Host} cannot be reached: {fault.Message}", isPassing: true, fault);
        }
        catch (OperationCanceledException fault) when (!cancellation.IsCancellationRequested)
        {
            throw new NoticeException($"{address.Host} did not answer", isPassing: true, fault);
        }
    }

    public void Check() => Address();

    private Uri Address()
    {
        string text;
        try
        {
            text = File.ReadAllText(urlFile).Trim();
            if ((File.GetUnixFileMode(urlFile) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite)) != 0)
                throw new NoticeException($"{urlFile} may be read or changed by others: run chmod 600 {urlFile}", isPassing: false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new NoticeException($"{urlFile} cannot be read: {fault.Message}", isPassing: false, fault);
        }
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            ? address : throw new NoticeException($"{urlFile} must hold one https URL, and nothing else", isPassing: false);
    }

    /// <summary>Whatever servers and git say is text: Slack reads &lt;, &gt; and &amp; as its own.</summary>
    internal static string SlackText(Notice notice)
    {
        static string Plain(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);
        var (sign, word) = notice.Event switch
        {
            NoticeEvent.Failing => (":red_circle:", "fails"),
            NoticeEvent.Recovered => (":large_green_circle:", "works again"),
            _ => (":white_circle:", "sign of life"),
        };
        var lines = new List<string> { $"{sign} {Plain(notice.About)} {word}: {Plain(notice.Sentence)}" };
        lines.AddRange(notice.GoOn.Select(way => $"> {Plain(way)}"));
        if (notice.Link is { } link)
            lines.Add(link);
        return string.Join('\n', lines);
    }

    public void Dispose() => _http.Dispose();
}
