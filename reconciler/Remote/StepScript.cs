using System.Globalization;
using System.Text;
using Reconciler.Model;

namespace Reconciler.Remote;

/// <summary>
/// The script for one step: proof, runner, proof. Its stdin is the runner's request. Each part's output ends with <c>\nMARKER WHAT CODE\n</c>.
/// </summary>
internal sealed class StepScript
{
    private const string Environment =
        "LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin GIT_OPTIONAL_LOCKS=0 PYTHONDONTWRITEBYTECODE=1\n" +
        "export LC_ALL PATH GIT_OPTIONAL_LOCKS PYTHONDONTWRITEBYTECODE\n";

    private readonly string marker = RemoteLoop.NewMarker();

    /// <param name="request">False for a script that only proves.</param>
    public StepScript(StepProof? proof, bool request)
    {
        var text = new StringBuilder(Environment);
        if (proof is not null)
            text.Append(CultureInfo.InvariantCulture, $"prove() {{ seen=$( (eval {Shell.Quote(proof.Fragment)}) 2>&1 </dev/null ); }}\n");
        if (request && proof is { SkipWhenProven: true })
            text.Append(CultureInfo.InvariantCulture, $"if prove; then printf '\\n{marker} skipped 0\\n'; exit 0; fi\n");
        if (request)
            text.Append(CultureInfo.InvariantCulture, $"sudo -n {RunnerWire.Path} 2>&1\nran=$?\nprintf '\\n{marker} ran %s\\n' \"$ran\"\n");
        if (proof is not null)
            text.Append(Poll(proof, request)).Append(CultureInfo.InvariantCulture, $"printf '%s\\n{marker} proof %s\\n' \"$seen\" \"$code\"\n");
        Text = text.ToString();
    }

    public string Text { get; }

    /// <summary>The part that ends with this word, and its code; null when it is not there.</summary>
    public (string Text, int Code)? Part(string output, string word)
    {
        var sign = $"\n{marker} {word} ";
        var at = output.IndexOf(sign, StringComparison.Ordinal);
        if (at < 0)
            return null;
        var end = output.IndexOf('\n', at + sign.Length);
        if (end < 0 || !int.TryParse(output.AsSpan(at + sign.Length, end - at - sign.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            return null;
        var start = output.LastIndexOf($"\n{marker} ", at, StringComparison.Ordinal);
        return (output[(start < 0 ? 0 : output.IndexOf('\n', start + 1) + 1)..at], code);
    }

    // A step that failed is looked at once; waiting would not mend it. sudo's 124 and the like come through in the receipt.
    private static string Poll(StepProof proof, bool request)
    {
        var once = "prove; code=$?\n";
        if (proof.Within <= TimeSpan.Zero)
            return once;
        var limit = (long)Math.Ceiling(proof.Within.TotalSeconds);
        var poll = $"read -r up rest </proc/uptime\nuntil=$((${{up%.*}} + {limit}))\n"
            + "while prove; code=$?; read -r up rest </proc/uptime; [ $code != 0 ] && [ $code != 99 ] && [ ${up%.*} -lt $until ]; do sleep 0.02; done\n";
        return request ? $"if [ $ran != 0 ]; then {once.TrimEnd()}; else\n{poll}fi\n" : poll;
    }
}
