using System.Text.Json;
using Reconciler.Cli;
using Reconciler.Journaling;
using Reconciler.Reporting;
using Reconciler.Tests.Serving;

namespace Reconciler.Tests.Cli;

/// <summary>What <c>status --watch</c> shows of one report after another.</summary>
public sealed class StatusFacesTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private readonly StringWriter _out = new() { NewLine = "\n" };

    public void Dispose() => _out.Dispose();

    private static StatusReport Report(DateTimeOffset verified, SyncStatus sync = SyncStatus.Synced, string stalled = "False") => new(
        new("watch", 4711, "controller", Now - TimeSpan.FromHours(1)),
        new(new string('1', 40), null, null, null, [], verified),
        [new("production", "coralnet", null, null, sync, Health.Healthy,
            [new("Stalled", stalled, "Converged", "as git says", Now)], [], [], verified, null, null)],
        [])
    { Servers = [new("production", "web1", "10.0.0.1", [], verified, null)] };

    [Fact]
    public void Into_a_pipe_a_block_comes_only_when_something_changed_and_that_time_passes_is_no_change()
    {
        var face = new StatusBlocks(_out);

        face.Show(Report(Now), Now);
        face.Show(Report(Now), Now.AddSeconds(30));
        face.Show(Report(Now.AddSeconds(60)), Now.AddSeconds(61));
        face.Show(Report(Now.AddSeconds(60), SyncStatus.OutOfSync), Now.AddSeconds(62));

        var blocks = _out.ToString().Split("\n\n");
        blocks.Length.ShouldBe(2);
        blocks[0].ShouldStartWith("--- 2026-11-21 12:00:00Z\nat work: ");
        blocks[0].ShouldContain("Synced     Healthy    -             seen 0 s ago");
        blocks[1].ShouldStartWith("--- 2026-11-21 12:01:02Z\n");
        blocks[1].ShouldContain("OutOfSync  Healthy    -             seen 2 s ago");
    }

    [Fact]
    public void In_JSON_each_change_is_a_document_on_a_line_of_its_own()
    {
        var face = new StatusLines(_out);

        face.Show(Report(Now), Now);
        face.Show(Report(Now.AddSeconds(60)), Now.AddSeconds(61));
        face.Show(Report(Now.AddSeconds(60), SyncStatus.OutOfSync), Now.AddSeconds(62));

        var lines = _out.ToString().TrimEnd('\n').Split('\n');
        lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("applications")[0].GetProperty("sync").GetString())
            .ShouldBe(["Synced", "OutOfSync"]);
        JsonDocument.Parse(lines[1]).RootElement.GetProperty("applications")[0].TryGetProperty("verified", out _).ShouldBeTrue();
    }

    [Fact]
    public void That_the_git_host_was_asked_once_more_in_vain_is_no_change()
    {
        foreach (var face in new IStatusFace[] { new StatusBlocks(_out), new StatusLines(_out) })
        {
            for (var i = 0; i < 3; i++)
                face.Show(Report(Now) with
                {
                    Repository = new(null, null, "no route", Now, [], Now.AddSeconds(i)) { RetriesAt = Now.AddSeconds(i + 5) },
                }, Now.AddSeconds(i));
        }

        _out.ToString().Split("no route").Length.ShouldBe(3);
        _out.ToString().ShouldContain("\n  looked at again at 2026-11-21 12:00:05Z, 5 s from now\n");
        _out.ToString().ShouldContain("\"retriesAt\":\"2026-11-21T12:00:05+00:00\"");
    }

    [Fact]
    public void On_a_terminal_it_is_drawn_over_itself_in_one_write_cut_to_the_window_and_left_readable()
    {
        var told = 0;
        var face = new StatusScreen(_out, () => (40, 3), _ => told++);

        face.Show(Report(Now), Now);
        var first = _out.ToString();
        face.Show(Report(Now), Now);
        _out.ToString().ShouldBe(first);
        face.Show(Report(Now, SyncStatus.OutOfSync), Now);
        face.Close();

        first.ShouldBe("\e[?1049h\e[?25l\e[Hat work: watch, process 4711 on controll\e[K\r\n"
            + "production/coralnet       Synced     Hea\e[K\r\n\e[J");
        var rest = _out.ToString()[first.Length..];
        rest.ShouldStartWith("\e[Hat work: ");
        rest.ShouldNotContain("\e[2J");
        rest.ShouldContain("\e[?25h\e[?1049lat work: ");
        rest.ShouldEndWith("OutOfSync  Healthy    -             seen 0 s ago\n");
        told.ShouldBe(3);
    }

    [Fact]
    public void What_does_not_fit_into_the_window_is_counted()
    {
        var face = new StatusScreen(_out, () => (100, 3));
        var long_ = Report(Now) with { Applications = [.. Enumerable.Repeat(Report(Now).Applications[0], 9)] };

        face.Show(long_, Now);

        _out.ToString().ShouldContain("\r\n(9 more lines: `reconciler status` shows them)\e[K\r\n\e[J");
    }

    [Fact]
    public async Task It_ends_with_the_code_of_the_last_report_and_closes_what_it_drew_on()
    {
        using var ctrlC = new CancellationTokenSource();
        var face = new Recorder(ctrlC);

        var code = await StatusWatch.RunAsync(_ => Report(Now, stalled: "True"), face, new HandClock(), ctrlC.Token);

        code.ShouldBe(ExitCode.HeldOrWaiting);
        face.Seen.ShouldBe(["Synced", "closed"]);
    }

    [Fact]
    public async Task A_ledger_that_cannot_be_read_for_a_moment_does_not_end_it()
    {
        using var ctrlC = new CancellationTokenSource();
        var face = new Recorder(ctrlC);
        var reads = 0;

        var code = await StatusWatch.RunAsync(
            _ => reads++ == 0 ? Report(Now) : throw new LedgerException(LedgerFault.Busy, "busy"), face, new HandClock(), ctrlC.Token);

        code.ShouldBe(ExitCode.Error);
        face.Seen.ShouldBe(["busy", "closed"]);
    }

    private sealed class Recorder(CancellationTokenSource ctrlC) : IStatusFace
    {
        public List<string> Seen { get; } = [];

        public void Show(StatusReport report, DateTimeOffset now) => Note($"{report.Applications[0].Sync}");

        public void Miss(string why, DateTimeOffset now) => Note(why);

        public void Close() => Seen.Add("closed");

        private void Note(string what)
        {
            Seen.Add(what);
            ctrlC.Cancel();
        }
    }
}
