using System.Globalization;
using System.Text;

namespace Reconciler.Serving;

/// <summary>Prometheus' text exposition format 0.0.4.</summary>
internal sealed class PrometheusText
{
    /// <summary>As in the header Content-Type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    /// <param name="type"><c>gauge</c>, <c>counter</c> or <c>histogram</c>.</param>
    public void Family(string name, string type, string help) =>
        _text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    public void Sample(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(name).Append('{');
        var first = true;
        foreach (var (label, text) in labels)
        {
            _text.Append(first ? "" : ",").Append(label).Append("=\"").Append(Escaped(text)).Append('"');
            first = false;
        }
        _text.Append("} ").Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    public override string ToString() => _text.ToString();

    private static string Escaped(string value) => value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");
}

/// <summary>How often it took how long.</summary>
internal sealed class Histogram
{
    /// <summary>Upper bounds in seconds: from a look at a few servers to a release upgrade.</summary>
    private static readonly double[] Bounds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];

    private readonly long[] _counts = new long[Bounds.Length + 1];
    private double _sum;

    public void Add(double seconds)
    {
        var bucket = Array.FindIndex(Bounds, bound => seconds <= bound);
        _counts[bucket < 0 ? Bounds.Length : bucket]++;
        _sum += seconds;
    }

    public void Write(PrometheusText text, string name, (string, string) label)
    {
        var count = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            count += _counts[i];
            text.Sample($"{name}_bucket", count, label,
                ("le", i < Bounds.Length ? Bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf"));
        }
        text.Sample($"{name}_sum", _sum, label);
        text.Sample($"{name}_count", count, label);
    }
}
