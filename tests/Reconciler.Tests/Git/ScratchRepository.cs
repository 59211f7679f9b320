using System.Diagnostics;

namespace Reconciler.Tests.Git;

/// <summary>A real repository to fetch from, made with the git program.</summary>
public sealed class ScratchRepository
{
    public ScratchRepository(string folder)
    {
        Folder = folder;
        Directory.CreateDirectory(folder);
        Git("init", "--quiet", "--initial-branch=main");
    }

    public string Folder { get; }

    /// <summary>Commits files (null removes one) and gives the commit's id.</summary>
    public string Commit(string subject, params (string Path, string? Text)[] files)
    {
        foreach (var (path, text) in files)
        {
            var whole = Path.Combine(Folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
            if (text is null)
                File.Delete(whole);
            else
                File.WriteAllText(whole, text);
        }
        Git("add", "--all");
        Git("commit", "--quiet", "--allow-empty", "-m", subject);
        return Head;
    }

    public string Head => Git("rev-parse", "HEAD").Trim();

    public string Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("GIT_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        foreach (var who in new[] { "GIT_AUTHOR", "GIT_COMMITTER" })
        {
            start.Environment[$"{who}_NAME"] = "Ada";
            start.Environment[$"{who}_EMAIL"] = "ada@example.org";
            start.Environment[$"{who}_DATE"] = "2026-01-02T03:04:05Z";
        }
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {error.Result}");
    }
}
