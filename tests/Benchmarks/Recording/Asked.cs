using System.Text;
using System.Text.RegularExpressions;
using Reconciler.Remote;

namespace Reconciler.Benchmarks.Recording;

/// <summary>A script of probes taken apart, as <see cref="ProbeScript"/> joins it: what stands before each frame.</summary>
internal sealed partial record Asked(string Marker, IReadOnlyList<string> Fragments)
{
    private const string Head = "exec </dev/null 2>/dev/null\n";

    public static Asked Of(string script)
    {
        // What is set for all of them is no part of the first.
        var (marker, fragments, from) = ("", new List<string>(), script.IndexOf(Head, StringComparison.Ordinal) is >= 0 and var head ? head + Head.Length : 0);
        foreach (var frame in Frame().EnumerateMatches(script))
        {
            if (fragments.Count == 0)
                marker = Frame().Match(script, frame.Index, frame.Length).Groups[1].Value;
            fragments.Add(script[from..frame.Index]);
            from = frame.Index + frame.Length;
        }
        return new(marker, fragments);
    }

    /// <returns>What was printed for each fragment, and the runner's fault behind it; fewer when the output breaks off.</returns>
    public IReadOnlyList<Answer> AnswersIn(string output)
    {
        var answers = new List<Answer>();
        for (var from = 0; answers.Count < Fragments.Count;)
        {
            var sign = $"\n{Marker} {answers.Count} ";
            var at = output.IndexOf(sign, from, StringComparison.Ordinal);
            var end = at < 0 ? -1 : output.IndexOf('\n', at + sign.Length);
            if (end < 0)
                break;
            answers.Add(new(output[from..at], output[(at + sign.Length)..end]));
            from = end + 1;
        }
        return answers;
    }

    /// <summary>The output of a server that answers so.</summary>
    public byte[] Reply(IEnumerable<Answer> answers)
    {
        var text = new StringBuilder();
        var index = 0;
        foreach (var answer in answers)
            text.Append(answer.Output).Append('\n').Append(Marker).Append(' ').Append(index++).Append(' ').Append(answer.Fault).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    [GeneratedRegex("""printf '\\n([0-9a-f]{32}) [0-9]+ (?:%s)?\\n'(?: "\$\{fault##\*\n\}")?\n""")]
    private static partial Regex Frame();
}

/// <param name="Fault">What the runner refused; empty where it did not, or was not asked.</param>
internal sealed record Answer(string Output, string Fault);
