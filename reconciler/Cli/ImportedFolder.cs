using Reconciler.Importing;

namespace Reconciler.Cli;

/// <summary>The folder that import writes to.</summary>
internal static class ImportedFolder
{
    /// <exception cref="UsageException">A file is there already, or the folder cannot be written; then none was
    /// written.</exception>
    public static void Write(string folder, Import import)
    {
        var there = import.Files.Where(file => Hinders(Path.Combine(folder, file.Key), file.Key, file.Value)).Select(file => file.Key)
            .ToList();
        if (there.Count > 0)
            throw new UsageException($"{Path.Combine(folder, there[0])} is there already"
                + $"{(there.Count > 1 ? $", and {string.Join(", ", there.Skip(1))}" : "")}; nothing was written: "
                + "name another folder with --into, and bring both together by hand");
        try
        {
            foreach (var (file, text) in import.Files)
            {
                var path = Path.Combine(folder, file);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, text);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{folder} cannot be written: {fault.Message}");
        }
    }

    /// <summary>What a second application of a server shares with the first (ENVIRONMENT/FILE, ENVIRONMENT/host) may be there already.</summary>
    private static bool Hinders(string path, string file, string text)
    {
        try
        {
            return File.Exists(path) && !(file.Split('/') is [_, _] or [_, "host", ..] && File.ReadAllText(path) == text);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path} cannot be read: {fault.Message}");
        }
    }
}
