using System.Collections.Concurrent;
using Reconciler.Hosting;
using Reconciler.Journaling;
using Reconciler.Reporting;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Reporting;

public sealed class GitHostTellerTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly BlockingCollection<string> _said = [];

    public void Dispose()
    {
        _said.Dispose();
        _folder.Dispose();
    }

    /// <summary>Refuses what it is told to refuse.</summary>
    private sealed class Host : IGitHost
    {
        public ConcurrentQueue<GitHostFailure> Failures { get; } = new();

        public Task SetStatusAsync(string project, string commit, CommitStatus status, CancellationToken cancellation) =>
            Failures.TryDequeue(out var failure) ? throw new GitHostException(failure, $"{failure}") : Task.CompletedTask;

        public Task<long> CommentAsync(string project, long number, string tag, string body, long? known, CancellationToken cancellation) => Task.FromResult(1L);

        public Task<IReadOnlyDictionary<string, CheckState>> ChecksAsync(
            string project, string commit, IReadOnlyCollection<string> names, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<IReadOnlyList<ProposedChange>> ProposedAsync(string project, string branch, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<string> ProposeAsync(string project, string from, string to, string title, string body, CancellationToken cancellation) =>
            throw new NotSupportedException();
    }

    [Fact]
    public async Task That_it_works_again_is_said_once_nothing_is_refused_any_more()
    {
        using var ledger = SqliteLedger.OpenForWriting(_folder.In("state"), TimeProvider.System);
        await using var teller = new GitHostTeller(ledger, TimeProvider.System, trouble => _said.Add(trouble ?? "works"));
        var (host, project) = (new Host(), ProjectAddress.Of("git@github.com:you/site.git")!);
        host.Failures.Enqueue(GitHostFailure.Refused);

        teller.Tell(host, project, new string('1', 40), new("reconciler/staging", StatusState.Pending, "one", null));
        Next().ShouldBe("Refused");

        // What goes elsewhere says nothing about it.
        teller.Tell(host, project, 7, "tag", "body");
        teller.Tell(host, project, new string('1', 40), new("reconciler/staging", StatusState.Success, "two", null));
        Next().ShouldBe("works");
        _said.ShouldBeEmpty();
    }

    private string Next() => _said.TryTake(out var next, TimeSpan.FromSeconds(30)) ? next : "nothing was said";
}
