using System.CommandLine;
using System.Text.RegularExpressions;
using Reconciler.Git;

namespace Reconciler.Cli;

/// <summary>What all commands have in common that write a commit: where it goes, and who wrote it.</summary>
internal sealed partial class CommitOptions
{
    private readonly SettingsOptions _settings;
    private readonly Option<string?> _toBranch = new("--to-branch")
    {
        Description = "push to this branch instead of the followed one, for a pull request",
    };

    private readonly Option<string?> _author = new("--author") { Description = "\"NAME <ADDRESS>\" (git's configuration)" };

    public CommitOptions(SettingsOptions settings, Command command)
    {
        _settings = settings;
        command.Options.Add(_toBranch);
        command.Options.Add(_author);
    }

    /// <summary>Rewrites, checks, commits, pushes, and says what it did.</summary>
    /// <param name="change">Gives the message of the commit.</param>
    /// <param name="unchanged">Said when nothing was to be changed.</param>
    /// <param name="then">Said below what was pushed.</param>
    public async Task<int> CommitAsync(
        ParseResult parsed, Func<DesiredStateEdit, CancellationToken, Task<string>> change, string unchanged, Func<string?> then,
        CancellationToken cancellation)
    {
        if (await PushAsync(parsed, change, cancellation) is not { } pushed)
        {
            Console.Out.WriteLine($"nothing was changed: {unchanged}");
            return ExitCode.Done;
        }
        Tell(parsed, pushed);
        if (then() is { } more)
            Console.Out.WriteLine(more);
        return ExitCode.Done;
    }

    /// <summary>It goes to another branch than the followed one: it takes effect when somebody merges it.</summary>
    public bool IsToBeMerged(ParseResult parsed) =>
        parsed.GetValue(_toBranch) is { } branch && branch != _settings.Read(parsed).Branch;

    /// <summary>Rewrites, checks, commits and pushes.</summary>
    /// <returns>Null when nothing was to be changed.</returns>
    public async Task<PushedCommit?> PushAsync(
        ParseResult parsed, Func<DesiredStateEdit, CancellationToken, Task<string>> change, CancellationToken cancellation)
    {
        var settings = _settings.Read(parsed);
        if (parsed.GetValue(_author) is { } who && !Author().IsMatch(who))
            throw new UsageException("--author wants \"NAME <ADDRESS>\"");
        if (parsed.GetValue(_toBranch) is { } branch && BranchName.FaultToPush(branch) is { } fault)
            throw new UsageException($"--to-branch {GitError.Clean(branch)}: {fault}; nothing was changed");
        var git = new GitProgram(new GitSettings { LocalRepositories = settings.AllowLocalRepositories }, TimeProvider.System);
        var edit = new RepositoryEdit(git, settings.Repository, settings.Branch)
        {
            To = parsed.GetValue(_toBranch),
            Author = parsed.GetValue(_author),
        };
        return await edit.CommitAsync(async (clone, stop) =>
        {
            var desired = await DesiredStateEdit.BeginAsync(clone, settings.Folder, settings.AllowLocalRepositories, stop);
            var message = await change(desired, stop);
            await desired.CheckAsync(stop);
            return message;
        }, cancellation);
    }

    /// <summary>What was pushed, and where.</summary>
    public void Tell(ParseResult parsed, PushedCommit pushed)
    {
        var followed = _settings.Read(parsed).Branch;
        Console.Out.WriteLine(pushed.Change);
        Console.Out.WriteLine($"commit {pushed.Id[..12]} by {pushed.Author}, pushed to {pushed.Branch}"
            + (pushed.Branch == followed ? "" : $"; it takes effect when it is merged into {followed}"));
    }

    [GeneratedRegex(@"^[^<>\p{C}]*[^<>\s\p{C}][^<>\p{C}]* <[^<>\s\p{C}]+>$")]
    private static partial Regex Author();
}
