using System.Globalization;
using System.Text;

namespace Reconciler.Model;

/// <summary>What came back for a <see cref="PageRequest"/>.</summary>
/// <param name="State">
/// An HTTP status of three digits, or <c>refused</c>, <c>silent</c>, <c>alien</c> (not HTTP), <c>toolless</c>, <c>late</c>.
/// </param>
/// <param name="Head">Whether the wanted header was there.</param>
/// <param name="Body">Whether the wanted text was there.</param>
/// <param name="Start">The first 300 bytes of the body, control characters as spaces.</param>
internal sealed record PageAnswer(string State, bool Head, bool Body, string Start)
{
    public static PageAnswer Late { get; } = new("late", false, false, "");

    /// <summary>Takes the output of <see cref="PageScript.Probe"/> apart. Requests without a line were not answered in time.</summary>
    public static IReadOnlyList<PageAnswer> ReadAll(string output, int count)
    {
        var answers = Enumerable.Repeat(Late, count).ToArray();
        foreach (var line in output.Split('\n'))
        {
            var words = line.Split(' ');
            if (words.Length == 5 && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < count)
                answers[index] = new(words[1], words[2] == "ok", words[3] == "ok", Printable(words[4]));
        }
        return answers;
    }

    public bool Fits(PageRequest request) => State == request.Status.ToString(CultureInfo.InvariantCulture) && Head && Body;

    /// <summary>A sentence for a person, or null when the answer is as wanted.</summary>
    public string? Fault(PageRequest request)
    {
        if (Fits(request))
            return null;
        var where = request.Where.Length > 0 ? $" {request.Where}" : "";
        var asked = request.Where.Length > 0 ? $" ({request.Where})" : "";
        return State switch
        {
            "refused" => $"nothing listens on {request.Target.Endpoint}{asked}",
            "silent" => $"{request.Target.Endpoint} gave no answer{asked}",
            "late" => $"{request.Path} did not answer within {PageScript.Limit} s{where}",
            "toolless" => "neither openssl nor python3 is there to ask over TLS",
            "alien" => $"{request.Target.Endpoint} does not speak HTTP{asked}",
            _ when State == request.Status.ToString(CultureInfo.InvariantCulture) =>
                $"{request.Path} answered {State}{where}, but without {request.Lacking}",
            _ => $"{request.Path} answered {State}{where}, expected {request.Status}",
        };
    }

    private static string Printable(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length)
            ? string.Concat(Encoding.UTF8.GetString(bytes.AsSpan(0, length)).Select(c => char.IsControl(c) ? ' ' : c)).Trim()
            : "";
    }
}
