using System.Net;
using System.Net.Sockets;
using Reconciler.Journaling;
using Reconciler.Serving;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Serving;

/// <summary>The server itself, on a port of this machine.</summary>
public sealed class HttpFaceTests : IAsyncLifetime
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(60);
    private readonly ScratchFolder _folder = new();
    private readonly HandClock _clock = new();
    private readonly IPEndPoint _address = FreePort();
    private readonly HttpClient _client = new();
    private ILedger _ledger = null!;
    private LifeSigns _signs = null!;
    private HttpFace _face = null!;

    public async ValueTask InitializeAsync()
    {
        _ledger = SqliteLedger.OpenForWriting(_folder.In("state"), _clock);
        _signs = new(_clock, Interval);
        _face = await HttpFace.ListenAsync(_address, Answers());
        _client.BaseAddress = new Uri($"http://{_address}");
    }

    public async ValueTask DisposeAsync()
    {
        await _face.DisposeAsync();
        _client.Dispose();
        _ledger.Dispose();
        _folder.Dispose();
    }

    private Answers Answers(Action? write = null) =>
        new(_signs, new TurnMetrics(_ledger, _clock), write ?? _ledger.RequireWritable, Interval, _clock);

    internal static IPEndPoint FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }

    private async Task<(int, string)> GetAsync(string path)
    {
        using var answer = await _client.GetAsync(path, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task While_turns_are_made_it_is_healthy_and_when_one_is_overdue_it_says_which()
    {
        (await GetAsync("/healthz")).ShouldBe((200, "ok\n"));

        _clock.Pass(TimeSpan.FromMinutes(8));

        (await GetAsync("/healthz")).ShouldBe((503, "no look at the repository has ended for 8 min, and one is due every 60 s\n"));
    }

    [Fact]
    public async Task It_is_ready_once_something_is_in_force()
    {
        (await GetAsync("/readyz")).ShouldBe((503, "nothing is in force: the repository was not looked at yet\n"));

        _signs.Looked(["staging"], null);

        (await GetAsync("/readyz")).ShouldBe((200, "ok\n"));
    }

    [Fact]
    public void With_a_ledger_that_cannot_be_written_it_is_not_ready()
    {
        _signs.Looked(["staging"], null);
        var written = 0;
        var answers = Answers(() =>
        {
            written++;
            throw new LedgerException(LedgerFault.Full, "The disk is full.");
        });

        answers.To("GET", "/readyz").ShouldBe(new Answer(503, "The disk is full.\n"));
        // Asked again at once, the disk is left alone.
        answers.To("GET", "/readyz").Status.ShouldBe(503);
        written.ShouldBe(1);
        _clock.Pass(TimeSpan.FromSeconds(3));
        answers.To("GET", "/readyz").Status.ShouldBe(503);
        written.ShouldBe(2);
    }

    [Fact]
    public async Task Metrics_are_Prometheus_text()
    {
        using var answer = await _client.GetAsync("/metrics", TestContext.Current.CancellationToken);

        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .ShouldStartWith("# HELP reconciler_environment_info ");
    }

    [Fact]
    public async Task Anything_else_is_refused_with_what_there_is()
    {
        (await GetAsync("/")).ShouldBe((404, "there are /healthz, /readyz, /metrics, /environments, /environments/NAME and /plans/NUMBER\n"));
        using var posted = await _client.PostAsync("/healthz", null, TestContext.Current.CancellationToken);
        posted.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_with_the_ways_out()
    {
        var fault = await Should.ThrowAsync<ServingException>(() => HttpFace.ListenAsync(_address, Answers()));

        fault.Message.ShouldStartWith($"{_address} cannot be listened on (");
        fault.Message.ShouldContain("`listen` in the settings file or --listen (RECONCILER_LISTEN)");
    }
}
