using System.Globalization;
using System.Text;
using Reconciler.Model;

namespace Reconciler.Remote;

/// <summary>
/// Probes joined into one script, and its output taken apart again. Each fragment is a subshell of its own, closed with
/// <c>\nMARKER INDEX\n</c>; a fault in one, even of syntax, leaves the others alone.
/// </summary>
internal sealed class ProbeScript
{
    private const string Environment =
        "LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin GIT_OPTIONAL_LOCKS=0 PYTHONDONTWRITEBYTECODE=1\n" +
        "export LC_ALL PATH GIT_OPTIONAL_LOCKS PYTHONDONTWRITEBYTECODE\nexec </dev/null 2>/dev/null\n";

    private readonly string marker = RemoteLoop.NewMarker();
    private readonly int count;

    public ProbeScript(IEnumerable<Probe> probes)
    {
        var text = new StringBuilder(Environment);
        foreach (var probe in probes)
        {
            // A fragment that does nothing costs no process.
            if (probe != Probe.Nothing)
                text.Append("( eval ").Append(Shell.Quote(probe.Script)).Append(" )\n");
            text.Append(CultureInfo.InvariantCulture, $"printf '\\n{marker} {count++}\\n'\n");
        }
        Text = text.ToString();
    }

    public string Text { get; }

    /// <summary>The answers that are complete, from the first on; fewer than were asked when the output breaks off.</summary>
    public IReadOnlyList<ProbeAnswer> Read(ReadOnlyMemory<byte> output)
    {
        var answers = new List<ProbeAnswer>(count);
        var rest = output.Span;
        while (answers.Count < count)
        {
            var end = Encoding.ASCII.GetBytes($"\n{marker} {answers.Count}\n");
            var at = rest.IndexOf(end);
            if (at < 0)
                break;
            answers.Add(new ProbeAnswer.Output(Encoding.UTF8.GetString(rest[..at])));
            rest = rest[(at + end.Length)..];
        }
        return answers;
    }
}
