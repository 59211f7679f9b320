using System.Globalization;
using Reconciler.Model;

namespace Reconciler.Resources.Code;

/// <summary>A process of the application's user that was not started for a service, as far as could be seen from here.</summary>
/// <param name="Since">By the server's clock.</param>
/// <param name="Told">Null until its own user was asked, who alone may look.</param>
internal sealed record UserProcess(long Pid, long Parent, long Ticks, DateTimeOffset Since, UserProcessWords? Told)
{
    public bool IsKnown => Told is not null;
}

/// <param name="Program">The file that it runs: the interpreter of a script.</param>
/// <param name="Folder">The one that it works in.</param>
/// <param name="Command">Its words, cut; passwords among them are not kept.</param>
internal sealed record UserProcessWords(string Program, string Folder, string Command)
{
    public bool IsPython => Path.GetFileName(Program).StartsWith("python", StringComparison.Ordinal);
}

/// <summary>
/// What runs as the application's user. One small program lists it; what a service was started as, or what stands below that or below a
/// supervisord, is left out by what the shell reads of it. Of the rest, each is asked once, as its user, what it is.
/// </summary>
internal static class UserProcesses
{
    // A management command that somebody runs is over by then.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(20);

    public static string Script(string user) => $$"""
        read -r up rest </proc/uptime && echo "uptime ${up%%.*}"
        for n in /var/lib/reconciler/server/started/*; do
        while read -r w q t; do [ "$w" = pid ] && echo "noted $q $t"; done <"$n"; done
        for q in $(find /proc -maxdepth 1 -user {{Shell.Quote(user)}} -name '[1-9]*' -printf '%f\n'); do
        read -r s <"/proc/$q/stat" || continue
        echo "process $s"
        set -- ${s##*) }
        read -r s <"/proc/$2/comm" && echo "parent $2 $s"
        done
        """;

    /// <summary>Those that belong to no start that we know of; with what was told of each before.</summary>
    /// <param name="now">The server's clock, seconds since 1970.</param>
    public static IReadOnlyList<UserProcess> Read(IReadOnlyCollection<string> lines, IReadOnlyList<UserProcess> last, long now) => [.. All(lines, last, now).Where(IsSettled(now))];

    /// <summary>One has begun so lately that it does not count yet, and soon will.</summary>
    public static bool AnyYoung(IReadOnlyCollection<string> lines, long now) => !All(lines, [], now).All(IsSettled(now));

    private static Func<UserProcess, bool> IsSettled(long now) => process => now - process.Since.ToUnixTimeSeconds() >= Settled.TotalSeconds;

    private static List<UserProcess> All(IReadOnlyCollection<string> lines, IReadOnlyList<UserProcess> last, long now)
    {
        var words = lines.Select(line => line.Split(' ')).ToList();
        if (!long.TryParse(words.Find(word => word is ["uptime", _])?[1], CultureInfo.InvariantCulture, out var up))
            return [];
        var noted = words.Where(word => word is ["noted", _, _]).Select(word => (word[1], word[2])).ToHashSet();
        var supervisors = words.Where(word => word is ["parent", _, "supervisord"]).Select(word => word[1]).ToHashSet();
        var all = lines.Where(line => line.StartsWith("process ", StringComparison.Ordinal)).Select(line => Parse(line[8..]))
            .OfType<(long Pid, long Parent, long Ticks, string Name)>().DistinctBy(process => process.Pid).ToDictionary(process =>
                process.Pid);
        bool IsService((long Pid, long Parent, long Ticks, string Name) one) =>
            one.Name == "supervisord" || noted.Contains(($"{one.Pid}", $"{one.Ticks}")) || supervisors.Contains($"{one.Parent}");
        bool IsOfService(long pid) => Upwards(all, pid).Any(IsService);
        var told = last.Where(before => before.Told is not null).ToDictionary(before => (before.Pid, before.Ticks), before => before.Told);
        // A worker that its master has started anew is what the master is, and asking costs another round trip.
        UserProcessWords? ToldOf((long Pid, long Parent, long Ticks, string Name) one) =>
            told.GetValueOrDefault((one.Pid, one.Ticks))
            ?? (all.TryGetValue(one.Parent, out var master) && told.GetValueOrDefault((master.Pid, master.Ticks)) is
                { IsPython: true } words ? words : null);
        return
        [
            .. all.Values.Where(one => !IsOfService(one.Pid)).Select(one =>
                new UserProcess(one.Pid, one.Parent, one.Ticks, DateTimeOffset.FromUnixTimeSeconds(now - up + (one.Ticks / 100)),
                    ToldOf(one))),
        ];
    }

    /// <summary>As the user, through the runner: nobody else may look.</summary>
    public static string Ask(IEnumerable<UserProcess> processes) => string.Concat(processes.Where(process => !process.IsKnown)
        .Select(process =>
        $"""
        printf 'program {process.Pid} %s\n' "$(readlink /proc/{process.Pid}/exe)"
        printf 'folder {process.Pid} %s\n' "$(readlink /proc/{process.Pid}/cwd)"
        printf 'command {process.Pid} %s\n' "$(head -c 1000 /proc/{process.Pid}/cmdline | tr '\0\n' '  ')"

        """));

    public static IReadOnlyList<UserProcess> Told(IReadOnlyCollection<string> lines, IReadOnlyList<UserProcess> processes)
    {
        string Said(string word, long pid) =>
            lines.FirstOrDefault(line => line.StartsWith($"{word} {pid} ", StringComparison.Ordinal))?[$"{word} {pid} ".Length..] ?? "";
        return
        [
            .. processes.Select(process => process.IsKnown ? process : process with
            {
                Told = new(Said("program", process.Pid), Said("folder", process.Pid), CommandWords.Shown(Said("command", process.Pid))),
            }),
        ];
    }

    private static IEnumerable<T> Upwards<T>(Dictionary<long, T> all, long pid) where T : struct, System.Runtime.CompilerServices.ITuple
    {
        for (var steps = 0; steps < 64 && all.TryGetValue(pid, out var one); steps++, pid = (long)one[1]!)
            yield return one;
    }

    /// <summary>
    /// A line of /proc/PID/stat (proc(5)): the second field is a name in parentheses that may itself hold blanks and parentheses.
    /// </summary>
    private static (long Pid, long Parent, long Ticks, string Name)? Parse(string stat)
    {
        var (open, close) = (stat.IndexOf('('), stat.LastIndexOf(')'));
        if (open < 0 || close < open)
            return null;
        var fields = stat[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields is [not ("Z" or "X"), ..] && fields.Length > 19 && long.TryParse(stat[..open], CultureInfo.InvariantCulture,
            out var pid)
            && long.TryParse(fields[1], CultureInfo.InvariantCulture, out var parent)
            && long.TryParse(fields[19], CultureInfo.InvariantCulture, out var ticks)
                ? (pid, parent, ticks, stat[(open + 1)..close])
                : null;
    }
}
