using Reconciler.LiveTests.Support;

namespace Reconciler.Benchmarks.Push;

/// <summary>A git host on a test host: sshd, and git's own server for a login that may do nothing else. It notes who fetches.</summary>
/// <param name="folder">For the key and the host's key, as they lie in <c>~/.ssh</c> of who asks.</param>
internal sealed class GitServer(TestHost host, string folder)
{
    private const string Login = "git", Owner = "you";

    public string SshFolder => folder;

    public async Task SetUpAsync()
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await Command.OkAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(folder, "id_ed25519"));
        await File.WriteAllTextAsync(Path.Combine(folder, "known_hosts"), $"{host.Address} {host.HostKey}\n");
        var key = (await File.ReadAllTextAsync(Path.Combine(folder, "id_ed25519.pub"))).Trim();
        await host.ShellAsync($$"""
            useradd --create-home --shell /bin/sh {{Login}} && cd ~{{Login}} && mkdir .ssh {{Owner}} && touch fetches
            echo 'restrict,command="~/serve" {{key}}' >.ssh/authorized_keys
            cat >serve <<'END'
            #!/bin/sh
            case $SSH_ORIGINAL_COMMAND in git-upload-pack*) echo "$SSH_CONNECTION" >>fetches ;; esac
            exec git-shell -c "$SSH_ORIGINAL_COMMAND"
            END
            chmod 755 serve && chown -R {{Login}}: .
            """);
    }

    /// <summary>Takes a local repository in, which pushes here from now on.</summary>
    /// <returns>Where it is fetched from.</returns>
    public async Task<string> TakeAsync(string repository)
    {
        var name = $"{Owner}/{Path.GetFileName(repository)}.git";
        await host.ShellAsync($"runuser -u {Login} -- git init --quiet --bare --initial-branch=main ~{Login}/{name}");
        var address = $"{Login}@{host.Address}:{name}";
        await Command.OkAsync("git", "-C", repository, "remote", "add", "origin", address);
        await Command.OkAsync("git", "-C", repository, "config", "core.sshCommand",
            $"ssh -o BatchMode=yes -o IdentitiesOnly=yes -i {folder}/id_ed25519 -o UserKnownHostsFile={folder}/known_hosts");
        await PushAsync(repository);
        return address;
    }

    /// <returns>What was pushed, and when that was done.</returns>
    public static async Task<(string Commit, DateTimeOffset At)> PushAsync(string repository)
    {
        await Command.OkAsync("git", "-C", repository, "push", "--quiet", "origin", "main");
        var at = TimeProvider.System.GetUtcNow();
        return ((await Command.OkAsync("git", "-C", repository, "rev-parse", "main")).Trim(), at);
    }

    /// <summary>Until now: connections over which anybody has asked for refs or objects, and how often anybody has.</summary>
    public async Task<(int Connections, int Requests)> FetchesAsync()
    {
        var lines = (await host.ShellAsync($"cat ~{Login}/fetches")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return (lines.Distinct().Count(), lines.Length);
    }
}
