using Reconciler.Model;

namespace Reconciler.Importing;

/// <summary>
/// What everybody on the server may see: its configuration of supervisor, nginx and systemd, cron jobs, processes, packages. Of
/// cron jobs
/// nothing leaves the server that <see cref="CronJobs.Mask"/> takes for a secret.
/// </summary>
internal static class FirstLook
{
    /// <summary>Longer files are cut, and then not imported: they are not what a person wrote for one site.</summary>
    public const int MostBytes = 64 * 1024;

    public static Probe Probe { get; } = new(
        $$"""
        text() {
        [ -f "$1" ] || return 0
        if [ ! -r "$1" ]; then echo "unread $1"; return; fi
        [ "$(wc -c <"$1")" -le {{MostBytes}} ] || { echo "long $1"; return; }
        [ ! -h "$1" ] || echo "link $1 $(readlink -f -- "$1")"
        echo "mode $1 $(stat -L -c '%a %U %G' -- "$1")"
        echo "file $1"
        sed 's/^/| /' <"$1"
        echo
        [ -z "$(tail -c 1 -- "$1")" ] || echo noeol
        }
        . /etc/os-release && echo "os $PRETTY_NAME"
        for f in /etc/supervisor/conf.d/*.conf /etc/supervisord.d/*.ini /etc/nginx/sites-enabled/* /etc/nginx/conf.d/*.conf; do text "$f"; done
        for i in $(sed -n 's/^[^#]*\binclude[[:space:]][[:space:]]*\([^;]*\);.*/\1/p' /etc/nginx/sites-enabled/* /etc/nginx/conf.d/*.conf | tr -d "\"'" | sort -u); do
        case $i in /*) ;; *) i=/etc/nginx/$i;; esac
        for f in $i; do text "$f"; done
        done
        text /etc/nginx/nginx.conf
        for f in /etc/systemd/system/*.service /etc/systemd/system/*.socket /etc/systemd/system/*.timer; do [ -h "$f" ] || [ -c "$f" ] || text "$f"; done
        ps -e -ww -o pid=,user:32=,args= | sed 's/^ */process /'
        systemctl list-units --type=service --state=running --no-legend --plain | while read -r unit rest; do echo "running $unit"; done
        apt-mark showmanual | sed 's/^/package /'
        for f in /etc/crontab /etc/cron.d/*; do
        [ ! -f "$f" ] || [ -r "$f" ] || echo "unread $f"
        [ ! -f "$f" ] || [ ! -r "$f" ] || sed '{{CronJobs.Mask}}' <"$f" | awk -v f="$f" '{ print "cron " f ":" NR " " $0 }'
        done
        [ ! -e /srv/www/tmp/maintenance.html ] || echo 'covered /srv/www/tmp/maintenance.html'
        echo end
        """);

    /// <exception cref="ImportException">The answer is not whole.</exception>
    public static ServerSeen Read(string output)
    {
        if (!output.Split('\n').Contains("end"))
            throw new ImportException("the look at the server was cut off: try again");
        return new ServerSeen(
            Lines.First(output, "os") ?? "an unknown system",
            Lines.Files(output),
            Lines.After(output, "link").Select(line => line.Split(' ', 2)).Where(words => words.Length == 2)
                .ToDictionary(words => words[0], words => words[1]),
            [.. Lines.After(output, "process").Select(Process).OfType<SeenProcess>()],
            [.. Lines.After(output, "running")],
            [.. Lines.After(output, "package")],
            CronJobs.OfSystem(Lines.After(output, "cron")),
            [.. Lines.After(output, "unread"), .. Lines.After(output, "long")])
        {
            CoverFile = Lines.First(output, "covered"),
            Modes = Lines.After(output, "mode").Select(line => line.Split(' ')).Where(words => words.Length == 4)
                .ToDictionary(words => words[0], words => (words[1].PadLeft(4, '0'), words[2], words[3])),
        };
    }

    private static SeenProcess? Process(string line) =>
        line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries) is [var number, var user, var arguments]
            && int.TryParse(number, out var pid)
            ? new(pid, user, arguments)
            : null;
}

/// <param name="Links">Of the files, those that are links: what they lead to.</param>
/// <param name="Running">Units of systemd.</param>
/// <param name="Packages">Those that somebody asked for.</param>
/// <param name="Cron">Of /etc/crontab and /etc/cron.d.</param>
/// <param name="Unread">Files of which the content is not known.</param>
internal sealed record ServerSeen(
    string System,
    IReadOnlyList<SeenFile> Files,
    IReadOnlyDictionary<string, string> Links,
    IReadOnlyList<SeenProcess> Processes,
    IReadOnlyList<string> Running,
    IReadOnlyList<string> Packages,
    IReadOnlyList<CronJob> Cron,
    IReadOnlyList<string> Unread)
{
    public IReadOnlyDictionary<string,
        (string Mode, string Owner, string Group)> Modes { get; init; } = new Dictionary<string, (string, string, string)>();

    /// <summary>The hand-made maintenance page of seeds/000 line 62, where it is up now.</summary>
    public string? CoverFile { get; init; }

    public IEnumerable<SeenFile> FilesIn(params string[] folders) =>
        Files.Where(file => folders.Any(folder => file.Path.StartsWith(folder + "/", StringComparison.Ordinal)));
}

internal sealed record SeenProcess(int Pid, string User, string Arguments);
