using System.Text.Json;
using Reconciler.Cli;
using Reconciler.Model;
using Reconciler.Tests.Watching;

namespace Reconciler.Tests.Cli;

public sealed class JsonLogTests : IDisposable
{
    private readonly StringWriter _written = new() { NewLine = "\n" };
    private readonly JsonLog _log;

    public JsonLogTests() => _log = new(_written, new ManualClock());

    public void Dispose() => _written.Dispose();

    [Fact]
    public void A_line_is_an_object_with_UTC_time_level_event_and_what_it_is_about()
    {
        _log.Write(new(LogEvents.Verdict, "staging/coralnet", "Refused: edited", ["let it through:\n  drift-1: {}"])
        {
            Warning = true,
            Fields = [("standing", "Refused")],
        });

        _written.ToString().ShouldBe("""
            {"time":"2026-03-01T12:00:00.000Z","level":"warning","event":"verdict","environment":"staging","application":"coralnet","message":"Refused: edited","standing":"Refused","detail":["let it through:","  drift-1: {}"]}

            """);
    }

    [Fact]
    public void What_servers_print_forges_no_line_and_brings_no_control_character()
    {
        var step = new Step(Phase.Prepare, new ResourceId("web1", "coralnet", "Code", "code"), "fetch\u001b[31m it", null);

        _log.ProgressOf("staging").StepEnded(step, "failed", TimeSpan.FromSeconds(1.5), "first\r\n{\"event\":\"forged\"}\u0007\tx\u2028y");

        var line = _written.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem();
        using var json = JsonDocument.Parse(line);
        json.RootElement.GetProperty("event").GetString().ShouldBe("step-ended");
        json.RootElement.GetProperty("seconds").GetDouble().ShouldBe(1.5);
        json.RootElement.GetProperty("outcome").GetString().ShouldBe("failed");
        json.RootElement.GetProperty("server").GetString().ShouldBe("web1");
        string[] texts = [json.RootElement.GetProperty("message").GetString()!, .. json.RootElement.GetProperty("detail").EnumerateArray()
            .Select(text => text.GetString()!)];
        texts.Length.ShouldBe(3);
        texts.ShouldAllBe(text => !text.Any(char.IsControl));
        line.ShouldAllBe(c => c >= ' ' && c < 127);
    }

    [Fact]
    public void Names_of_events_are_words_with_hyphens_and_none_is_used_twice()
    {
        var names = typeof(LogEvents).GetFields().Select(field => (string)field.GetRawConstantValue()!).ToList();

        names.ShouldBeUnique();
        names.ShouldAllBe(name => System.Text.RegularExpressions.Regex.IsMatch(name, "^[a-z]+(-[a-z]+)*$"));
    }
}
