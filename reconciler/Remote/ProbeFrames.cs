using System.Globalization;
using System.Text;

namespace Reconciler.Remote;

/// <summary>The frames in the output of a <see cref="ProbeScript"/>, as many as there were probes.</summary>
internal sealed record ProbeFrames(string Marker, int Count)
{
    private const int LongestSign = 48;

    /// <summary>The answers that are complete, from the first on; fewer than were asked when the output breaks off.</summary>
    public IReadOnlyList<ProbeAnswer> Read(ReadOnlyMemory<byte> output)
    {
        var answers = new List<ProbeAnswer>(Count);
        var rest = output.Span;
        Span<byte> text = stackalloc byte[LongestSign];
        while (answers.Count < Count)
        {
            System.Text.Unicode.Utf8.TryWrite(text, CultureInfo.InvariantCulture, $"\n{Marker} {answers.Count} ", out var length);
            var sign = text[..length];
            var at = rest.IndexOf(sign);
            var after = at + sign.Length;
            var line = at < 0 ? -1 : rest[after..].IndexOf((byte)'\n');
            if (line < 0)
                break;
            answers.Add(Answer(Encoding.UTF8.GetString(rest[..at]), Encoding.UTF8.GetString(rest.Slice(after, line))));
            rest = rest[(after + line + 1)..];
        }
        return answers;
    }

    private static ProbeAnswer Answer(string output, string fault) => fault.Length == 0
        ? new ProbeAnswer.Output(output)
        : new ProbeAnswer.Missing(string.Concat(fault.Select(c => char.IsControl(c) ? '\uFFFD' : c)));
}
