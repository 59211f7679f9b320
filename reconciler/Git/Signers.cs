using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Reconciler.Git;

/// <summary>Who may sign, kept outside every repository.</summary>
internal abstract record Signers
{
    /// <summary>OpenSSH's allowed signers (ssh-keygen(1), "ALLOWED SIGNERS").</summary>
    public sealed record Ssh(string File) : Signers;

    /// <summary>Exported OpenPGP public keys; whoever's stands in there may sign.</summary>
    /// <param name="Home">Where they are kept for gpg; made anew when the file changes.</param>
    public sealed record Gpg(string File, string Home) : Signers
    {
        /// <summary>Looked up in PATH.</summary>
        public string Program { get; init; } = "gpg";
    }

    /// <summary>Where the settings file names them.</summary>
    public string Key { get; init; } = "signers";

    /// <summary>For a person.</summary>
    public string Name => this is Ssh(var ssh) ? ssh : ((Gpg)this).File;

    /// <summary>
    /// Options and variables by which git asks for these and nothing else: no keyring of the user that it runs as, and no other sort of signature.
    /// </summary>
    /// <exception cref="GitException">The file cannot be used.</exception>
    public (IReadOnlyList<string> Options, IReadOnlyDictionary<string, string> Variables) Arrange()
    {
        try
        {
            _ = File.ReadAllBytes(Name);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new GitException(GitFailure.Refused,
                $"Signatures cannot be checked: {fault.Message} Correct `{Key}` in the settings file.", fault);
        }
        return this is Gpg gpg
            ? ([.. Never("gpg.ssh.program"), .. Never("gpg.x509.program")], new Dictionary<string, string> { ["GNUPGHOME"] = gpg.Imported() })
            : (["-c", $"gpg.ssh.allowedSignersFile={Name}", .. Never("gpg.program"), .. Never("gpg.openpgp.program"), .. Never("gpg.x509.program")],
                new Dictionary<string, string>());
    }

    private static IEnumerable<string> Never(string program) => ["-c", $"{program}=/bin/false"];
}

file static class GpgHome
{
    public static string Imported(this Signers.Gpg signers)
    {
        var home = $"{signers.Home}-{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(signers.File)))[..16]}";
        if (Directory.Exists(home))
            return home;
        var beside = $"{home}.new";
        if (Directory.Exists(beside))
            Directory.Delete(beside, recursive: true);
        Directory.CreateDirectory(beside, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Import(signers, beside);
        Directory.Move(beside, home);
        return home;
    }

    private static void Import(Signers.Gpg signers, string home)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(signers.Program,
                ["--homedir", home, "--batch", "--quiet", "--no-autostart", "--import", signers.File]) { RedirectStandardError = true })!;
            var said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new GitException(GitFailure.Refused, $"gpg takes no public keys from {signers.File}: {GitError.Clean(said.Trim())}. "
                    + "Write them with gpg --export --armor ADDRESS.");
        }
        catch (Win32Exception fault)
        {
            throw new GitException(GitFailure.Failed, $"Signatures cannot be checked: {signers.Program} cannot be started: {fault.Message}. Install gpg.", fault);
        }
    }
}
