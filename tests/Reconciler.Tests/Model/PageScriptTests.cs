using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Reconciler.Model;

namespace Reconciler.Tests.Model;

/// <summary>Runs the fragments with the real sh and bash against a listener that answers what a test says.</summary>
public sealed class PageScriptTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Mark: yes\r\n\r\n<h1>Café \0 reef</h1>";

    [Fact]
    public async Task Several_pages_are_asked_at_once_and_each_gets_its_own_answer()
    {
        await using var page = Listener.That(Ok);
        await using var broken = Listener.That("HTTP/1.0 500 Internal Server Error\r\n\r\n\u001b[31mTraceback\r\nhere");
        await using var alien = Listener.That("SSH-2.0-OpenSSH_9.2\r\n");
        await using var silent = Listener.That("");
        PageRequest[] requests =
        [
            page.Ask() with { BodyHolds = "Café", HeadHolds = "X-Mark: yes" },
            page.Ask() with { BodyHolds = "kelp", HeadHolds = "X-Mark: no" },
            broken.Ask() with { Where = "through nginx" }, alien.Ask(), silent.Ask(), Refused,
        ];

        var answers = PageAnswer.ReadAll(Shell(PageScript.Probe(requests)).Output, requests.Length);

        answers.Select((answer, i) => answer.Fault(requests[i])).ShouldBe(
        [
            null,
            "/x answered 200, but without the header X-Mark: no or \"kelp\"",
            "/x answered 500 through nginx, expected 200",
            $"127.0.0.1:{alien.Port} does not speak HTTP",
            $"127.0.0.1:{silent.Port} gave no answer",
            "nothing listens on 127.0.0.1:9",
        ]);
        answers[2].Start.ShouldBe("[31mTraceback  here");
        page.Heard.ShouldStartWith($"GET /x HTTP/1.0\r\nHost: reef.test\r\n");
    }

    [Fact]
    public async Task A_proof_is_silent_when_the_page_is_right()
    {
        await using var page = Listener.That(Ok);
        Shell(PageScript.Proof(page.Ask() with { BodyHolds = "<h1>Café" })).ShouldBe((0, ""));
    }

    [Fact]
    public async Task A_page_that_is_right_and_then_wrong_is_proven_wrong_at_once()
    {
        await using var page = Listener.That(Ok, "HTTP/1.0 500 Oops\r\n\r\nout of luck");

        Shell(PageScript.Proof(page.Ask() with { Times = 5 }))
            .ShouldBe((99, "/x answered 500, expected 200: out of luck (asked 2 times, and the first 1 it was right)\n"));
        Shell(PageScript.Proof(page.Ask())).Code.ShouldBe(0);
    }

    [Theory]
    [InlineData("200 OK\r\nContent-Type: text/html; charset=utf-8", "<body>other</body>", 1)]
    [InlineData("200 OK\r\ncontent-type: text/html", "<body>notice</body>", 0)]
    [InlineData("200 OK\r\nContent-Type: application/json", "{}", 0)]
    [InlineData("302 Found\r\nContent-Type: text/html\r\nLocation: /login", "<body>other</body>", 0)]
    public async Task What_is_no_page_of_html_cannot_tell_whether_pages_carry_something(string head, string body, int code)
    {
        await using var page = Listener.That($"HTTP/1.1 {head}\r\n\r\n{body}");
        Shell(PageScript.Proof(page.Ask() with { BodyHolds = "notice", OnlyHtml = true })).Code.ShouldBe(code);
    }

    [Fact]
    public async Task A_proof_that_fails_says_in_one_printable_line_what_came_instead()
    {
        await using var broken = Listener.That("HTTP/1.0 500 Oops\r\n\r\n\u001b[31mTrace`id`$(id)\r\n\"back'");
        Shell(PageScript.Proof(broken.Ask() with { Where = "through nginx" }))
            .ShouldBe((1, "/x answered 500 through nginx, expected 200: [31mTrace`id`$(id) \"back'\n"));
        Shell(PageScript.Proof(Refused)).ShouldBe((1, "nothing listens on 127.0.0.1:9\n"));
    }

    [Fact]
    public async Task A_proof_that_fails_quotes_what_a_person_would_read_of_the_page_and_never_all_of_it()
    {
        var page = "<!DOCTYPE html>\n<html><head><title>Server Error</title><style>p {color: red}</style><script>go()</script></head>\n"
            + $"<body><h1>Server\n  Error (500)</h1><p>{new string('x', 5000)}</p></body></html>";
        await using var broken = Listener.That($"HTTP/1.0 500 Oops\r\n\r\n{page}");

        var said = Shell(PageScript.Proof(broken.Ask())).Output.TrimEnd('\n');

        said.ShouldStartWith("/x answered 500, expected 200: Server Error Server Error (500) xxx");
        said.Length.ShouldBe("/x answered 500, expected 200: ".Length + 200);
    }

    [Fact]
    public async Task That_there_is_an_answer_is_enough_and_none_is_not()
    {
        await using var broken = Listener.That("HTTP/1.0 500 Oops\r\n\r\nnothing works");
        await using var silent = Listener.That("");

        Shell(PageScript.Answers(broken.Ask())).ShouldBe((0, ""));
        Shell(PageScript.Answers(silent.Ask())).ShouldBe((1, $"127.0.0.1:{silent.Port} does not answer\n"));
        Shell(PageScript.Answers(Refused)).ShouldBe((1, "127.0.0.1:9 does not answer\n"));
    }

    [Fact]
    public void Answers_that_are_garbled_are_late_rather_than_good()
    {
        var answers = PageAnswer.ReadAll("noise\n0 200 ok ok !!!\n7 200 ok ok YQ==\n-1 200 ok ok YQ==\n1 200 ok\n2 200 ok ok YQ==", 3);
        answers.Select(answer => answer.State).ShouldBe(["200", "late", "200"]);
        answers[0].Start.ShouldBe("");
    }

    [Fact]
    public void A_header_cannot_be_forged() =>
        Should.Throw<ArgumentException>(() => PageScript.Proof(Refused with { Headers = [new("X", "a\r\nHost: evil")] }));

    private static PageRequest Refused => new(new("127.0.0.1", 9, false, "reef.test"), "/x");

    private static (int Code, string Output) Shell(string script)
    {
        using var sh = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script]) { RedirectStandardOutput = true })!;
        var output = sh.StandardOutput.ReadToEnd();
        sh.WaitForExit();
        return (sh.ExitCode, output);
    }

    private sealed class Listener : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _serving;

        private Listener(string[] answers)
        {
            _listener.Start();
            _serving = Serve([.. answers.Select(Encoding.UTF8.GetBytes)]);
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public string Heard { get; private set; } = "";

        /// <param name="answers">By turns.</param>
        public static Listener That(params string[] answers) => new(answers);

        public PageRequest Ask() => new(new("127.0.0.1", Port, false, "reef.test"), "/x");

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _serving;
            _listener.Stop();
            _stop.Dispose();
        }

        private async Task Serve(byte[][] answers)
        {
            try
            {
                for (var asked = 0; ; asked++)
                {
                    using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                    var stream = client.GetStream();
                    var buffer = new byte[4096];
                    Heard = "";
                    while (!Heard.EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(buffer, _stop.Token) is > 0 and var read)
                        Heard += Encoding.ASCII.GetString(buffer, 0, read);
                    await stream.WriteAsync(answers[asked % answers.Length], _stop.Token);
                }
            }
            catch (OperationCanceledException)
            {
                // Stopped by the test.
            }
        }
    }
}
