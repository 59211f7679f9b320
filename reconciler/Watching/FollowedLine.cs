using System.Text;
using System.Text.RegularExpressions;
using Reconciler.Git;

namespace Reconciler.Watching;

/// <summary>Who moved the line that says which commit of an application runs: the controller, the application's CI, or a person.</summary>
/// <param name="folder">Of the desired state in the repository.</param>
internal sealed partial class FollowedLine(GitMirror mirror, string folder)
{
    private const string Following = "Reconciler-Follow";
    private const string Bumping = "Reconciler-Bump";

    public static string PathOf(string environment, string application) => $"{environment}/{application}/application.yaml";

    /// <summary>The message of a commit by which <c>follow</c> moves the line: a later look knows by it that no person did.</summary>
    public static string MessageOfFollow(string subject, string environment, string application) =>
        $"{subject}\n\n{Following}: {environment}/{application}";

    /// <summary>The message of a commit by which <c>bump</c> moves it, which neither stops <c>follow</c> nor lets it go on.</summary>
    public static string MessageOfBump(string subject, string environment, string application) =>
        $"{subject}\n\n{Bumping}: {environment}/{application}";

    /// <summary>The commit by which a person moved it while it was followed already.</summary>
    /// <returns>Null when the controller moved it last, or following began with or after the move.</returns>
    /// <exception cref="GitException"/>
    public async Task<(string Commit, string Author)?> PersonsAsync(string environment, string application, string tip, CancellationToken cancellation)
    {
        var path = In(PathOf(environment, application));
        var change = await LastAsync(tip);
        while (change is { Parent: { } parent } && change.Trailers.Contains($"{Bumping}: {environment}/{application}"))
            change = await LastAsync(parent);
        if (change is not { Parent: { } before } || change.Trailers.Contains($"{Following}: {environment}/{application}"))
            return null;
        foreach (var file in new[] { path, In(PathOf("base", application)) })
            if (await mirror.ReadFileAsync(before, file, cancellation) is { } text && Follows().IsMatch(Encoding.UTF8.GetString(text)))
                return (change.Commit, change.Author);
        return null;

        Task<LineChange?> LastAsync(string from) => mirror.LastChangeAsync(from, path, "commit:", [Following, Bumping], cancellation);
    }

    private string In(string path) => folder.Trim('/') is { Length: > 0 } top ? $"{top}/{path}" : path;

    [GeneratedRegex(@"^[^#\n]*\bfollow\s*:", RegexOptions.Multiline)]
    private static partial Regex Follows();
}
