using System.Diagnostics;
using Reconciler.Git;

namespace Reconciler.Tests.Git;

/// <summary>Commits signed by real ssh keys and real OpenPGP keys, checked by git.</summary>
public sealed class SignatureTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly ScratchRepository _repository;
    private readonly GitMirror _mirror;

    public SignatureTests()
    {
        _repository = new(_folder.In("desired"));
        _repository.Commit("begin", ("a", "1\n"));
        _mirror = new(_folder.In("mirror/x.git"), _repository.Folder, new GitProgram(new GitSettings { LocalRepositories = true }, TimeProvider.System), TimeProvider.System);
        Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", _folder.In("ada"));
        Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", _folder.In("eve"));
        File.WriteAllText(_folder.In("allowed"), $"ada@example.org {File.ReadAllText(_folder.In("ada.pub"))}");
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder.In("gnupg")))
            Run("gpgconf", "--homedir", _folder.In("gnupg"), "--kill", "gpg-agent");
        _folder.Dispose();
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"{program}: {error.Result}");
    }

    private string Signed(string by, string file, string text = "2\n")
    {
        File.WriteAllText(Path.Combine(_repository.Folder, file), text);
        _repository.Git("add", "--all");
        _repository.Git("-c", "gpg.format=ssh", "-c", $"user.signingkey={_folder.In(by)}", "commit", "--quiet", "--gpg-sign", "-m", $"by {by}");
        return _repository.Head;
    }

    private async Task<string?> UnsignedAsync(string? from, Signers? signers = null)
    {
        await _mirror.FetchAsync(["main"], TestContext.Current.CancellationToken);
        var unsigned = await _mirror.UnsignedAsync(
            from, _repository.Head, signers ?? new Signers.Ssh(_folder.In("allowed")), TestContext.Current.CancellationToken);
        return unsigned is [var first, ..] ? first : null;
    }

    [Fact]
    public async Task Every_commit_since_the_one_in_force_must_be_signed_by_one_who_may()
    {
        var begin = _repository.Head;
        var ada = Signed("ada", "b");
        (await UnsignedAsync(begin)).ShouldBeNull();
        (await UnsignedAsync(null)).ShouldBeNull();

        var eve = Signed("eve", "c");
        Signed("ada", "d");
        (await UnsignedAsync(begin)).ShouldBe(eve);
        (await UnsignedAsync(eve)).ShouldBeNull();

        var plain = _repository.Commit("nobody signed this", ("e", "1\n"));
        (await UnsignedAsync(eve)).ShouldBe(plain);
        (await UnsignedAsync(null)).ShouldBe(plain);
        ada.ShouldNotBe(eve);
    }

    [Fact]
    public async Task A_merge_that_the_git_host_made_passes_and_one_that_holds_more_than_its_parents_does_not()
    {
        var begin = _repository.Head;
        _repository.Git("checkout", "--quiet", "-b", "work");
        Signed("ada", "b");
        _repository.Git("checkout", "--quiet", "main");
        _repository.Git("merge", "--quiet", "--no-ff", "-m", "Merge pull request #1", "work");
        (await UnsignedAsync(begin)).ShouldBeNull();

        _repository.Git("checkout", "--quiet", "work");
        Signed("ada", "c");
        _repository.Git("checkout", "--quiet", "main");
        _repository.Git("merge", "--quiet", "--no-ff", "--no-commit", "work");
        File.WriteAllText(Path.Combine(_repository.Folder, "evil"), "slipped in\n");
        var evil = _repository.Commit("Merge pull request #2");
        (await UnsignedAsync(begin)).ShouldBe(evil);
    }

    [Fact]
    public async Task A_merge_of_unsigned_work_does_not_pass()
    {
        var begin = _repository.Head;
        _repository.Git("checkout", "--quiet", "-b", "work");
        var unsigned = _repository.Commit("unsigned", ("b", "1\n"));
        _repository.Git("checkout", "--quiet", "main");
        _repository.Git("merge", "--quiet", "--no-ff", "-m", "Merge pull request #1", "work");

        (await UnsignedAsync(begin)).ShouldBe(unsigned);
    }

    private string Vouched(string? by, params string[] trailers)
    {
        string[] signed = by is null ? [] : ["--gpg-sign"], named = [.. trailers.SelectMany(trailer => new[] { "--trailer", trailer })];
        _repository.Git(["-c", "gpg.format=ssh", "-c", $"user.signingkey={_folder.In(by ?? "ada")}", "commit", "--quiet", "--allow-empty",
            .. signed, "-m", "Vouch for it", .. named]);
        return _repository.Head;
    }

    private static string For(string commit) => $"Reconciler-Vouches-For: {commit}";

    [Fact]
    public async Task Who_may_sign_may_vouch_for_what_nobody_signed()
    {
        var begin = _repository.Head;
        var one = _repository.Commit("unsigned", ("b", "1\n"));
        var two = Signed("eve", "c");
        Vouched("ada", For(one));
        (await UnsignedAsync(begin)).ShouldBe(two);
        Vouched("ada", "Reviewed-by: Ada <ada@example.org>", For(two), For(new string('1', 40)));
        (await UnsignedAsync(begin)).ShouldBeNull();

        // Of what is not vouched for, all are told.
        var (three, four) = (_repository.Commit("three", ("d", "1\n")), _repository.Commit("four", ("e", "1\n")));
        await UnsignedAsync(begin);
        (await _mirror.UnsignedAsync(begin, four, new Signers.Ssh(_folder.In("allowed")), TestContext.Current.CancellationToken))
            .ShouldBe([three, four]);
        Vouched("ada", For(four), For(three));
        (await UnsignedAsync(begin)).ShouldBeNull();
    }

    [Fact]
    public async Task Nobody_else_vouches_and_not_for_less_than_a_whole_commit()
    {
        var begin = _repository.Head;
        var unsigned = _repository.Commit("unsigned", ("b", "1\n"));
        foreach (var named in new[]
            { unsigned[..39], unsigned[..12], unsigned.ToUpperInvariant(), $"{unsigned} {begin}", $"{unsigned},", "HEAD~1", "main" })
            Vouched("ada", For(named));
        (await UnsignedAsync(begin)).ShouldBe(unsigned);

        // Neither goes a trailer on beyond its line.
        Vouched("ada", $"{For(unsigned)}\n and more");
        (await UnsignedAsync(begin)).ShouldBe(unsigned);

        // In the text, no trailer.
        _repository.Git("-c", "gpg.format=ssh", "-c", $"user.signingkey={_folder.In("ada")}", "commit", "--quiet", "--allow-empty",
            "--gpg-sign", "-m", $"{For(unsigned)}\n\nwas what eve wrote; this is about it.");
        (await UnsignedAsync(begin)).ShouldBe(unsigned);

        // Neither one that is not signed, nor one by a stranger, nor those two when they are vouched for themselves.
        var plain = Vouched(null, For(unsigned));
        var eve = Vouched("eve", For(unsigned), For(plain));
        Vouched("ada", For(plain), For(eve));
        (await UnsignedAsync(begin)).ShouldBe(unsigned);
        Vouched("ada", For(unsigned));
        (await UnsignedAsync(begin)).ShouldBeNull();
    }

    [Fact]
    public async Task Who_vouched_before_what_is_in_force_or_was_rewritten_after_signing_does_not_count()
    {
        var begin = _repository.Head;
        _repository.Git("checkout", "--quiet", "-b", "work");
        var unsigned = _repository.Commit("unsigned", ("b", "1\n"));
        _repository.Git("checkout", "--quiet", "main");
        var inForce = Vouched("ada", For(unsigned));
        _repository.Git("merge", "--quiet", "--no-ff", "-m", $"Merge pull request #1\n\n{For(unsigned)}", "work");
        (await UnsignedAsync(inForce)).ShouldBe(unsigned);
        (await UnsignedAsync(begin)).ShouldBeNull();

        // Ada's signature under another message.
        _repository.Git("reset", "--quiet", "--hard", unsigned);
        var signed = Vouched("ada", "Reviewed-by: Ada <ada@example.org>");
        var forged = _repository.Git("cat-file", "commit", signed).Replace("Reviewed-by: Ada <ada@example.org>", For(unsigned));
        File.WriteAllText(_folder.In("forged"), forged);
        _repository.Git("reset", "--quiet", "--hard", _repository.Git("hash-object", "-t", "commit", "-w", _folder.In("forged")).Trim());
        (await UnsignedAsync(begin)).ShouldBe(unsigned);
    }

    [Fact]
    public async Task OpenPGP_counts_where_it_is_asked_for_and_only_for_the_keys_in_the_file()
    {
        var begin = _repository.Head;
        foreach (var who in new[] { "ada", "eve" })
            MakeKey(who);
        GpgSigned("ada", "b");
        var signers = new Signers.Gpg(_folder.In("signers.asc"), _folder.In("home"));
        Export("ada");
        (await UnsignedAsync(begin, signers)).ShouldBeNull();
        var ssh = Signed("ada", "c");
        (await UnsignedAsync(begin, signers)).ShouldBe(ssh);
        (await UnsignedAsync(begin)).ShouldNotBeNull();

        var eve = GpgSigned("eve", "d");
        (await UnsignedAsync(ssh, signers)).ShouldBe(eve);
        Export("ada", "eve");
        (await UnsignedAsync(ssh, signers)).ShouldBeNull();

        File.WriteAllText(_folder.In("signers.asc"), "no keys");
        (await Should.ThrowAsync<GitException>(() => UnsignedAsync(ssh, signers))).Message.ShouldContain($"gpg takes no public keys from {_folder.In("signers.asc")}");
        (await Should.ThrowAsync<GitException>(() => UnsignedAsync(ssh, signers with { Program = "/no/such/gpg" }))).Message
            .ShouldStartWith("Signatures cannot be checked: /no/such/gpg cannot be started: ");
        File.Delete(_folder.In("signers.asc"));
        (await Should.ThrowAsync<GitException>(() => UnsignedAsync(ssh, signers))).Message.ShouldContain("Correct `signers` in the settings file.");
    }

    private void MakeKey(string who)
    {
        Directory.CreateDirectory(_folder.In("gnupg"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Run("gpg", "--homedir", _folder.In("gnupg"), "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "",
            "--quick-generate-key", $"{who}@example.org", "ed25519", "sign", "never");
    }

    private void Export(params string[] who)
    {
        File.Delete(_folder.In("signers.asc"));
        Run("gpg", ["--homedir", _folder.In("gnupg"), "--batch", "--armor", "--output", _folder.In("signers.asc"), "--export", .. who.Select(each => $"{each}@example.org")]);
    }

    private string GpgSigned(string by, string file)
    {
        File.WriteAllText(_folder.In("gpg"), $"#!/bin/sh\nexec gpg --homedir {_folder.In("gnupg")} \"$@\"\n");
        File.SetUnixFileMode(_folder.In("gpg"), UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        File.WriteAllText(Path.Combine(_repository.Folder, file), "3\n");
        _repository.Git("add", "--all");
        _repository.Git("-c", $"gpg.program={_folder.In("gpg")}", "-c", $"user.signingkey={by}@example.org", "commit", "--quiet", "--gpg-sign", "-m", $"by {by}");
        return _repository.Head;
    }
}
