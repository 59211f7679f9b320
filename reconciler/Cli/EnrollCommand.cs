using System.CommandLine;
using Reconciler.Documents.Contracts;
using Reconciler.Remote;

namespace Reconciler.Cli;

/// <summary><c>enroll</c>: makes a server manageable through an administrator's login.</summary>
internal static class EnrollCommand
{
    public static Command Create(SettingsOptions settings)
    {
        var name = new Argument<string>("server") { Description = "its name in servers.yaml" };
        var admin = new Option<string>("--admin") { Description = "LOGIN@ADDRESS of somebody who may sudo there", Required = true };
        var key = new Option<string?>("--admin-key") { Description = "private key of that login" };
        var hostKey = new Option<string?>("--host-key")
        {
            Description = "the server's public host key, `ssh-ed25519 AAAA...`; without it the user's known_hosts must have it",
        };
        var port = new Option<int?>("--port") { Description = "port of sshd" };
        var publicKey = new Option<string[]>("--public-key") { Description = "file with the controller's public key", Required = true };
        var role = new Option<string[]>("--role") { Description = "a role of the server, as web; for the line that is printed" };
        var root = new Option<string[]>("--root")
        {
            Description = "one more folder at and below which the runner may place things; repeatable, and kept by later enrolling",
        };
        var link = new Option<string[]>("--link")
        {
            Description = "one more path, outside of those folders, at which a link may be placed, as /cnhome; repeatable, and kept",
        };
        var command = new Command("enroll", "Makes a server manageable: login, runner and its sudo rule; prints the line for servers.yaml.")
        {
            name, admin, key, hostKey, port, publicKey, role, root, link,
        };
        command.SetAction((parsed, cancellation) => Failures.ToExitCodeAsync(async () =>
        {
            if (parsed.GetValue(admin)!.Split('@') is not [var login, var address])
                throw new UsageException("--admin wants LOGIN@ADDRESS");
            var keys = new List<string>();
            foreach (var file in parsed.GetValue(publicKey)!)
                keys.Add(await PublicKeyFile.ReadAsync(file, cancellation));
            var server = new ServerAddress(parsed.GetValue(name)!, address, login, HostKey(parsed.GetValue(hostKey)) is { } pinned ? [pinned] : [])
            {
                Port = parsed.GetValue(port),
                IdentityFile = parsed.GetValue(key),
            };
            var request = new EnrollmentRequest(server, keys)
            {
                Roles = parsed.GetValue(role) ?? [],
                MoreRoots = parsed.GetValue(root) ?? [],
                MoreLinks = parsed.GetValue(link) ?? [],
            };
            void Say(string line) => Console.Error.WriteLine($"{server.Name}: {line}");
            // Of its own and nobody else's to make: the pinned host key lies there as well.
            var sockets = Directory.CreateTempSubdirectory("reconciler-enroll-").FullName;
            try
            {
                await using var sessions = new SshServerSessions(new SshOptions(sockets), TimeProvider.System);
                Console.Out.WriteLine(await new Enrollment(sessions).EnrollAsync(request, Say, cancellation));
                return ExitCode.Done;
            }
            finally
            {
                Directory.Delete(sockets, recursive: true);
            }
        }));
        return command;
    }

    /// <summary><c>sudoers</c>: all that the login may do on a server, to be read before anybody enrolls one.</summary>
    public static Command Sudoers()
    {
        var login = new Option<string>("--login") { Description = "on the servers (reconciler)", DefaultValueFactory = _ => EnrollmentRequest.DefaultLogin };
        var runner = new Option<bool>("--runner") { Description = "print the runner instead, the one file that the rule names" };
        var command = new Command("sudoers", "Prints the sudo rule that enrolling writes: the only one that the login on a server has.") { login, runner };
        command.SetAction((parsed, _) => Failures.ToExitCodeAsync(() =>
        {
            if (Forms.Of(Form.User).Judge(parsed.GetValue(login)!) is not null)
                throw new UsageException($"--login must be {Forms.Of(Form.User).Allowed}");
            Console.Out.Write(parsed.GetValue(runner) ? System.Text.Encoding.UTF8.GetString(RunnerFile.Content.Span)
                : $"{RunnerFile.RuleFor(parsed.GetValue(login)!)}\n");
            return Task.FromResult(ExitCode.Done);
        }));
        return command;
    }

    /// <summary>Not repeated when it is none: it may be anything, a private key too.</summary>
    internal static string? HostKey(string? text)
    {
        if (text is null)
            return null;
        var form = Forms.Of(Form.HostKey);
        var key = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(2));
        return form.Judge(key) is { } fault
            ? throw new UsageException($"what --host-key was given {fault}: it must be {form.Allowed}, in one argument; "
                + "`cat /etc/ssh/ssh_host_ed25519_key.pub` on the server's console shows it")
            : key;
    }
}
