using System.Globalization;
using System.Text;
using Reconciler.Model;

namespace Reconciler.Remote;

/// <summary>
/// Probes joined into one script, and its output taken apart again. Each fragment is a subshell of its own, closed with
/// <c>\nMARKER INDEX FAULT\n</c>; a mistake in one, even of syntax, leaves the others alone.
/// </summary>
internal sealed class ProbeScript
{
    private const string Environment =
        "LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin GIT_OPTIONAL_LOCKS=0 PYTHONDONTWRITEBYTECODE=1\n" +
        "export LC_ALL PATH GIT_OPTIONAL_LOCKS PYTHONDONTWRITEBYTECODE\nexec </dev/null 2>/dev/null\n";

    private readonly string marker = RemoteLoop.NewMarker();

    public ProbeScript(IEnumerable<Probe> probes)
    {
        var (text, count) = (new StringBuilder(Environment), 0);
        foreach (var probe in probes)
            Add(text, probe, count++);
        Text = text.ToString();
        Frames = new(marker, count);
    }

    public string Text { get; }

    /// <summary>How its output is taken apart.</summary>
    public ProbeFrames Frames { get; }

    /// <inheritdoc cref="ProbeFrames.Read"/>
    public IReadOnlyList<ProbeAnswer> Read(ReadOnlyMemory<byte> output) => Frames.Read(output);

    private void Add(StringBuilder text, Probe probe, int index)
    {
        // A fragment that does nothing costs no process.
        if (probe.Script != Probe.Nothing.Script)
            text.Append("( eval ").Append(Shell.Quote(probe.Script)).Append(" )\n");
        if (probe.Request is null)
        {
            text.Append(CultureInfo.InvariantCulture, $"printf '\\n{marker} {index} \\n'\n");
            return;
        }
        // printf is part of the shell, so a digest's key is in no process list. What the runner refuses it says on stderr, in one line.
        text.Append("{ fault=$(printf %s ").Append(Shell.Quote(Reading(probe.Request)))
            .Append(CultureInfo.InvariantCulture, $" | sudo -n {RunnerWire.Path} 2>&1 >&3); }} 3>&1\n")
            .Append("case $fault in *runner:\\ *|*sudo*) ;; *) fault= ;; esac\n")
            .Append(CultureInfo.InvariantCulture, $"printf '\\n{marker} {index} %s\\n' \"${{fault##*\n}}\"\n");
    }

    /// <exception cref="NotSupportedException">A probe may carry texts only: secrets and packs are sent in steps.</exception>
    private static string Reading(RunnerRequest request)
    {
        var parts = request.Payload.Select(part => part is PayloadPart.Text text
            ? text.Value
            : throw new NotSupportedException($"A probe cannot send {part.GetType().Name}.")).ToList();
        return RunnerWire.Header(request, null, parts.Select(part => (long)Encoding.UTF8.GetByteCount(part))) + string.Concat(parts);
    }
}
