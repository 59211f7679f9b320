using System.Text;

namespace Reconciler.Remote;

/// <summary>What the OpenSSH client says when it gives up, as a reason and a sentence that says what to do (messages of OpenSSH 8 to 10).</summary>
internal static class SshFault
{
    private static readonly (string Says, SessionFailure Failure, string Sentence)[] Known =
    [
        ("REMOTE HOST IDENTIFICATION HAS CHANGED", SessionFailure.HostKeyChanged,
            "its host key is not the pinned one: nothing was sent. If the server was rebuilt, check the new key on its console and change hostKey in servers.yaml"),
        ("host key is known for", SessionFailure.HostKeyUnknown,
            "no host key of it is known: read it on its console (/etc/ssh/ssh_host_ed25519_key.pub), and give it to enroll as --host-key, to everything else as hostKey in servers.yaml"),
        ("No matching host key", SessionFailure.HostKeyUnknown, "it offers no host key of the pinned type: pin one that it has"),
        ("no matching host key type", SessionFailure.HostKeyUnknown, "it offers no host key of the pinned type: pin one that it has"),
        ("Host key verification failed", SessionFailure.HostKeyUnknown, "its host key could not be verified: check hostKey in servers.yaml, for enroll --host-key"),
        ("Permission denied", SessionFailure.PermissionDenied,
            "it does not accept the login: check the user name, that the controller's public key is in its authorized_keys, and that the key or agent is at hand"),
        ("Too many authentication failures", SessionFailure.PermissionDenied, "too many keys were offered: name one with an identity file"),
        ("Connection refused", SessionFailure.Refused, "it refuses connections on the ssh port: is sshd running, is the port right"),
        ("Could not resolve hostname", SessionFailure.NameNotResolved, "its name cannot be resolved: check address in servers.yaml, and DNS"),
        ("timed out", SessionFailure.TimedOut, "it did not answer in time: is it up, is a firewall in between"),
        ("No route to host", SessionFailure.Unreachable, "there is no route to it: is it up, is a firewall in between"),
        ("Network is unreachable", SessionFailure.Unreachable, "the network to it is not reachable"),
        ("kex_exchange_identification", SessionFailure.Refused, "it closed the connection before the login: too many logins at once (MaxStartups), or a ban"),
        ("Connection reset", SessionFailure.Lost, "the connection was reset"),
        ("Connection closed", SessionFailure.Lost, "the connection was closed by the other side"),
        ("Broken pipe", SessionFailure.Lost, "the connection broke"),
        ("not responding", SessionFailure.Lost, "it no longer answers"),
        ("This account is currently not available", SessionFailure.ShellEndedEarly, "the login has no shell: give it /bin/sh or /bin/bash"),
    ];

    /// <summary>For a session that ended before its loop was ready.</summary>
    public static SessionException BeforeReady(ServerAddress server, int exitCode, string standardError, ReadOnlySpan<byte> output)
    {
        var said = standardError + "\n" + Encoding.UTF8.GetString(output);
        foreach (var (says, failure, sentence) in Known)
        {
            if (said.Contains(says, StringComparison.Ordinal))
                return new(failure, $"{server}: {sentence}");
        }
        return exitCode == 255
            ? new(SessionFailure.Unreachable, $"{server}: ssh gave up{Quoted(standardError)}")
            : new(SessionFailure.ShellEndedEarly,
                $"{server}: the login shell ended with exit code {exitCode} before anything ran{Quoted(standardError)}: " +
                "look for an exit in ~/.bashrc, ~/.profile or /etc/profile of that login, and for a forced command or ForceCommand");
    }

    /// <summary>For a session that ended in the middle of a request.</summary>
    public static SessionException Lost(ServerAddress server, string standardError, ReadOnlyMemory<byte> partial) =>
        new(SessionFailure.Lost, $"{server}: the connection was lost before the answer was complete{Quoted(standardError)}") { Sent = true, Partial = partial };

    // What a server says goes into one line of a log: no control characters, and not much of it.
    private static string Quoted(string text)
    {
        var line = string.Concat(text.Trim().Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length == 0 ? "" : $" (\"{(line.Length > 200 ? line[..200] + "..." : line)}\")";
    }
}
