using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Reconciler.Secrets;

/// <summary>The <c>age</c> program (age(1)): it reads the encrypted file on stdin, and what it decrypts never touches a disk.</summary>
/// <param name="identity">File with the controller's private keys, 0600; null when it has none.</param>
internal sealed class AgeProgram(string? identity, string program = "age")
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);
    private const int MostBytes = 1 << 20;
    private const UnixFileMode Others = (UnixFileMode)0b111_111; // 0077

    // The same content gives the same value: nothing is started for it again.
    private readonly ConcurrentDictionary<string, SecretValue> _known = new();

    /// <exception cref="SecretSourceException">No identity fits, the file is damaged, or the program is not there.</exception>
    public async Task<SecretValue> DecryptAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        var digest = Convert.ToHexString(SHA256.HashData(content.Span));
        return _known.TryGetValue(digest, out var known) ? known
            : _known[digest] = await RunAsync(name, ["--decrypt", "--identity", IdentityFor(name)], content, cancel);
    }

    /// <summary>Encrypts as text (<c>--armor</c>), and proves that this controller can decrypt it again.</summary>
    /// <param name="recipients">Public keys as age(1) takes them; none is a secret.</param>
    /// <exception cref="SecretSourceException">As of <see cref="DecryptAsync"/>; or the controller is none of the recipients.</exception>
    public async Task<string> EncryptAsync(string name, SecretValue value, IReadOnlyList<string> recipients, CancellationToken cancel)
    {
        string[] to = [.. recipients.SelectMany(recipient => new[] { "--recipient", recipient })];
        var encrypted = await RunAsync(name, ["--encrypt", "--armor", .. to], value.Reveal(), cancel);
        var again = await RunAsync(name, ["--decrypt", "--identity", IdentityFor(name)], encrypted.Reveal(), cancel);
        return again.Reveal().AsSpan().SequenceEqual(value.Reveal()) ? encrypted.RevealText()!
            : throw new SecretSourceException(SecretFaultReason.WrongFormat, $"{name}, encrypted anew, does not decrypt to the same:"
                + $" nothing was written.");
    }

    private async Task<SecretValue> RunAsync(string name, IReadOnlyList<string> arguments, ReadOnlyMemory<byte> content,
        CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(Longest);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        using var process = Start(name, arguments);
        try
        {
            var error = process.StandardError.ReadToEndAsync(either.Token);
            var write = WriteAsync(process, content, either.Token);
            var value = await ReadAsync(process.StandardOutput.BaseStream, name, either.Token);
            await write;
            await process.WaitForExitAsync(either.Token);
            return process.ExitCode == 0 ? new SecretValue(value) : throw Failed(name, arguments[0], await error);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new SecretSourceException(SecretFaultReason.Unreachable, $"age did not end within {Longest.TotalSeconds:0} s with {name}.");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private string IdentityFor(string name)
    {
        if (identity is null || !File.Exists(identity))
            throw new SecretSourceException(SecretFaultReason.Refused, $"{name} is encrypted with age, and the controller has no identity"
                + $"{(identity is null ? "" : $" {identity}")}: run age-keygen -o FILE there, name it as `age: {{identity: FILE}}` in controller.yaml, and encrypt for its public key.");
        if ((File.GetUnixFileMode(identity) & Others) != 0)
            throw new SecretSourceException(SecretFaultReason.Refused, $"The age identity {identity} may be read or changed by others; run chmod 600 on it.");
        return identity;
    }

    private Process Start(string name, IReadOnlyList<string> arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception)
        {
            throw new SecretSourceException(SecretFaultReason.Refused, $"{name} is encrypted with age, and this machine has no program {program}: apt-get install age.");
        }
    }

    private static async Task WriteAsync(Process process, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        try
        {
            await using var stdin = process.StandardInput.BaseStream;
            await stdin.WriteAsync(content, cancel);
        }
        catch (IOException)
        {
            // It closed its stdin: its exit code and stderr say why.
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream, string name, CancellationToken cancel)
    {
        using var value = new MemoryStream();
        var buffer = new byte[8192];
        for (int read; (read = await stream.ReadAsync(buffer, cancel)) > 0;)
        {
            value.Write(buffer, 0, read);
            if (value.Length > MostBytes)
                throw new SecretSourceException(SecretFaultReason.WrongFormat, $"{name} holds more than {MostBytes} bytes.");
        }
        return value.ToArray();
    }

    // age(1) names recipients and files, never content.
    private SecretSourceException Failed(string name, string what, string said)
    {
        var first = said.Split('\n').FirstOrDefault(line => line.StartsWith("age: error: ", StringComparison.Ordinal))?["age: error: ".Length..] ?? "it failed";
        if (what == "--encrypt")
            return new(SecretFaultReason.Declaration, $"{name} cannot be encrypted anew: {first.TrimEnd('.')}. "
                + "Its .recipients file must hold public keys, one on each line.");
        return new(first.Contains("no identity matched", StringComparison.Ordinal) ? SecretFaultReason.Refused : SecretFaultReason.WrongFormat,
            $"{name} cannot be decrypted with {identity}: {first.TrimEnd('.')}. Encrypt it again, for this identity's public key too (age-keygen -y shows it).");
    }
}
