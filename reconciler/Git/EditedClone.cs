using System.Text;

namespace Reconciler.Git;

/// <summary>The clone in which a commit is made.</summary>
internal sealed class EditedClone(GitProgram git, string folder)
{
    public string Folder => folder;

    /// <summary>As git's <c>gpg.format</c> calls it, where the commit has to be signed: <c>ssh</c> or <c>openpgp</c>. Null: as git's configuration says.</summary>
    public string? Sign { get; set; }

    public Task<GitAnswer> RunAsync(IReadOnlyList<string> arguments, TimeSpan deadline, CancellationToken cancellation) =>
        git.RunAsync(new(arguments, deadline) { Folder = folder }, cancellation);

    /// <exception cref="GitException">It did not end well.</exception>
    public async Task<string> OkAsync(IReadOnlyList<string> arguments, TimeSpan deadline, CancellationToken cancellation)
    {
        var answer = await RunAsync(arguments, deadline, cancellation);
        return answer.ExitCode == 0 ? answer.Text
            : throw new GitException(GitFailure.Failed, $"git {arguments[0]} failed: {answer.Error}. Nothing was pushed.");
    }

    public Task<string> OkAsync(IReadOnlyList<string> arguments, CancellationToken cancellation) =>
        OkAsync(arguments, git.Settings.ReadDeadline, cancellation);

    /// <summary>Null when it is not there at that commit.</summary>
    public async Task<string?> FileAtAsync(string commit, string path, CancellationToken cancellation)
    {
        var answer = await RunAsync(["show", $"{commit}:{path}"], git.Settings.ReadDeadline, cancellation);
        return answer.ExitCode == 0 ? Encoding.UTF8.GetString(answer.Output) : null;
    }

    /// <returns>Null when nothing changed.</returns>
    /// <exception cref="GitException"/>
    public async Task<PushedCommit?> CommitAsync(string message, string? author, CancellationToken cancellation)
    {
        // Messages quote what stands in git and on servers, and whoever signs them has not read them.
        if (message.Contains(GitMirror.VouchesFor, StringComparison.OrdinalIgnoreCase))
            throw new GitException(GitFailure.NotAllowed, $"The commit's message would say `{GitMirror.VouchesFor}`, which only a person "
                + "may write: nothing was pushed. Find out who put that into a name in git or on a server.");
        await OkAsync(["add", "--all"], cancellation);
        if ((await RunAsync(["diff", "--cached", "--quiet"], git.Settings.ReadDeadline, cancellation)).ExitCode == 0)
            return null;
        var who = author?.TrimEnd('>').Split('<') is [var name, var address]
            ? new[] { "-c", $"user.name={name.Trim()}", "-c", $"user.email={address.Trim()}" } : [];
        string[] format = Sign is null ? [] : ["-c", $"gpg.format={Sign}"], signed = Sign is null ? [] : ["--gpg-sign"];
        var answer = await RunAsync([.. who, .. format, "-c", "user.useConfigOnly=true", "commit", "--quiet", .. signed, "--message", message],
            git.Settings.ReadDeadline, cancellation);
        if (answer.ExitCode != 0 && Sign is not null && (answer.Error.Contains("sign", StringComparison.Ordinal)))
            throw new GitException(GitFailure.Failed, $"an environment asks for signed commits (`verify: {(Sign == "ssh" ? "ssh" : "gpg")}`), and git could "
                + $"not sign: {answer.Error}. Set user.signingkey in git's configuration to a key of yours that the controller's `signers` know. Nothing was pushed.");
        if (answer.ExitCode != 0)
            throw answer.Error.Contains("tell me who you are", StringComparison.Ordinal)
                || answer.Error.Contains("no email was given", StringComparison.Ordinal)
                || answer.Error.Contains("no name was given", StringComparison.Ordinal)
                ? new GitException(GitFailure.Failed,
                    "git does not know who commits, nothing was pushed: give --author \"NAME <ADDRESS>\", "
                    + "or set user.name and user.email in git's configuration.")
                : new GitException(GitFailure.Failed, $"git commit failed: {answer.Error}. Nothing was pushed.");
        var said = (await OkAsync(["show", "--no-patch", "--format=%H%n%an <%ae>", "HEAD"], cancellation)).Split('\n');
        var diff = await OkAsync(["show", "--unified=0", "--no-color", "--no-ext-diff", "--format=", "HEAD"], cancellation);
        return new(said[0], "", said[1], Shortened(diff));
    }

    private static string Shortened(string diff) => string.Join('\n', diff.Split('\n')
        .Where(line => line.StartsWith("+++ b/", StringComparison.Ordinal)
            || (line.StartsWith('+') && !line.StartsWith("+++", StringComparison.Ordinal))
            || (line.StartsWith('-') && !line.StartsWith("---", StringComparison.Ordinal)))
        .Select(line => line.StartsWith("+++ b/", StringComparison.Ordinal) ? line[6..] : $"  {line}"));
}
