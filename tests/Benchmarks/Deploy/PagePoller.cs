using System.Diagnostics;
using System.Text.RegularExpressions;
using Reconciler.LiveTests.Deploys;

namespace Reconciler.Benchmarks.Deploy;

/// <summary>Users who ask for the front page fifty times a second. No more come while so many wait for an answer that the site would be overrun by them alone.</summary>
/// <param name="wentDown">Called when the first answer came that is not a page.</param>
/// <param name="cameBack">Called when the first page of <paramref name="after"/> came.</param>
internal sealed partial class PagePoller(SiteServer server, string after, Action wentDown, Action cameBack) : IAsyncDisposable
{
    private const int MostWaiting = 4;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<Answer> _answers = [];
    private readonly long _began = Stopwatch.GetTimestamp();
    private Task? _polling;
    private int _state;

    /// <param name="Sort"><c>page V</c>, <c>cover</c>, <c>bare 502</c>, another status, or <c>refused</c>.</param>
    /// <param name="Came">Since the poller began.</param>
    internal sealed record Answer(string Sort, TimeSpan Came);

    public void Start() => _polling = PollAsync();

    /// <summary>Until a page of the new version has come.</summary>
    public async Task SawAsync(TimeSpan deadline)
    {
        using var late = new CancellationTokenSource(deadline);
        while (!Answers.Any(answer => answer.Sort == $"page {after}"))
            await Task.Delay(Interval, late.Token);
    }

    public IReadOnlyList<Answer> Answers
    {
        get
        {
            lock (_gate)
                return [.. _answers];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_polling is not null)
            await _polling;
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task PollAsync()
    {
        using var timer = new PeriodicTimer(Interval);
        var asked = new List<Task>();
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                asked.RemoveAll(each => each.IsCompleted);
                if (asked.Count < MostWaiting)
                    asked.Add(AskAsync());
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(asked);
        }
    }

    private async Task AskAsync()
    {
        var sort = await SortAsync();
        lock (_gate)
            _answers.Add(new(sort, Stopwatch.GetElapsedTime(_began)));
        var isPage = sort.StartsWith("page ", StringComparison.Ordinal);
        if (!isPage && Interlocked.CompareExchange(ref _state, 1, 0) == 0)
            wentDown();
        if (sort == $"page {after}" && Interlocked.CompareExchange(ref _state, 2, 1) == 1)
            cameBack();
    }

    private async Task<string> SortAsync()
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{server.Host.Address}/") { Headers = { Host = server.Domain, ConnectionClose = true } };
            using var answer = await _http.SendAsync(request);
            var body = await answer.Content.ReadAsStringAsync();
            return ((int)answer.StatusCode, Version().Match(body)) switch
            {
                (200, { Success: true } version) => $"page {version.Groups[1].Value}",
                (503, _) when answer.Headers.RetryAfter is not null => "cover",
                (502, _) => "bare 502",
                (var status, _) => $"status {status}",
            };
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            return "refused";
        }
    }

    [GeneratedRegex("""<meta name="version" content="([^"]+)">""")]
    private static partial Regex Version();
}
