using System.Diagnostics;
using Reconciler.Cli;
using Reconciler.Cli.Doctor;
using Reconciler.Journaling;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Cli.Doctor;

/// <summary>This machine, with a key, secrets and a state folder of a test.</summary>
public sealed class ControllerChecksTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<Finding> LookAsync(string subject)
    {
        var settings = new ControllerSettings("git@git.example:state.git", "main", "", _folder.In("state"), _folder.In("key"),
            _folder.In("secrets"),
            AllowLocalRepositories: false, TimeSpan.FromSeconds(60));
        var findings = await new ControllerChecks(settings, TimeProvider.System).LookAsync(TestContext.Current.CancellationToken);
        return findings.Last(finding => finding.Subject == subject);
    }

    private void MakeKey(string passphrase = "") =>
        Process.Start("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-f", _folder.In("key")]).WaitForExit();

    private string Write(string name, UnixFileMode mode, string text = "")
    {
        var file = _folder.In(name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        File.SetUnixFileMode(file, mode);
        return file;
    }

    [Theory]
    [InlineData("git")]
    [InlineData("ssh")]
    [InlineData("sqlite")]
    public async Task The_programs_are_there_and_their_versions_are_understood(string subject) =>
        (await LookAsync(subject)).ShouldSatisfyAllConditions(
            found => found.Level.ShouldBe(Level.Ok),
            found => found.Message.ShouldMatch(@"^version \d+\.\d+"));

    [Fact]
    public async Task A_key_that_works_is_one_without_passphrase_that_only_its_owner_reads()
    {
        (await LookAsync("key")).Fix.ShouldBe($"ssh-keygen -t ed25519 -N '' -f {_folder.In("key")}");
        MakeKey();
        (await LookAsync("key")).Level.ShouldBe(Level.Ok);
        File.SetUnixFileMode(_folder.In("key"), Private | UnixFileMode.OtherRead);
        (await LookAsync("key")).ShouldBe(
            Finding.Fail("key", $"{_folder.In("key")} may be read by others (mode 0604), which ssh refuses",
                $"chmod 600 {_folder.In("key")}"));
    }

    [Fact]
    public async Task A_key_with_a_passphrase_is_no_use_to_a_daemon()
    {
        MakeKey("secret");

        (await LookAsync("key")).Message.ShouldEndWith("has a passphrase, which nobody is there to type");
    }

    [Fact]
    public async Task A_file_that_is_no_key_is_named()
    {
        Write("key", Private, "hello");

        (await LookAsync("key")).Message.ShouldEndWith("is no private key");
    }

    [Fact]
    public async Task Secrets_that_others_may_read_are_named_with_the_command_that_mends_them()
    {
        (await LookAsync("secrets")).Level.ShouldBe(Level.Warn);
        Write("secrets/good.json", Private);
        (await LookAsync("secrets")).Message.ShouldStartWith("1 file(s) below ");
        var bad = Write("secrets/site/bad.json", Private | UnixFileMode.GroupRead);
        (await LookAsync("secrets")).ShouldBe(Finding.Fail("secrets", "1 file(s) may be read by others, and are refused",
            $"chmod 600 {bad}"));
        File.SetUnixFileMode(_folder.In("secrets"), (UnixFileMode)0b111_111_111);
        (await LookAsync("secrets")).Fix.ShouldBe($"chmod 700 {_folder.In("secrets")}");
    }

    [Fact]
    public async Task Up_to_ten_open_secrets_are_named_and_then_how_many_more()
    {
        var open = Enumerable.Range(1, 10).Select(number => Write($"secrets/{number:00}.json", Private | UnixFileMode.OtherRead)).ToList();
        (await LookAsync("secrets")).Fix.ShouldBe($"chmod 600 {string.Join(' ', open)}");

        Write("secrets/11.json", Private | UnixFileMode.OtherRead);
        Write("secrets/12.json", Private | UnixFileMode.OtherRead);

        (await LookAsync("secrets")).ShouldBe(Finding.Fail("secrets", "12 file(s) may be read by others, and are refused",
            $"chmod 600 {string.Join(' ', open)} (and 2 more)"));
    }

    [Fact]
    public async Task Secrets_of_another_user_are_said_besides()
    {
        var file = Write("secrets/site.json", Private | UnixFileMode.OtherRead);
        Process.Start("chown", ["12345", file]).WaitForExit();

        (await LookAsync("secrets")).ShouldBe(Finding.Fail("secrets",
            "1 file(s) may be read by others, and are refused; 1 file(s) belong to another user than the controller's",
            $"chown --reference={_folder.In("secrets")} {file}; chmod 600 {file}"));
    }

    [Fact]
    public async Task Who_holds_the_ledger_is_said()
    {
        (await LookAsync("ledger")).Level.ShouldBe(Level.Warn);
        using (SqliteLedger.OpenForWriting(_folder.In("state"), TimeProvider.System, LedgerHolder.Watch))
        {
            (await LookAsync("ledger")).Level.ShouldBe(Level.Ok);
            (await LookAsync("at work")).ShouldSatisfyAllConditions(
                found => found.Level.ShouldBe(Level.Ok), found =>
                    found.Message.ShouldStartWith($"`watch`, process {Environment.ProcessId} on "));
        }
        (await LookAsync("at work")).Level.ShouldBe(Level.Warn);
    }

    [Fact]
    public async Task A_ledger_that_is_none_is_said()
    {
        Write("state/ledger.db", Private, new string('x', 5000));

        (await LookAsync("ledger")).Level.ShouldBe(Level.Fail);
    }

    [Fact]
    public async Task A_state_folder_of_another_user_is_said_with_how_to_ask_as_that_user()
    {
        Directory.CreateDirectory(_folder.In("state"));
        Process.Start("chown", ["12345", _folder.In("state")]).WaitForExit();

        (await LookAsync("ledger")).ShouldBe(Finding.Fail("ledger", $"{_folder.In("state")} belongs to the user with number 12345",
            "ask as that user: sudo -u '#12345' reconciler doctor"));
    }

    [Fact]
    public async Task Room_on_the_disk_is_counted() => (await LookAsync("disk")).Message.ShouldContain(" MiB are free for ");
}
