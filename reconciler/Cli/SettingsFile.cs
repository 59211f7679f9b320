using Reconciler.Documents.Kinds;
using Reconciler.Documents.Reading;
using Reconciler.Model;

namespace Reconciler.Cli;

/// <summary>
/// The controller's settings file. Whoever may change it decides whose desired state the servers get: one that others may write is
/// refused, and so is a folder in which others may put another in its place.
/// </summary>
internal static class SettingsFile
{
    /// <summary>Read when no other is named, and it is there.</summary>
    public const string Usual = "/etc/reconciler/controller.yaml";

    /// <summary>In place of a file's name: none is read.</summary>
    public const string None = "none";

    private const UnixFileMode ByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>The file that counts; null when none does.</summary>
    /// <param name="named">By option or variable.</param>
    public static string? Which(string? named) => named switch
    {
        None => null,
        not null => named,
        null => File.Exists(Usual) ? Usual : null,
    };

    /// <exception cref="UsageException">It is not there, others may change it, or it has faults: all of them, with place and
    /// fix.</exception>
    public static ControllerDocument Read(string? file)
    {
        if (file is null)
            return new ControllerDocument();
        var faults = new List<Diagnostic>();
        return ControllerReader.Read(file, Content(file), faults)?.Value ?? throw new UsageException(
            $"{file} is refused; nothing was done:\n{string.Join('\n', faults.Select(fault => $"  {fault}"))}");
    }

    private static byte[] Content(string file)
    {
        if (Directory.Exists(file))
            throw new UsageException($"{file} is a folder: name the settings file in it with --config (RECONCILER_CONFIG)");
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            RequireOurs(file, File.GetUnixFileMode(stream.SafeFileHandle), FileOwner.Of(stream.SafeFileHandle));
            var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
            var mode = File.GetUnixFileMode(folder);
            // In a folder like /tmp nobody replaces what is another's.
            RequireOurs(folder, mode.HasFlag(UnixFileMode.StickyBit) ? mode & ~ByOthers : mode, FileOwner.Of(folder));
            using var content = new MemoryStream();
            stream.CopyTo(content);
            return content.ToArray();
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException($"there is no settings file {file}: correct --config (RECONCILER_CONFIG), or write it");
        }
        catch (UnauthorizedAccessException)
        {
            throw new UsageException($"the settings file {file} may not be read by this user: "
                + $"run chmod a+r {file}, or name another with --config");
        }
        catch (IOException fault)
        {
            throw new UsageException($"the settings file {file} cannot be read: {fault.Message}; name another with --config");
        }
    }

    private static void RequireOurs(string path, UnixFileMode mode, uint owner)
    {
        if ((mode & ByOthers) != 0)
            throw new UsageException($"{path} may be changed by others (mode {Octal(mode)}), "
                + $"who could then direct every server: run chmod go-w {path}");
        if (owner != 0 && owner != FileOwner.Me)
            throw new UsageException($"{path} belongs to the user with number {owner}, "
                + $"who could then direct every server: run chown root {path}");
    }

    /// <summary>As chmod takes it: 0644.</summary>
    public static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8).PadLeft(4, '0');
}
