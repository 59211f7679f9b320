using System.Globalization;
using System.Text;
using Reconciler.Model;

namespace Reconciler.Remote;

/// <summary>
/// Looks at traces with as few processes as can be: one stat for all paths, one find for all trees and all processes of users, one ss for all
/// ports (the kernel walks all its connections for who reads /proc/net/tcp); the rest the shell reads itself. POSIX sh, no interpreter, and nothing is written.
/// </summary>
internal static class TraceScript
{
    private const string Head = "LC_ALL=C PATH=/usr/bin:/bin\nexport LC_ALL PATH\nexec </dev/null\n";
    private const string Same = "same";
    private const string Untraceable = "untraceable";

    /// <summary>Prints the server's time (seconds since 1970), then one line for each thing: what <see cref="Compare"/> is to find again.</summary>
    public static string Learn(Traces traces) => $"{Head}date +%s\n{{\n{Lines(traces)}{Walk(traces, null)}}} 2>&1\n";

    /// <summary>
    /// The time and the lines that <see cref="Learn"/> printed; null when it printed something else, or when something of it cannot be traced there: nginx keeps
    /// its process id elsewhere, there is no ss, the login may not look at a file.
    /// </summary>
    public static (long Time, string Lines)? Learnt(string output) =>
        output.Split('\n', 2) is [var time, var lines] && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && !lines.Split('\n').Any(line => line == Untraceable || (line.StartsWith("stat: ", StringComparison.Ordinal) && line.EndsWith(": Permission denied", StringComparison.Ordinal)))
            ? (seconds, lines.TrimEnd('\n')) : null;

    /// <summary>Prints <c>same</c> when all is as it was learnt, else what there is now.</summary>
    /// <param name="time">Of the learning, by the server's clock: what changed in a tree after it, or in the second before, counts.</param>
    public static string Compare(Traces traces, long time, string lines) =>
        $"{Head}was={Shell.Quote(lines)}\nnow=$({{\n{Lines(traces)}{Walk(traces, time - 1)}}} 2>&1)\n"
        + $"if [ \"$now\" = \"$was\" ]; then echo {Same}; else printf '%s\\n' \"$now\"; fi\n";

    public static bool IsSame(string output) => output.TrimEnd('\n') == Same;

    /// <summary>
    /// A process is told from a later one with its number by the inode of its folder in /proc, which is made for it and lasts as long as it, or until the kernel
    /// forgets it for want of memory: then a thorough look is made for nothing.
    /// </summary>
    private static string Lines(Traces traces)
    {
        var script = new StringBuilder("read -r b </proc/sys/kernel/random/boot_id && echo \"$b\"\n");
        string[] paths = [.. traces.Paths, .. traces.Processes.Select(process => $"/proc/{process}")];
        if (paths.Length > 0)
            script.Append("stat -c '%n %i %s %a %u %g %.9Y %.9Z' -- ").Append(Shell.Join(paths)).Append('\n');
        if (traces.PidFiles.Count > 0)
            script.Append($"for f in {Shell.Join(traces.PidFiles)}; do if read -r q <\"$f\" && [ -r /proc/$q/task/$q/children ]; then read -r c </proc/$q/task/$q/children; echo \"$q $c\"; else echo {Untraceable}; fi; done\n");
        if (traces.Ports.Count > 0)
            script.Append($"command -v ss >/dev/null || echo {Untraceable}\n").Append("for w in $(ss -Hltn '").AppendJoin(" or ", traces.Ports.Select(port => string.Create(CultureInfo.InvariantCulture, $"sport = :{port}")))
                .Append("'); do case $w in *:\\*) ;; *:*) echo \"$w\" ;; esac; done\n");
        return script.ToString();
    }

    /// <summary>One walk: the processes of users, then whatever has changed since in the trees, of which the first will do.</summary>
    /// <param name="since">Null: only the processes.</param>
    private static string Walk(Traces traces, long? since)
    {
        string In(string tree) => Shell.Quote(tree.Replace("[", "\\[", StringComparison.Ordinal) + "/*");
        var (from, tests) = (new List<string>(), new List<string>());
        if (traces.Users.Count > 0)
        {
            from.Add("/proc");
            tests.Add($"-path '/proc/[1-9]*' -prune \\( {string.Join(" -o ", traces.Users.Select(user => $"-user {Shell.Quote(user)}"))} \\) -printf '%f '");
            tests.Add("-path '/proc/*' -prune");
        }
        if (since is not null)
        {
            var newer = $"-newerct @{since.Value.ToString(CultureInfo.InvariantCulture)} -print -quit";
            from.AddRange([.. traces.Trees, .. traces.Folders]);
            tests.Add("\\( -name .git -o -name __pycache__ \\) -prune");
            tests.AddRange(traces.Folders.Select(folder => $"-path {In(folder)} -prune -type d {newer}"));
            tests.Add($"! -path /proc {newer}");
        }
        return from.Count == 0 ? "" : $"find {Shell.Join(from)} {string.Join(" -o ", tests)}\n";
    }
}
