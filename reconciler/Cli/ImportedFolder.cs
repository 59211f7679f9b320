using Reconciler.Importing;

namespace Reconciler.Cli;

/// <summary>The folder that import writes to.</summary>
internal static class ImportedFolder
{
    /// <exception cref="UsageException">A file is there already, or the folder cannot be written; then none was written.</exception>
    public static void Write(string folder, Import import)
    {
        var there = import.Files.Keys.Where(file => File.Exists(Path.Combine(folder, file))).ToList();
        if (there.Count > 0)
            throw new UsageException($"{Path.Combine(folder, there[0])} is there already{(there.Count > 1 ? $", and {there.Count - 1} more" : "")}; nothing was written: "
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
}
