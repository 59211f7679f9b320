namespace Reconciler.Model;

/// <summary>What a script asked the runner to keep: its stdout as it was, at most 1 MiB, whatever its exit code.</summary>
internal static class StoredResult
{
    public const string Folder = "/var/lib/reconciler/server/results";

    /// <summary>Prints it, or nothing when there is none. One process.</summary>
    public static string Look(string name) => $"f={Shell.Quote($"{Folder}/{name}")}; [ -f \"$f\" ] && cat \"$f\"";
}
