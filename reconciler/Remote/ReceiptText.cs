using System.Globalization;

namespace Reconciler.Remote;

/// <summary>Reads what the runner answers. The first line is always the runner's own; what a step printed comes after the receipt's empty line.</summary>
internal static class ReceiptText
{
    /// <param name="text">The runner's stdout and stderr together.</param>
    /// <param name="exitCode">Of <c>sudo</c>.</param>
    public static RunnerAnswer Read(string text, int exitCode)
    {
        try
        {
            return Said(text, exitCode);
        }
        catch (Exception fault) when (fault is FormatException or OverflowException or KeyNotFoundException or ArgumentOutOfRangeException)
        {
            return new RunnerAnswer.Garbled("the runner's answer is not to be understood: enroll the server again");
        }
    }

    private static RunnerAnswer Said(string text, int exitCode)
    {
        // sudo may have something to say first ("unable to resolve host").
        for (var start = 0; start < text.Length;)
        {
            var (line, next) = Line(text, start);
            if (line.StartsWith("runner: ", StringComparison.Ordinal) && Told(line["runner: ".Length..]) is { } refusal)
                return new RunnerAnswer.Refused(refusal);
            if (line.StartsWith("answer ", StringComparison.Ordinal))
                return Answer(line["answer ".Length..], text[next..]);
            start = next;
        }
        return new RunnerAnswer.Refused(NotEnrolled(text, exitCode));
    }

    private static RunnerAnswer Answer(string what, string rest) => what.Split(' ')[0] switch
    {
        "fresh" => new RunnerAnswer.Ended(Receipt(rest) with { Replayed = false }),
        "replayed" => new RunnerAnswer.Ended(Receipt(rest) with { Replayed = true }),
        "running" => new RunnerAnswer.Running(what["running".Length..].Trim()),
        "interrupted" => new RunnerAnswer.Interrupted(),
        "absent" => new RunnerAnswer.Absent(),
        "fenced" => new RunnerAnswer.Fenced(),
        "hello" => new RunnerAnswer.Hello(Hello(Fields(rest, out _))),
        _ => new RunnerAnswer.Garbled("the runner's answer is unknown here: enroll the server again"),
    };

    private static Receipt Receipt(string text)
    {
        var fields = Fields(text, out var output);
        return new Receipt(fields["operation"], Number(fields["fence"]), (int)Number(fields["exit"]), fields["boot"],
            Time(fields["started"]), Time(fields["ended"]), output)
        {
            DeadlinePassed = fields["deadline-passed"] == "yes",
            Refusal = fields.TryGetValue("refused", out var refused) ? Refused(refused) : null,
        };
    }

    private static RunnerHello Hello(Dictionary<string, string> fields) =>
        new(fields["version"], fields["ledger"] == "-" ? null : fields["ledger"], Number(fields["fence"]), fields["boot"]);

    /// <summary><c>CODE: SENTENCE</c>, and the sentence may have colons of its own.</summary>
    private static Refusal? Told(string said) => said.IndexOf(": ", StringComparison.Ordinal) is > 0 and var colon
        ? Refused($"{said[..colon]} {said[(colon + 2)..]}")
        : Refused(said);

    private static Refusal? Refused(string codeAndSentence)
    {
        var space = codeAndSentence.IndexOf(' ');
        return space > 0 && int.TryParse(codeAndSentence[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? new Refusal((RunnerCode)code, codeAndSentence[(space + 1)..])
            : null;
    }

    private static Refusal NotEnrolled(string text, int exitCode)
    {
        var said = text.Trim();
        var sentence = said.Contains("password is required", StringComparison.Ordinal)
            ? "sudo wants a password: the rule for the runner is missing, or the runner's file is not the one that the rule names; enroll the server again"
            : said.Contains("not found", StringComparison.Ordinal) || said.Contains("No such file", StringComparison.Ordinal)
                ? "sudo or the runner is not installed: enroll the server"
                : $"the runner did not answer (exit code {exitCode}): enroll the server again";
        return new Refusal(RunnerCode.NotEnrolled, sentence);
    }

    /// <summary>Lines <c>KEY VALUE</c> up to an empty one; the rest is left over.</summary>
    private static Dictionary<string, string> Fields(string text, out string rest)
    {
        var fields = new Dictionary<string, string>();
        var start = 0;
        while (start < text.Length)
        {
            var (line, next) = Line(text, start);
            start = next;
            if (line.Length == 0)
                break;
            var space = line.IndexOf(' ');
            fields[space < 0 ? line : line[..space]] = space < 0 ? "" : line[(space + 1)..];
        }
        rest = text[start..];
        return fields;
    }

    private static (string Line, int Next) Line(string text, int start)
    {
        var end = text.IndexOf('\n', start);
        return end < 0 ? (text[start..], text.Length) : (text[start..end], end + 1);
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(string text) => DateTimeOffset.FromUnixTimeSeconds(Number(text));
}
