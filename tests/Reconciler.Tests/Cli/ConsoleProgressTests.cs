using Reconciler.Cli;
using Reconciler.Model;

namespace Reconciler.Tests.Cli;

public sealed class ConsoleProgressTests
{
    [Fact]
    public void Covered_is_counted_from_the_first_cover_of_a_run_that_went_back()
    {
        var written = new StringWriter { NewLine = "\n" };
        var clock = new SteppedClock();
        var progress = new ConsoleProgress(written, clock, "staging");

        progress.PhaseBegan(Phase.Cover, 1);
        clock.Seconds += 30;
        progress.PhaseBegan(Phase.Cover, 1);
        clock.Seconds += 5;
        progress.PhaseEnded(Phase.Uncover, TimeSpan.Zero);
        progress.PhaseBegan(Phase.Cover, 1);
        clock.Seconds += 2;
        progress.PhaseEnded(Phase.Uncover, TimeSpan.Zero);

        written.ToString().Split('\n').Where(line => line.Contains("covered for")).Select(line => line[line.IndexOf("covered", StringComparison.Ordinal)..])
            .ShouldBe(["covered for 35.0 s", "covered for 2.0 s"]);
    }

    private sealed class SteppedClock : TimeProvider
    {
        public long Seconds { get; set; } = 1;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
