using System.Globalization;
using System.Text.RegularExpressions;
using Reconciler.Documents.Kinds;

namespace Reconciler.Importing;

internal enum FoundBy
{
    /// <summary>The system's supervisor.</summary>
    Supervisor,

    /// <summary>A supervisord that the application's user runs.</summary>
    OwnSupervisor,
    Systemd,
}

/// <summary>A process of an application, as its manager's configuration has it.</summary>
/// <param name="Name">The program, or the unit without its suffix.</param>
/// <param name="Line">Where the file begins to speak of it.</param>
/// <param name="User">Null where the file does not say.</param>
internal sealed record FoundService(FoundBy By, string Name, string Command, string File, int Line, string? User,
    string? Directory)
{
    public string From => $"{File}:{Line}";

    public string? Variables { get; init; }

    public TimeSpan? StopTimeout { get; init; }

    /// <summary>
    /// Where systemd listens for it (NAME.socket, as gunicorn's own manual sets it up): a path, or an address with a port.
    /// </summary>
    public string? ListenStream { get; init; }

    /// <summary>It is no service that runs all the time, or not one that documents can name; and what to do.</summary>
    public string? NotExpressible { get; init; }

    /// <summary>From what it runs; null for what does not look like a part of a Django application.</summary>
    public Part? Part => this switch
    {
        _ when ServiceWords.IsWeb(Command) => Documents.Kinds.Part.Web,
        _ when ServiceWords.IsBeat(Command) => Documents.Kinds.Part.Beat,
        _ when ServiceWords.IsWorker(Command) => Documents.Kinds.Part.Worker,
        _ => null,
    };

    public int? Port => ListenStream is null ? ServiceWords.PortOf(Command)
        : int.TryParse(ListenStream.Split(':')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null;

    /// <summary>It listens on that socket, by its command or by systemd's.</summary>
    public bool ListensOn(string socket) => ListenStream == socket || Command.Contains(socket, StringComparison.Ordinal);

    public bool MayListenOnTcp => ListenStream is null ? !Command.Contains("unix:", StringComparison.Ordinal)
        : !ListenStream.StartsWith('/');

    /// <summary>The folder above <c>bin</c> of what it runs.</summary>
    public string? Virtualenv =>
        ServiceWords.VirtualenvOf(Command) ?? (Variables is { } text ? ServiceWords.VirtualenvInPath(text) : null);
}

/// <summary>What command lines of Django's usual servers and workers say.</summary>
internal static partial class ServiceWords
{
    public static bool IsWeb(string command) => Web().IsMatch(command);

    public static bool IsBeat(string command) => Beat().IsMatch(command);

    public static bool IsWorker(string command) => Worker().IsMatch(command);

    public static int? PortOf(string command) =>
        (Bind().Match(command) is { Success: true } bind && int.TryParse(bind.Groups[1].Value, out var port)) ? port
        : IsWeb(command) && command.Contains("gunicorn", StringComparison.Ordinal) && !AnyBind().IsMatch(command) ? 8000
        : null;

    public static string? VirtualenvOf(string command) => InBin().Match(command) is { Success: true } bin
        && !IsOfSystem(bin.Groups[1].Value) ? bin.Groups[1].Value : null;

    public static string? VirtualenvInPath(string variables) =>
        PathVariable().Match(variables) is { Success: true } path && !IsOfSystem(path.Groups[1].Value) ? path.Groups[1]
            .Value : null;

    /// <summary>A name of a variable that may hold a secret.</summary>
    public static bool LooksSecret(string variables) => SecretName().IsMatch(variables) || UserInfo().IsMatch(variables);

    private static bool IsOfSystem(string folder) => folder is "" or "/usr" or "/usr/local";

    [GeneratedRegex(@"\b(gunicorn|uvicorn|daphne|uwsgi|hypercorn|waitress-serve)\b|manage\.py\s+runserver\b")]
    private static partial Regex Web();

    [GeneratedRegex(@"\bcelery\b.*\sbeat\b|\bcelerybeat\b")]
    private static partial Regex Beat();

    [GeneratedRegex(@"\bcelery\b.*\sworker\b|\bceleryd\b|\b(rqworker|qcluster|run_huey|dramatiq|rundramatiq|process_tasks)\b")]
    private static partial Regex Worker();

    [GeneratedRegex(@"(?:(?:^|\s)(?:-b|--bind|-p|--port|--http(?:-socket)?|--socket)[\s=]*|runserver\s+)['""]?(?:[\w.\[\]:*-]*:)?(\d{2,5})\b")]
    private static partial Regex Bind();

    [GeneratedRegex(@"(?:^|\s)(?:-b|--bind|-c|--config)[\s=]")]
    private static partial Regex AnyBind();

    [GeneratedRegex(@"(?:^|\s)(/[^\s'""]*)/bin/(?:python[\d.]*|gunicorn|uvicorn|daphne|uwsgi|celery|hypercorn)\b")]
    private static partial Regex InBin();

    [GeneratedRegex(@"\bPATH=['""]?(/[^:'""\s]*)/bin[:'""\s]")]
    private static partial Regex PathVariable();

    [GeneratedRegex(@"\b\w*(?:SECRET|PASS|TOKEN|KEY|CREDENTIAL|PRIVATE|DSN)\w*\s*=", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"://[^/@\s]*:[^/@\s]*@")]
    private static partial Regex UserInfo();
}
