using System.Text.RegularExpressions;
using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Deploys;

/// <summary>The desired-state repository, changed as its users change it: by editing a file and committing.</summary>
internal sealed partial class DesiredRepository(string folder, string environment)
{
    /// <summary>Fills the repository from the documents beside this class.</summary>
    public static async Task<DesiredRepository> CreateAsync(string folder, string environment, IReadOnlyDictionary<string, string> values)
    {
        var documents = Path.Combine(TestHosts.Root(), "tests", "Reconciler.LiveTests", "Deploys", "desired-state");
        Directory.CreateDirectory(folder);
        await Command.OkAsync("cp", "-R", Path.Combine(documents, "base"), Path.Combine(documents, environment), folder);
        foreach (var file in Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories))
        {
            var text = await File.ReadAllTextAsync(file);
            await File.WriteAllTextAsync(file, values.Aggregate(text, (filled, value) => filled.Replace($"@{value.Key}@", value.Value, StringComparison.Ordinal)));
        }
        var made = new DesiredRepository(folder, environment);
        await made.GitAsync("init", "--quiet", "--initial-branch=main");
        await made.CommitAsync($"Desired state of {environment}");
        return made;
    }

    /// <summary>Replaces the only place in a file where <paramref name="old"/> stands, and commits.</summary>
    public async Task EditAsync(string file, string old, string @new)
    {
        var path = Path.Combine(folder, file);
        var parts = (await File.ReadAllTextAsync(path)).Split(old);
        parts.Length.ShouldBe(2, $"'{old}' in {file}");
        await File.WriteAllTextAsync(path, string.Join(@new, parts));
        await CommitAsync($"Edit {file}");
    }

    /// <returns>The commit of the desired state.</returns>
    public async Task<string> DeployAsync(string commit, string application = "coralnet")
    {
        var path = Path.Combine(folder, environment, application, "application.yaml");
        var text = await File.ReadAllTextAsync(path);
        await File.WriteAllTextAsync(path, CommitLine().Replace(text, $"commit: {commit}", 1));
        await CommitAsync($"Deploy {commit[..12]}");
        return await HeadAsync();
    }

    public async Task AddAsync(string file, string text)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, file), text);
        await CommitAsync($"Add {file}");
    }

    public async Task RemoveAsync(string file)
    {
        File.Delete(Path.Combine(folder, file));
        await CommitAsync($"Remove {file}");
    }

    [GeneratedRegex("commit: \"?[0-9a-f]{40}\"?")]
    private static partial Regex CommitLine();

    private async Task CommitAsync(string message)
    {
        await GitAsync("add", "--all");
        await GitAsync("-c", "user.name=Alex", "-c", "user.email=alex@coralnet.example", "commit", "--quiet", "--allow-empty", "--message", message);
    }

    /// <summary>Asks for a commit on a branch of its own, as a pull request does.</summary>
    /// <returns>Its head.</returns>
    public async Task<string> ProposeAsync(string branch, long number, string commit)
    {
        await GitAsync("checkout", "--quiet", "-b", branch);
        await DeployAsync(commit);
        await GitAsync("update-ref", $"refs/pull/{number}/head", "HEAD");
        var head = await HeadAsync();
        await GitAsync("checkout", "--quiet", "main");
        return head;
    }

    /// <summary>As the button on the git host's page does.</summary>
    /// <returns>The merge.</returns>
    public async Task<string> MergeAsync(string branch)
    {
        await GitAsync("-c", "user.name=Alex", "-c", "user.email=alex@coralnet.example", "merge", "--quiet", "--no-ff", "--message", $"Merge {branch}", branch);
        return await HeadAsync();
    }

    private async Task<string> HeadAsync() => (await Command.OkAsync("git", ["-C", folder, "rev-parse", "HEAD"])).Trim();

    private Task GitAsync(params string[] arguments) => Command.OkAsync("git", ["-C", folder, .. arguments]);
}
