using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Reconciler.Remote;

namespace Reconciler.Tests.Simulation;

/// <summary>What a server makes of a script that is sent to it: the forms that <c>StepScript</c>, <c>ProbeScript</c> and the runner's questions have.</summary>
internal sealed partial record SentScript
{
    /// <summary>The runner's request; null for a script that only looks.</summary>
    public SentRequest? Request { get; init; }

    /// <summary>Of the frames after runner and proof; empty for a question of its own, whose answer is the runner's plain one.</summary>
    public string Marker { get; private init; } = "";

    /// <summary>The fragment that looks whether the effect is there; null: none.</summary>
    public string? Proof { get; private init; }

    public bool SkipsWhenProven { get; private init; }

    /// <summary>Fragments of a look, with the frame after each; empty for anything else.</summary>
    public IReadOnlyList<(string Fragment, string Marker, string Index)> Probes { get; private init; } = [];

    public static async Task<SentScript> OfAsync(ShellRequest sent) => new()
    {
        Request = sent.Payload.Count == 0 ? null : SentRequest.Of(await TextAsync(sent.Payload[0])),
        Marker = Frame().Match(sent.Script).Groups[1].Value,
        Proof = Proving().Match(sent.Script) is { Success: true } proving ? proving.Groups[1].Value : null,
        SkipsWhenProven = sent.Script.Contains(" skipped 0", StringComparison.Ordinal),
        Probes = [.. Probed().Matches(sent.Script).Select(match => (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value))],
    };

    private static async Task<string> TextAsync(PayloadContent content)
    {
        using var reader = new StreamReader(content.Stream, leaveOpen: true);
        return await reader.ReadToEndAsync();
    }

    [GeneratedRegex(@"printf '(?:\\n|%s\\n)([0-9a-f]{32}) ")]
    private static partial Regex Frame();

    [GeneratedRegex(@"prove\(\) \{ seen=\$\( \(eval '([^']*)'\)")]
    private static partial Regex Proving();

    [GeneratedRegex(@"\( eval '([^']*)' \)\nprintf '\\n([0-9a-f]{32}) (\d+) ")]
    private static partial Regex Probed();
}

/// <summary>A request on the runner's stdin, taken apart as runner.sh does it.</summary>
internal sealed record SentRequest(string Operation, string Ledger, long Fence, TimeSpan Deadline, TimeSpan Patience, string Verb, IReadOnlyList<string> Arguments)
{
    /// <summary>The controller that it came from, whatever number it gives.</summary>
    public int By { get; init; }

    public static SentRequest Of(string header)
    {
        var lines = header.Split('\n').Select(line => line.Split(' ', 2)).Where(line => line.Length == 2).ToList();
        string One(string word) => lines.First(line => line[0] == word)[1];
        TimeSpan Seconds(string word) => TimeSpan.FromSeconds(long.Parse(One(word), CultureInfo.InvariantCulture));
        return new(One("operation"), One("ledger"), long.Parse(One("fence"), CultureInfo.InvariantCulture), Seconds("deadline"), Seconds("patience"),
            One("verb"), [.. lines.Where(line => line[0] == "arg").Select(line => Decode(line[1]))]);
    }

    private static string Decode(string text)
    {
        var bytes = new List<byte>();
        for (var at = 0; at < text.Length; at++)
            if (text[at] != '\\')
                bytes.Add((byte)text[at]);
            else
            {
                bytes.Add(Convert.ToByte(text.Substring(at + 2, 3), 8));
                at += 4;
            }
        return Encoding.UTF8.GetString([.. bytes]);
    }
}
