using System.CommandLine;
using Reconciler.Documents.Contracts;
using Reconciler.Importing;
using Reconciler.Remote;

namespace Reconciler.Cli;

/// <summary><c>import</c>: a first set of documents from a server that people set up by hand (seeds/000).</summary>
internal static class ImportCommand
{
    public static Command Create(SettingsOptions settings)
    {
        var server = new Argument<string>("server") { Description = "its name in servers.yaml; it must be enrolled" };
        var address =
            new Option<string>("--address") { Description = "[LOGIN@]ADDRESS; the login is that of `enroll` (reconciler)",
                Required = true };
        var hostKey = new Option<string?>("--host-key")
        {
            Description = "the server's public host key, `ssh-ed25519 AAAA...`; without it the user's known_hosts must have it",
        };
        var port = new Option<int>("--port") { Description = "port of sshd (22)", DefaultValueFactory = _ => 22 };
        var environment =
            new Option<string>("--environment") { Description =
                "folder of the environment in the documents, as production", Required = true };
        var application =
            new Option<string>("--application") { Description = "folder of the application in the documents", Required = true };
        var path = new Option<string?>("--path") { Description = "its checkout on the server, where there are several" };
        var user = new Option<string?>("--user") { Description = "whose processes it has, where there are several users" };
        var into = new Option<string>("--into") { Description = "folder to write the documents to; nothing in "
            + "it is overwritten", Required = true };
        var command = new Command("import",
            "Looks at an enrolled server that was set up by hand, and writes a first set of documents about one Django "
                + "application on it. "
            + "Changes nothing on the server; of secrets only the names of keys are read.")
        {
            server, address, hostKey, port, environment, application, path, user, into,
        };
        command.SetAction((parsed, cancellation) => Failures.ToExitCodeAsync(async () =>
        {
            var (login, host) = parsed.GetValue(address)!.Split('@') switch
            {
                [var only] => ("reconciler", only),
                [var before, var after] => (before, after),
                _ => throw new UsageException("--address wants ADDRESS or LOGIN@ADDRESS"),
            };
            Require(Form.Name, "the server", parsed.GetValue(server)!);
            Require(Form.Address, "--address", host);
            Require(Form.User, "--address", login);
            Require(Form.Name, "--environment", parsed.GetValue(environment)!);
            Require(Form.Name, "--application", parsed.GetValue(application)!);
            if (parsed.GetValue(environment) is "base" || parsed.GetValue(application) is "host" or "base")
                throw new UsageException("`base` and `host` are folders of the desired state itself: choose another name");
            var request =
                new ImportRequest(parsed.GetValue(environment)!, parsed.GetValue(application)!, parsed.GetValue(server)!, host,
                EnrollCommand.HostKey(parsed.GetValue(hostKey)))
            {
                Port = parsed.GetValue(port),
                Login = login,
                Path = Plain(parsed.GetValue(path), Form.FilePath, "--path"),
                User = Plain(parsed.GetValue(user), Form.User, "--user"),
            };
            var import = await ServerImport.LookAsync(request, settings.Identity(parsed), settings.Secrets(parsed), cancellation);
            ImportedFolder.Write(parsed.GetValue(into)!, import);
            new ImportText(Console.Out, request, parsed.GetValue(into)!).Write(import);
            return ExitCode.Done;
        }));
        return command;
    }

    private static string? Plain(string? text, Form form, string option)
    {
        if (text is not null)
            Require(form, option, text);
        return text;
    }

    private static void Require(Form form, string what, string text)
    {
        if (Forms.Of(form).Judge(text) is { } fault)
            throw new UsageException($"{what}: `{text}` {fault}; it must be {Forms.Of(form).Allowed}");
    }
}

/// <summary>Both looks at the server, and what they come to.</summary>
internal static class ServerImport
{
    /// <exception cref="ImportException">Too little was found, or too much.</exception>
    /// <exception cref="SessionException">The login is not let in.</exception>
    public static async Task<Import> LookAsync(ImportRequest request, string? identity, string secrets,
        CancellationToken cancellation)
    {
        var sockets = Directory.CreateTempSubdirectory("reconciler-import-").FullName;
        try
        {
            await using var sessions = new SshServerSessions(new SshOptions(sockets), TimeProvider.System);
            var session =
                sessions.For(new ServerAddress(request.Server, request.Address, request.Login, request.HostKey is { } key
                    ? [key] : [])
            {
                Port = request.Port,
                IdentityFile = identity,
            });
            string NotEnrolled(string why) => $"{why}. Is {session.Server} enrolled (`reconciler enroll`)?";
            var server = FirstLook.Read(await AskAsync(session, FirstLook.Probe, NotEnrolled, cancellation));
            var candidate = Candidate.Of(request, server);
            var seen = SecondLook.Read(await AskAsync(session,
                SecondLook.Of(candidate.User, candidate.Folders, candidate.Virtualenvs),
                why => LoginRefusal.Of(request, candidate.User, why), cancellation));
            var found = Analysis.Of(request, server, candidate, seen);
            var page = FrontPage.Of(found) is { } front
                ? FrontPage.StatusIn(await AskAsync(session, front, NotEnrolled, cancellation)) : null;
            return Import.Of(found, page, secrets);
        }
        finally
        {
            Directory.Delete(sockets, recursive: true);
        }
    }

    private static async Task<string> AskAsync(IServerSession session, Model.Probe probe, Func<string, string> why,
        CancellationToken cancellation) =>
        (await ServerProbes.AskAsync(session, [probe], cancellation))[0] switch
        {
            ProbeAnswer.Output(var text) => text,
            ProbeAnswer.Missing(var said) => throw new ImportException(why(said)),
            _ => throw new InvalidOperationException(),
        };
}
