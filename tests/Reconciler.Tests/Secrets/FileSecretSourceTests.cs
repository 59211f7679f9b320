using Reconciler.Secrets;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Secrets;

public sealed class FileSecretSourceTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly string _root;
    private readonly FileSecretSource _source;

    public FileSecretSourceTests()
    {
        _root = _scratch.In("secrets");
        Directory.CreateDirectory(_root);
        _source = new FileSecretSource(_root);
    }

    public void Dispose() => _scratch.Dispose();

    private string Write(string path, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var whole = Path.Combine(_root, path);
        File.WriteAllText(whole, "hunter2");
        File.SetUnixFileMode(whole, mode);
        return whole;
    }

    private Task<SecretValue> ReadAsync(string path) =>
        _source.ReadAsync(SecretLocation.Parse($"file:{path}", null)!, TestContext.Current.CancellationToken);

    private async Task<SecretSourceException> RefusedAsync(string path) => await Should.ThrowAsync<SecretSourceException>(() => ReadAsync(path));

    [Fact]
    public async Task A_file_of_the_folder_is_read_by_either_path()
    {
        var whole = Write("a");
        (await ReadAsync("a")).RevealText().ShouldBe("hunter2");
        (await ReadAsync(whole)).RevealText().ShouldBe("hunter2");
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public async Task A_file_that_others_may_read_or_change_is_refused(UnixFileMode more)
    {
        Write("a", UnixFileMode.UserRead | more);
        var e = await RefusedAsync("a");
        e.Reason.ShouldBe(SecretFaultReason.Refused);
        e.Message.ShouldContain("chmod 600");
        e.Message.ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task Nothing_outside_the_folder_is_read()
    {
        File.WriteAllText(_scratch.In("outside"), "x");
        File.CreateSymbolicLink(Path.Combine(_root, "link"), _scratch.In("outside"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "folder"), _scratch.Path);
        Directory.CreateDirectory(_root + "-other");
        foreach (var path in new[] { "link", "folder/outside", "../outside", _scratch.In("outside"), "/etc/hostname", _root + "-other" })
            (await RefusedAsync(path)).Reason.ShouldBe(SecretFaultReason.Refused, path);
    }

    [Theory]
    [InlineData("/x/parcels.json")]
    [InlineData("/etc/hostname")]
    public async Task A_path_elsewhere_is_told_where_secrets_are_read_whether_it_is_there_or_not(string path) =>
        (await RefusedAsync(path)).Message.ShouldBe(
            $"The file {path} is not read: only files below {_root} are; move it there, or start the controller with --secrets FOLDER (RECONCILER_SECRETS).");

    [Fact]
    public async Task A_folder_of_secrets_that_is_not_there_is_named()
    {
        Directory.Delete(_root);
        (await RefusedAsync("a")).Message.ShouldBe(
            $"The folder {_root}, below which secrets are read, does not exist; make it, or start the controller with --secrets FOLDER (RECONCILER_SECRETS).");
    }

    [Fact]
    public async Task A_link_within_the_folder_is_followed()
    {
        Write("a");
        File.CreateSymbolicLink(Path.Combine(_root, "link"), "./a");
        (await ReadAsync("link")).RevealText().ShouldBe("hunter2");
    }

    [Fact]
    public async Task What_is_not_there_is_missing_and_a_folder_is_no_secret()
    {
        Directory.CreateDirectory(Path.Combine(_root, "folder"));
        File.CreateSymbolicLink(Path.Combine(_root, "round"), "round");
        (await RefusedAsync("none")).Reason.ShouldBe(SecretFaultReason.Missing);
        (await RefusedAsync("folder")).Reason.ShouldBe(SecretFaultReason.Refused);
        (await RefusedAsync("round")).Reason.ShouldBe(SecretFaultReason.Unreachable);
    }
}
