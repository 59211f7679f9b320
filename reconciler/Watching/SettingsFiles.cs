using Reconciler.Git;

namespace Reconciler.Watching;

/// <summary>Where Django's settings stand: they say where static files come from and go, so a change in them may change those.</summary>
internal static class SettingsFiles
{
    /// <summary>
    /// The module's file, and what such a file usually takes in: all *.py of its folder when that is a package of settings
    /// (<c>config/settings/</c>), else those beside it whose name holds "settings".
    /// </summary>
    /// <returns>Paths; empty when no module is given.</returns>
    /// <exception cref="CodeRefusedException"><see cref="CodeRefusal.Settings"/>: no such file.</exception>
    public static IReadOnlySet<string> Of(IReadOnlyList<TreeEntry> entries, string directory, string? module)
    {
        if (module is null)
            return new HashSet<string>();
        var root = directory.Trim('/') is { Length: > 0 } folder and not "." ? folder + "/" : "";
        var path = root + module.Replace('.', '/');
        var python = entries.Where(entry => entry.Path.EndsWith(".py", StringComparison.Ordinal)).Select(entry => entry.Path).ToHashSet(StringComparer.Ordinal);
        var package = python.Contains($"{path}/__init__.py");
        if (!package && !python.Contains($"{path}.py"))
            throw new CodeRefusedException(CodeRefusal.Settings,
                $"The commit has neither {path}.py nor {path}/__init__.py; correct 'django.settings' or 'django.directory', or add the file.");
        var home = package ? path : path[..Math.Max(0, path.LastIndexOf('/'))];
        var whole = package || home[(home.LastIndexOf('/') + 1)..].Contains("settings", StringComparison.OrdinalIgnoreCase);
        return python.Where(file => Within(file, home) && (whole || file == $"{path}.py" || NameOf(file).Contains("settings", StringComparison.OrdinalIgnoreCase)))
            .ToHashSet(StringComparer.Ordinal);
    }

    private static bool Within(string file, string folder) => FolderOf(file) == folder || (folder.Length > 0 && FolderOf(file).StartsWith(folder + "/", StringComparison.Ordinal));

    private static string FolderOf(string file) => file[..Math.Max(0, file.LastIndexOf('/'))];

    private static string NameOf(string file) => file[(file.LastIndexOf('/') + 1)..];
}
