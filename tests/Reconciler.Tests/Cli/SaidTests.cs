using Reconciler.Cli;
using Reconciler.Tests.Watching;

namespace Reconciler.Tests.Cli;

public sealed class SaidTests : IDisposable
{
    private readonly StringWriter _written = new() { NewLine = "\n" };

    public void Dispose() => _written.Dispose();

    [Fact]
    public void In_a_log_each_line_has_its_time()
    {
        new Said(new TextLog(_written, new ManualClock(), stamped: true))
            .Say(new(LogEvents.Verdict, "staging/coralnet", "Refused: edited", ["let it through:\n  drift-1: {}"]));

        _written.ToString().ShouldBe(
            "2026-03-01T12:00:00Z staging/coralnet: Refused: edited\n"
            + "2026-03-01T12:00:00Z staging/coralnet:   let it through:\n"
            + "2026-03-01T12:00:00Z staging/coralnet:     drift-1: {}\n");
    }

    [Fact]
    public void A_thing_is_said_once_until_it_changes()
    {
        var said = new Said(new TextLog(_written, new ManualClock(), stamped: false));
        void Say(string about, string sentence, string? key = null) => said.Say(new(LogEvents.Verdict, about, sentence, []), key);
        Say("a", "one");
        Say("a", "one");
        Say("b", "one");
        Say("a", "two");
        Say("a", "two", key: "other");
        Say("a", "three", key: "other");

        _written.ToString().ShouldBe("a: one\nb: one\na: two\na: two\n");
    }

    [Fact]
    public void What_turns_the_direction_of_writing_or_hides_is_shown_as_such() =>
        Printable.Line("\u202etxt.exe\u2066 \u200b\u001b[31m\ta\u2028b \U0001F600").ShouldBe("\uFFFDtxt.exe\uFFFD \uFFFD\uFFFD[31m\ta\uFFFDb \U0001F600");
}
