using Reconciler.Journaling;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Journaling;

public sealed class RunJournalTests : RunJournalContract
{
    private readonly ScratchFolder _scratch;

    public RunJournalTests() : this(new()) { }

    private RunJournalTests(ScratchFolder scratch) : base(clock => SqliteLedger.OpenForWriting(scratch.In("controller"), clock)) => _scratch = scratch;

    public override void Dispose()
    {
        base.Dispose();
        _scratch.Dispose();
    }
}
