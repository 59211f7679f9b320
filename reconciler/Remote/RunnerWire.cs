using System.Globalization;
using System.Text;
using Reconciler.Model;

namespace Reconciler.Remote;

/// <summary>What the runner reads on its stdin; the format stands at the top of <c>runner.sh</c>.</summary>
internal static class RunnerWire
{
    public const string Path = "/usr/local/lib/reconciler/runner";

    /// <summary>The header, empty line included. The parts' bytes follow it.</summary>
    /// <param name="envelope">Null for a reading request.</param>
    /// <exception cref="ArgumentException">An argument holds a control character, which the runner would refuse.</exception>
    public static string Header(RunnerRequest request, RunnerEnvelope? envelope, IEnumerable<long> payloadLengths)
    {
        var text = new StringBuilder("reconciler-runner 1\n");
        if (envelope is not null)
            text.Append(CultureInfo.InvariantCulture,
                $"ledger {envelope.Ledger}\nfence {envelope.Fence}\noperation {envelope.Operation}\ndeadline {Seconds(envelope.Deadline)}\npatience {Seconds(envelope.Patience)}\n");
        text.Append("verb ").Append(request.Verb).Append('\n');
        foreach (var argument in request.Arguments)
            text.Append("arg ").Append(Encode(argument)).Append('\n');
        foreach (var length in payloadLengths)
            text.Append(CultureInfo.InvariantCulture, $"payload {length}\n");
        return text.Append('\n').ToString();
    }

    private static long Seconds(TimeSpan time) => (long)Math.Ceiling(time.TotalSeconds);

    // printf %b turns \0OOO back into the byte; everything else stands for itself.
    private static string Encode(string argument)
    {
        if (argument.Any(char.IsControl))
            throw new ArgumentException("An argument for the runner cannot hold a control character.", nameof(argument));
        var text = new StringBuilder(argument.Length);
        foreach (var octet in Encoding.UTF8.GetBytes(argument))
        {
            if (octet is > 32 and < 127 and not (byte)'\\')
                text.Append((char)octet);
            else
                text.Append("\\0").Append(Convert.ToString(octet, 8).PadLeft(3, '0'));
        }
        return text.ToString();
    }
}
