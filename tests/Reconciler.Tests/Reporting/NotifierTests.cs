using System.Collections.Concurrent;
using Reconciler.Journaling;
using Reconciler.Notifying;
using Reconciler.Reporting;
using Reconciler.Tests.Git;
using Reconciler.Tests.Serving;

namespace Reconciler.Tests.Reporting;

public sealed class NotifierTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly HandClock _clock = new();
    private readonly Recorder _recorder = new();

    private sealed class Recorder : INoticeChannel
    {
        public BlockingCollection<string> Sent { get; } = [];

        public Task SendAsync(Notice notice, CancellationToken cancellation)
        {
            Sent.Add($"{notice.Event} {notice.About}: {notice.Sentence}", cancellation);
            return Task.CompletedTask;
        }

        public void Check()
        {
        }

        public string Next() => Sent.TryTake(out var next, TimeSpan.FromSeconds(30)) ? next : "nothing was sent";
    }

    public void Dispose()
    {
        _recorder.Sent.Dispose();
        _folder.Dispose();
    }

    private Notifier Notifier(ILedger ledger, params string[] environments) =>
        new([new("ops", _recorder, environments, TimeSpan.FromHours(24))], ledger, _clock, _ => null, _ => { });

    private ApplicationStatus Status(string environment, string? fault) => new(environment, "site", new string('1', 40), null, SyncStatus.Synced, Health.Healthy,
        [new("Ready", fault is null ? "True" : "False", "x", fault ?? "well", _clock.GetUtcNow()), new("Stalled", fault is null ? "False" : "True", "x", fault ?? "well", _clock.GetUtcNow())],
        [], [], _clock.GetUtcNow(), null, null);

    [Fact]
    public async Task A_controller_that_starts_anew_tells_nothing_twice_and_tells_the_recovery()
    {
        using (var ledger = SqliteLedger.OpenForWriting(_folder.In("state"), _clock))
        {
            await using var notifier = Notifier(ledger);
            notifier.Tell([Status("production", "web1 did not answer")]);
            _recorder.Next().ShouldBe("Failing production/site: web1 did not answer");
            notifier.TellOfRepository("revision 1 is refused", null);
            _recorder.Next().ShouldBe("Failing repository: revision 1 is refused");
        }
        using var again = SqliteLedger.OpenForWriting(_folder.In("state"), _clock);
        await using var second = Notifier(again);
        second.Tell([Status("production", "web1 did not answer")]);
        second.Tell([Status("production", null)]);
        _recorder.Next().ShouldBe("Recovered production/site: as git says again, and it works");
        second.TellOfRepository(null, null);
        _recorder.Next().ShouldBe("Recovered repository: as git says again, and it works");
        _recorder.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_the_named_environments_and_a_sign_of_life_when_there_was_nothing_to_say()
    {
        using var ledger = SqliteLedger.OpenForWriting(_folder.In("state"), _clock);
        await using var notifier = Notifier(ledger, "production");
        notifier.Tell([Status("staging", "broken")]);
        notifier.TellOfRepository(null, null);
        _clock.Pass(TimeSpan.FromHours(23));
        notifier.Tell([Status("production", "broken")]);
        _recorder.Next().ShouldBe("Failing production/site: broken");
        notifier.Tell([Status("production", null)]);
        _recorder.Next().ShouldStartWith("Recovered");
        _clock.Pass(TimeSpan.FromHours(2));
        notifier.TellOfRepository(null, null);
        _clock.Pass(TimeSpan.FromHours(22));
        notifier.TellOfRepository(null, null);
        notifier.TellOfRepository(null, null);
        _recorder.Next().ShouldBe("Heartbeat reconciler: it watches, and there was nothing to say");
        _recorder.Sent.ShouldBeEmpty();
    }
}
