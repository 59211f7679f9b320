using System.Diagnostics;
using Reconciler.Remote;

namespace Reconciler.Tests.Remote;

public sealed class SshArgumentsTests
{
    private static readonly ServerAddress Server = new("web1", "10.0.0.1", "reconciler", ["ssh-ed25519 AAAA"]) { Port = 2222, IdentityFile = "/keys/a b" };

    [Fact]
    public void Nothing_is_forwarded_asked_or_trusted()
    {
        var folder = Directory.CreateTempSubdirectory("reconciler-ssh-").FullName;
        var arguments = SshArguments.For(Server, new SshOptions(folder), "/run/x/web1.known_hosts", "the command");
        Directory.Delete(folder, recursive: true);
        foreach (var option in new[] { "BatchMode=yes", "StrictHostKeyChecking=yes", "ForwardAgent=no", "ForwardX11=no", "ClearAllForwardings=yes", "ControlPath=none",
            "UserKnownHostsFile=/run/x/web1.known_hosts", "GlobalKnownHostsFile=/dev/null", "HostKeyAlias=web1", "UpdateHostKeys=no", "IdentitiesOnly=yes" })
            arguments.ShouldContain(option);
        arguments.TakeLast(3).ShouldBe(["--", "10.0.0.1", "the command"]);
        arguments.ShouldContain("/keys/a b");
    }

    [Fact]
    public void Pinned_keys_stand_in_a_file_in_a_folder_of_our_own()
    {
        var folder = Directory.CreateTempSubdirectory("reconciler-ssh-").FullName;
        var path = SshArguments.WriteKnownHosts(Server with { HostKeys = ["ssh-ed25519 AAAA", "ssh-rsa BBBB\nevil ssh-rsa CCCC"] }, new SshOptions($"{folder}/new"))!;
        File.ReadAllText(path).ShouldBe("web1 ssh-ed25519 AAAA\nweb1 ssh-rsa BBBB evil ssh-rsa CCCC\n");
        File.GetUnixFileMode($"{folder}/new").ShouldBe((UnixFileMode)0b111_000_000);
        SshArguments.WriteKnownHosts(Server with { HostKeys = [] }, new SshOptions(folder)).ShouldBeNull();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("", "curve25519-sha256,", "yes")]
    [InlineData("KexAlgorithms ecdh-sha2-nistp384\nHashKnownHosts no\n", "ecdh-sha2-nistp384", "no")]
    [InlineData("Host web1 10.*\n  KexAlgorithms ecdh-sha2-nistp384\n", "ecdh-sha2-nistp384", "yes")]
    [InlineData("Host other\n  KexAlgorithms ecdh-sha2-nistp384\n", "curve25519-sha256,", "yes")]
    public async Task The_cheaper_key_exchange_is_asked_for_where_neither_the_user_nor_the_system_asks_for_another(string own, string exchange, string hashes)
    {
        var folder = Directory.CreateTempSubdirectory("reconciler-ssh-").FullName;
        foreach (var (name, text) in new[] { ("own", own), ("system", "HashKnownHosts yes\n"), ("config", SshConfig.Text($"{folder}/own", $"{folder}/system")) })
            await File.WriteAllTextAsync(Path.Combine(folder, name), text, TestContext.Current.CancellationToken);

        using var ssh = Process.Start(new ProcessStartInfo("ssh", ["-G", "-F", $"{folder}/config", "10.0.0.1"]) { RedirectStandardOutput = true })!;
        var asked = await ssh.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        asked.ShouldContain($"\nkexalgorithms {exchange}");
        asked.ShouldContain($"\nhashknownhosts {hashes}");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Every_call_reads_the_users_configuration_first()
    {
        var folder = Directory.CreateTempSubdirectory("reconciler-ssh-").FullName;
        foreach (var arguments in new[] { SshArguments.For(Server, new SshOptions(folder), null, "x"), SshArguments.ToPort(Server, new SshOptions(folder), null, 5432) })
            arguments.Take(2).ShouldBe(["-F", $"{folder}/config"]);
        File.ReadAllLines($"{folder}/config").ShouldBe(["Include ~/.ssh/config", "Include /etc/ssh/ssh_config", "KexAlgorithms ^curve25519-sha256"]);
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(255, "@@@\n@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.\n", SessionFailure.HostKeyChanged, false)]
    [InlineData(255, "No ED25519 host key is known for web1 and you have requested strict checking.\nHost key verification failed.\n", SessionFailure.HostKeyUnknown, false)]
    [InlineData(255, "me@10.0.0.1: Permission denied (publickey).\n", SessionFailure.PermissionDenied, false)]
    [InlineData(255, "ssh: connect to host 10.0.0.1 port 22: Connection refused\n", SessionFailure.Refused, true)]
    [InlineData(255, "ssh: connect to host 10.0.0.1 port 22: Connection timed out\n", SessionFailure.TimedOut, true)]
    [InlineData(255, "ssh: connect to host 10.0.0.1 port 22: No route to host\n", SessionFailure.Unreachable, true)]
    [InlineData(255, "ssh: Could not resolve hostname web1: Name or service not known\n", SessionFailure.NameNotResolved, true)]
    [InlineData(255, "kex_exchange_identification: Connection closed by remote host\n", SessionFailure.Refused, true)]
    [InlineData(0, "", SessionFailure.ShellEndedEarly, false)]
    [InlineData(255, "something new\u001b[31m\r\n", SessionFailure.Unreachable, true)]
    public void What_ssh_says_becomes_a_reason(int exitCode, string says, object failure, bool worthRetrying)
    {
        var fault = SshFault.BeforeReady(Server, exitCode, says, []);
        (fault.Failure, fault.WorthRetrying, fault.Sent).ShouldBe(((SessionFailure)failure, worthRetrying, false));
        fault.Message.ShouldStartWith("web1 (reconciler@10.0.0.1:2222): ");
        fault.Message.Any(char.IsControl).ShouldBeFalse();
    }
}
