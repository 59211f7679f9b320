using System.Text.Json;

namespace Reconciler.Benchmarks;

/// <summary>What a command has measured: a table for people, and its numbers beside it.</summary>
internal static class ResultFiles
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Writes <c>NAME.json</c> and <c>NAME.md</c>, and prints the table.</summary>
    public static async Task WriteAsync<T>(string results, string name, T numbers, string table)
    {
        Directory.CreateDirectory(results);
        await File.WriteAllTextAsync(Path.Combine(results, $"{name}.json"), JsonSerializer.Serialize(numbers, Json));
        await File.WriteAllTextAsync(Path.Combine(results, $"{name}.md"), table);
        Console.Write(table);
    }
}
