using Reconciler.Model;

namespace Reconciler.Remote;

/// <summary>What to make of a server.</summary>
/// <param name="Admin">Who may do anything there by sudo, or is root; its host keys must be given or in known_hosts.</param>
/// <param name="PublicKeys">Lines for authorized_keys: the controller's.</param>
internal sealed record EnrollmentRequest(ServerAddress Admin, IReadOnlyList<string> PublicKeys)
{
    public string Login { get; init; } = DefaultLogin;

    public const string DefaultLogin = "reconciler";

    /// <summary>For the entry in servers.yaml.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Folders beside the usual ones below which the runner may place things.</summary>
    public IReadOnlyList<string> MoreRoots { get; init; } = [];

    /// <summary>Paths outside of those folders at which the runner may place a link.</summary>
    public IReadOnlyList<string> MoreLinks { get; init; } = [];
}

/// <summary>Makes a server manageable through an administrator's login: login, runner, its lists and its sudo rule. Doing it again changes nothing.</summary>
internal sealed class Enrollment(IServerSessions sessions)
{
    /// <param name="progress">One sentence for each thing that was changed or found in place.</param>
    /// <returns>The entry for servers.yaml, with the host key that the server itself has, equal to the one by which it was recognised.</returns>
    /// <exception cref="SessionException">The administrator cannot log in.</exception>
    /// <exception cref="EnrollmentException">The server refuses a part of it; the message says which and why.</exception>
    public async Task<string> EnrollAsync(EnrollmentRequest request, Action<string> progress, CancellationToken cancellation)
    {
        Check(request);
        var session = sessions.For(request.Admin);
        progress($"log in to {request.Admin}");
        // The script goes in on stdin: no argument of sudo's says more than "sh".
        var payload = PayloadContent.Of(EnrollmentScript.For(request));
        var reply = await session.RunAsync(
            new ShellRequest("if [ \"$(id -u)\" = 0 ]; then sh 2>&1; else sudo -n sh 2>&1; fi", TimeSpan.FromMinutes(5)) { Payload = [payload] }, cancellation);
        var lines = reply.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var line in lines.Where(line => line.StartsWith("did: ", StringComparison.Ordinal)))
            progress(line["did: ".Length..]);
        if (reply.ExitCode != 0 || !lines.Contains("enrolled"))
            throw new EnrollmentException(Why(request, reply));
        var hostKey = request.Admin.HostKeys.Count > 0
            ? request.Admin.HostKeys[0]
            : lines.FirstOrDefault(line => line.StartsWith("hostkey: ", StringComparison.Ordinal))?["hostkey: ".Length..];
        return Line(request, hostKey);
    }

    /// <summary>As servers.yaml takes it; a server without a role would be refused there, so that one has to be written in first.</summary>
    internal static string Line(EnrollmentRequest request, string? hostKey)
    {
        var todo = new List<string>();
        if (request.Roles.Count == 0)
            todo.Add("in place of ROLE: web, worker, beat, database");
        if (request.Admin.Port is { } port and not 22)
            todo.Add($"the port goes to environment.yaml: ssh: {{port: {port}}}");
        return $"  {request.Admin.Name}: {{address: {request.Admin.Host}, roles: [{(request.Roles.Count == 0 ? "ROLE" : string.Join(", ", request.Roles))}], "
            + $"hostKey: {Words(hostKey ?? "")}}}{(todo.Count == 0 ? "" : $"    # {string.Join("; ", todo)}")}";
    }

    // Type and key; a comment after them is nothing to pin.
    private static string Words(string key) => string.Join(' ', key.Split(' ').Take(2));

    private static string Why(EnrollmentRequest request, ShellReply reply)
    {
        var text = reply.Text.Trim();
        if (text.Contains("password is required", StringComparison.Ordinal))
            return $"{request.Admin}: sudo wants a password: enroll as root, or as a login with NOPASSWD";
        var last = text.Split('\n').LastOrDefault(line => !line.StartsWith("did: ", StringComparison.Ordinal)) ?? "";
        return $"{request.Admin}: {(last.Length == 0 ? $"enrolling ended with exit code {reply.ExitCode}" : last)}";
    }

    private static void Check(EnrollmentRequest request)
    {
        if (request.PublicKeys.Count == 0)
            throw new EnrollmentException("the controller has no public key to authorise: make one with ssh-keygen -t ed25519");
        if (!request.PublicKeys.All(PublicKey.IsOne))
            throw new EnrollmentException("what is to be authorised is not a public key: one line, TYPE BASE64 COMMENT, as ssh-keygen writes it into FILE.pub");
        if (request.Roles.FirstOrDefault(role => !IsRole(role)) is { } noRole)
            throw new EnrollmentException($"{Shown(noRole)} cannot be a role: a lower-case letter, then lower-case letters, digits or hyphens");
        if (request.MoreRoots.FirstOrDefault(root => !RunnerRoots.MayBe(root)) is { } wrong)
            throw new EnrollmentException($"{Shown(wrong)} cannot be a folder to place things in: an absolute path of at least one folder, without spaces or '..', and not a system folder");
        if (request.MoreLinks.FirstOrDefault(link => !RunnerRoots.MayBe(link)) is { } place)
            throw new EnrollmentException($"{Shown(place)} cannot be a place for a link: an absolute path without spaces or '..', and not a system folder");
        if (request.Login.Length is 0 or > 31 || !request.Login.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_') || !char.IsAsciiLetterLower(request.Login[0]))
            throw new EnrollmentException($"{Shown(request.Login)} cannot be a login: lower-case letters, digits, - and _");
    }

    private static string Shown(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));

    private static bool IsRole(string role) =>
        role.Length is > 0 and <= 63 && char.IsAsciiLetterLower(role[0]) && role.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}

/// <summary>A server could not be enrolled.</summary>
internal sealed class EnrollmentException(string message) : Exception(message);
