using Reconciler.Remote;

namespace Reconciler.Tests.Remote;

public sealed class SshArgumentsTests
{
    private static readonly ServerAddress Server = new("web1", "10.0.0.1", "reconciler", ["ssh-ed25519 AAAA"]) { Port = 2222, IdentityFile = "/keys/a b" };

    [Fact]
    public void Nothing_is_forwarded_asked_or_trusted()
    {
        var arguments = SshArguments.For(Server, new SshOptions("/run/x"), "/run/x/web1.known_hosts", "the command");
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
