using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Reconciler.Benchmarks.Parts;

/// <summary>The pure parts under BenchmarkDotNet, within this process: what is internal stays so, and nothing is built besides.</summary>
internal static class PartsCommand
{
    /// <param name="results">Below it BenchmarkDotNet's own folder, with table and numbers.</param>
    public static int Run(string recording, string results)
    {
        PartsBenchmarks.Recording = Path.GetFullPath(recording);
        var config = ManualConfig.CreateEmpty()
            .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance))
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(ConsoleLogger.Default)
            .AddExporter(MarkdownExporter.GitHub, JsonExporter.Brief)
            .WithArtifactsPath(Path.GetFullPath(Path.Combine(results, "parts")));
        var summary = BenchmarkRunner.Run<PartsBenchmarks>(config);
        return summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success) ? 1 : 0;
    }
}
