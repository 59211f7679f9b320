using System.Globalization;

namespace Reconciler.Benchmarks;

/// <summary>The turns that a daemon has taken, as its metrics have them.</summary>
/// <param name="Seconds">Of all of them.</param>
internal sealed record TurnsTaken(double Seconds, double Count)
{
    public static async Task<TurnsTaken> AskAsync(HttpClient http, int port)
    {
        var lines = (await http.GetStringAsync($"http://127.0.0.1:{port}/metrics")).Split('\n');
        double Sum(string name) => lines.Where(line => line.StartsWith($"reconciler_reconcile_duration_seconds_{name}{{", StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
        return new(Sum("sum"), Sum("count"));
    }
}
