using System.Text;
using Reconciler.Secrets;
using Reconciler.Tests.Git;
using Reconciler.Tests.Resources;

namespace Reconciler.Tests.Secrets;

/// <summary>With the distribution's <c>age</c>: what it encrypts is read, and each way that fails says what to do.</summary>
public sealed class AgeSecretSourceTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly string _identity;
    private readonly string _recipient;
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _files = [];

    public AgeSecretSourceTests()
    {
        _identity = _scratch.In("age.key");
        Sh.Run($"umask 077 && age-keygen -o {_identity}").Good.ShouldBeEmpty();
        _recipient = Sh.Run($"age-keygen -y {_identity}").Good.Trim();
    }

    public void Dispose() => _scratch.Dispose();

    private void Encrypt(string name, string content, string options = "")
    {
        var (clear, encrypted) = (_scratch.In("clear"), _scratch.In("encrypted"));
        File.WriteAllText(clear, content);
        Sh.Run($"rm -f {encrypted}; age --encrypt {options} --recipient {_recipient} --output {encrypted} {clear}").Good.ShouldBeEmpty();
        _files[name] = File.ReadAllBytes(encrypted);
    }

    private AgeSecretSource Source(string? identity, string program = "age") =>
        new(new AgeProgram(identity, program), path => _files.TryGetValue(path, out var content) ? (ReadOnlyMemory<byte>?)content : null);

    private static Task<SecretValue> ReadAsync(AgeSecretSource source, string name) =>
        source.ReadAsync(SecretLocation.Parse($"age:{name}", null)!, TestContext.Current.CancellationToken);

    private static async Task<(SecretFaultReason, string)> RefusedAsync(AgeSecretSource source, string name)
    {
        var fault = await Should.ThrowAsync<SecretSourceException>(() => ReadAsync(source, name));
        return (fault.Reason, fault.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--armor")]
    public async Task What_age_encrypted_is_read_binary_and_armored(string options)
    {
        var content = "{\"SECRET_KEY\": \"" + new string('ß', 100_000) + "\"}";
        Encrypt("settings.age", content, options);

        (await ReadAsync(Source(_identity), "settings.age")).RevealText().ShouldBe(content);
    }

    [Fact]
    public async Task The_same_file_is_decrypted_once()
    {
        Encrypt("settings.age", "one");
        var source = Source(_identity);
        await ReadAsync(source, "settings.age");
        File.Delete(_identity);

        (await ReadAsync(source, "settings.age")).RevealText().ShouldBe("one");
    }

    [Fact]
    public async Task Another_recipient_s_file_says_what_to_encrypt_it_for()
    {
        Encrypt("settings.age", "one");
        var stranger = _scratch.In("stranger.key");
        Sh.Run($"umask 077 && age-keygen -o {stranger}");

        (await RefusedAsync(Source(stranger), "settings.age")).ShouldBe((SecretFaultReason.Refused,
            $"settings.age cannot be decrypted with {stranger}: no identity matched any of the recipients. "
            + "Encrypt it again, for this identity's public key too (age-keygen -y shows it)."));
    }

    [Fact]
    public async Task Damage_is_told_apart_from_a_wrong_key()
    {
        Encrypt("settings.age", "one");
        _files["settings.age"] = _files["settings.age"][..^3];

        var (reason, message) = await RefusedAsync(Source(_identity), "settings.age");

        reason.ShouldBe(SecretFaultReason.WrongFormat);
        message.ShouldStartWith($"settings.age cannot be decrypted with {_identity}: ");
    }

    [Fact]
    public async Task A_clear_file_is_never_taken_for_a_value()
    {
        _files["settings.age"] = Encoding.UTF8.GetBytes("canary-secret");

        var (reason, message) = await RefusedAsync(Source(_identity), "settings.age");

        reason.ShouldBe(SecretFaultReason.WrongFormat);
        message.ShouldBe("settings.age is not encrypted with age. If it holds a secret, that secret is in git's history now: put another one in its place.");
    }

    [Fact]
    public async Task Without_file_identity_or_program_it_says_which()
    {
        (await RefusedAsync(Source(_identity), "nowhere.age")).ShouldBe(
            (SecretFaultReason.Missing, "There is no file nowhere.age beside the document or in base; add it, or correct the path."));
        Encrypt("settings.age", "one");
        (await RefusedAsync(Source(null), "settings.age")).Item2.ShouldContain("the controller has no identity: run age-keygen -o FILE there");
        (await RefusedAsync(Source(_identity, "no-such-age"), "settings.age")).Item2.ShouldEndWith("this machine has no program no-such-age: apt-get install age.");
        File.SetUnixFileMode(_identity, (UnixFileMode)0b110_100_100);
        (await RefusedAsync(Source(_identity), "settings.age")).ShouldBe(
            (SecretFaultReason.Refused, $"The age identity {_identity} may be read or changed by others; run chmod 600 on it."));
    }
}
