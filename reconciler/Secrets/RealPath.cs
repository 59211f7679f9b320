namespace Reconciler.Secrets;

/// <summary>realpath(3): every link on the way followed.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;

    /// <exception cref="FileNotFoundException">A part of it is not there.</exception>
    /// <exception cref="IOException">Links lead in a circle.</exception>
    public static string Of(string path)
    {
        var links = 0;
        var rest = new Stack<string>(Parts(path).Reverse());
        var real = "/";
        while (rest.TryPop(out var part))
        {
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? "/";
                continue;
            }
            var next = Path.Combine(real, part);
            FileSystemInfo entry = Directory.Exists(next) ? new DirectoryInfo(next) : new FileInfo(next);
            if (entry.LinkTarget is { } target)
            {
                if (++links > MostLinks)
                    throw new IOException($"links lead in a circle at {next}");
                real = target.StartsWith('/') ? "/" : real;
                foreach (var step in Parts(target).Reverse())
                    rest.Push(step);
            }
            else if (entry.Exists)
                real = next;
            else
                throw new FileNotFoundException(next);
        }
        return real;
    }

    private static IEnumerable<string> Parts(string path) => path.Split('/').Where(part => part is not ("" or "."));
}
