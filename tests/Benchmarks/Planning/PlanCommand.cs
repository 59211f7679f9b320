using System.Globalization;
using System.Text;
using System.Text.Json;
using Reconciler.LiveTests.Support;

namespace Reconciler.Benchmarks.Planning;

/// <summary>
/// Diff and plan of very many servers from recorded observations: what a turn has to decide, without the looking. Each size in a process of its own, whose memory
/// is then that of one size.
/// </summary>
internal static class PlanCommand
{
    /// <param name="shapes">Environments, and servers in each.</param>
    /// <param name="results">Where <c>plan.md</c> and <c>plan.json</c> are written.</param>
    public static async Task<int> RunAsync(string recording, IReadOnlyList<(int Environments, int Servers)> shapes, string results)
    {
        var rows = new List<PlanRow>();
        foreach (var (environments, servers) in shapes)
        {
            var measured = await Command.RunAsync(Environment.ProcessPath!, [PlanRow.Name, recording, $"{environments}", $"{servers}"], TimeSpan.FromMinutes(20));
            if (measured.ExitCode != 0)
                throw new InvalidOperationException(measured.All);
            rows.Add(JsonSerializer.Deserialize<PlanRow>(measured.Output)!);
            Console.Error.WriteLine(rows[^1]);
        }
        await ResultFiles.WriteAsync(results, "plan", rows, Table(rows));
        return 0;
    }

    private static string Table(IReadOnlyList<PlanRow> rows)
    {
        var text = new StringBuilder("| environments x servers | resources | documents to resources, s | diff and plan, nothing to do, s | us per server | a new commit everywhere, s | us per server "
            + "| held, KiB per server | peak, MiB |\n|---|---|---|---|---|---|---|---|---|\n");
        foreach (var row in rows)
            text.Append(CultureInfo.InvariantCulture, $"| {row.Environments} x {row.Servers} | {row.Resources} | {row.ExpandSeconds:0.00} | {row.NothingSeconds:0.00} | {row.Each(row.NothingSeconds):0} "
                + $"| {row.CommitSeconds:0.00} | {row.Each(row.CommitSeconds):0} | {row.HeldKiB:0} | {row.PeakMiB:0} |\n");
        return text.ToString();
    }
}
