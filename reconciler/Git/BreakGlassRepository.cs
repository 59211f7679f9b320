namespace Reconciler.Git;

/// <summary>
/// The bare repository on the controller that takes a push while the git host is down. It holds the followed branch as it is in force,
/// borrows its objects from the mirror, and has one hook, which asks this program before anything is taken.
/// </summary>
/// <param name="folder">In the controller's own folder, which nobody else may enter.</param>
/// <param name="mirror">Of the git host's repository.</param>
/// <param name="hook">The text of its pre-receive hook.</param>
internal sealed class BreakGlassRepository(string folder, string mirror, string branch, string hook, GitProgram git)
{
    private const UnixFileMode Ours = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private volatile string? _known;

    public string Folder => folder;

    private string Reference => $"refs/heads/{branch}";

    /// <summary>Made whole or not at all; a hook of another version of the program, or of other settings, is replaced.</summary>
    /// <exception cref="GitException">It cannot be written.</exception>
    public async Task MakeAsync(CancellationToken cancel)
    {
        try
        {
            if (!Directory.Exists(folder))
                await InitAsync(cancel);
            var path = Path.Combine(folder, "hooks", "pre-receive");
            if (File.Exists(path) && await File.ReadAllTextAsync(path, cancel) == hook)
                return;
            await File.WriteAllTextAsync($"{path}.new", hook, cancel);
            File.SetUnixFileMode($"{path}.new", Ours);
            File.Move($"{path}.new", path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new GitException(GitFailure.Failed,
                $"{folder} cannot be written: {fault.Message} Look at its rights and at the disk.", fault);
        }
    }

    private async Task InitAsync(CancellationToken cancel)
    {
        var beside = $"{folder}.new";
        if (Directory.Exists(beside))
            Directory.Delete(beside, recursive: true);
        Directory.CreateDirectory(beside, Ours);
        await OkAsync(["init", "--quiet", "--bare", "--template=", $"--initial-branch={branch}", "--end-of-options", beside], cancel);
        foreach (var (key, value) in new[]
            {
                // Before the system's configuration and the user's, which could name other hooks.
                ("core.hooksPath", Path.Combine(folder, "hooks")),
                ("receive.denyDeletes", "true"), ("receive.denyNonFastForwards", "true"), ("receive.autogc", "false"), ("gc.auto", "0"),
                ("receive.maxInputSize", "64m"), ("transfer.fsckObjects", "true"),
            })
            await OkAsync(["config", "--file", Path.Combine(beside, "config"), key, value], cancel);
        Directory.CreateDirectory(Path.Combine(beside, "hooks"));
        await File.WriteAllTextAsync(Path.Combine(beside, "objects", "info", "alternates"), $"{Path.Combine(mirror, "objects")}\n", cancel);
        await File.WriteAllTextAsync(Path.Combine(beside, "hooks", "pre-receive"), hook, cancel);
        File.SetUnixFileMode(Path.Combine(beside, "hooks", "pre-receive"), Ours);
        Directory.Move(beside, folder);
    }

    /// <returns>Where its branch stands; null when there is none.</returns>
    /// <exception cref="GitException"/>
    public async Task<string?> TipAsync(CancellationToken cancel)
    {
        if (!Directory.Exists(folder))
            return null;
        var answer = await RunAsync([$"--git-dir={folder}", "rev-parse", "--verify", "--quiet", $"{Reference}^{{commit}}"], cancel);
        return answer.ExitCode == 0 ? answer.Text : null;
    }

    /// <summary>Moves its branch, unless somebody pushed meanwhile: that is seen at the next look.</summary>
    /// <param name="from">Null: there is none yet.</param>
    /// <exception cref="GitException"/>
    public async Task MoveAsync(string? from, string to, CancellationToken cancel)
    {
        _known = to;
        await RunAsync([$"--git-dir={folder}", "update-ref", Reference, CommitId.Check(to), from ?? new string('0', 40)], cancel);
    }

    /// <summary>Wakes when somebody has pushed, within a second; until cancelled.</summary>
    public async Task WakeAsync(Action wake, TimeProvider clock, CancellationToken cancel)
    {
        var file = Path.Combine(folder, Reference);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        _known ??= Read(file);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            if (Read(file) is not { } tip || tip == _known)
                continue;
            _known = tip;
            wake();
        }
    }

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private async Task OkAsync(IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        if (await RunAsync(arguments, cancel) is { ExitCode: not 0 } answer)
            throw new GitException(GitFailure.Failed,
                $"git could not make {folder}: {answer.Error}. Look at the rights of the folder that it lies in.");
    }

    private Task<GitAnswer> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancel) =>
        git.RunAsync(new(arguments, git.Settings.ReadDeadline), cancel);
}
