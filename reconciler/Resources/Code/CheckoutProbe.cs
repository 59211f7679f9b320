using Reconciler.Model;

namespace Reconciler.Resources.Code;

/// <summary>
/// Looks at a checkout. git itself is never run here as the login: a checkout's own configuration can name programs to run, and it belongs to
/// somebody else. The cheap look reads HEAD and asks find for anything changed since the last clean look; git status runs as the
/// checkout's owner, and only then.
/// </summary>
internal static class CheckoutProbe
{
    public static Probe Cheap(CodeSpec spec, CheckoutFacts? last)
    {
        var path = Shell.Quote(spec.Path);
        // A file edited in the same second as the last look must not be missed: one second of overlap.
        var since = last is null ? null : $"@{last.CleanAt - 1}";
        return new($$"""
            p={{path}}
            [ -d "$p" ] || exit 0
            [ -d "$p/.git" ] || { echo bare; exit 0; }
            read -r h <"$p/.git/HEAD" || { echo hidden; exit 0; }
            case $h in "ref: "*) read -r s <"$p/.git/${h#ref: }" || s=; h=ref:$s;; esac
            echo "head $h"
            for f in "$p"/.git/refs/reconciler/deployed/*; do [ -f "$f" ] && echo "has ${f##*/}"; done
            for f in "$p".d/.*.ready; do [ -f "$f" ] && { f=${f##*/.}; echo "tree ${f%.ready}"; }; done
            echo "now $(date +%s)"
            {{UserProcesses.Script(spec.User)}}
            {{(since is null ? "echo changed" : $"[ -z \"$(find \"$p\" -name .git -prune -o -name __pycache__ -prune -o -newerct {since} -print -quit)\" ] && [ -z \"$(find \"$p/.git/index\" -newerct {since} -print)\" ] || echo changed")}}
            """);
    }

    public static Reading ReadCheap(CodeSpec spec, CheckoutFacts? last, string output)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0 || lines[0] == "bare")
            return Reading.Absent;
        if (lines[0] == "hidden")
            return Reading.Unknown($"{spec.Path}/.git/HEAD cannot be read by the login: the checkout must be readable by others (chmod o+rx)");
        var seen = Parse(lines);
        var processes = UserProcesses.Read(lines, last?.Processes ?? [], seen.CleanAt);
        if (seen.Head is null || (last?.Head == seen.Head && !lines.Contains("changed") && processes.All(process => process.IsKnown)))
            return Reading.Found(seen with
            {
                Edited = last?.Edited ?? [],
                Unpushed = last?.Unpushed ?? 0,
                Untracked = last?.Untracked ?? [],
                Processes = processes,
                HasYoung = UserProcesses.AnyYoung(lines, seen.CleanAt),
            });
        return new Reading.NeedsMore(Dear(spec, output, processes));
    }

    public static Reading ReadDear(CheckoutFacts? last, string output)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (!lines.Contains("status end"))
            return Reading.Unknown("git status on the server did not answer whole: run `git status` there as the application's user");
        var edited = lines.Where(line => line.StartsWith("edited ", StringComparison.Ordinal)).Select(line => line[7..].TrimStart()).ToList();
        var unpushed = lines.FirstOrDefault(line => line.StartsWith("unpushed ", StringComparison.Ordinal));
        var seen = Parse(lines);
        return Reading.Found(seen with
        {
            Edited = edited,
            Unpushed = unpushed is null ? 0 : int.Parse(unpushed[9..]),
            Untracked = UntrackedFiles.Read(lines),
            Processes = UserProcesses.Told(lines, UserProcesses.Read(lines, last?.Processes ?? [], seen.CleanAt)),
            HasYoung = UserProcesses.AnyYoung(lines, seen.CleanAt),
        });
    }

    /// <summary>git status as the owner, through the runner; what the cheap look said is repeated so that one answer holds all.</summary>
    private static Probe Dear(CodeSpec spec, string cheap, IEnumerable<UserProcess> processes)
    {
        var script = $$"""
            export GIT_OPTIONAL_LOCKS=0 LC_ALL=C
            git status --porcelain --untracked-files=no | cut -c4- | head -n 50 | sed 's/^/edited /'
            echo "unpushed $(git rev-list --count HEAD --not --glob=refs/reconciler --remotes)"
            {{UntrackedFiles.Script}}
            {{UserProcesses.Ask(processes)}}
            echo 'status end'
            """;
        return new($"printf '%s\\n' {Shell.Quote(cheap)}\n{UntrackedFiles.Placed(spec)}") { Request = RunnerRequest.Run(spec.User,
            spec.Path, "-", new PayloadPart.Text(script)) };
    }

    private static CheckoutFacts Parse(string[] lines)
    {
        string[] After(string word) => [.. lines.Where(line => line.StartsWith(word, StringComparison.Ordinal)).Select(line => line[word.Length..])];
        var head = After("head ").FirstOrDefault();
        if (head is not null && head.StartsWith("ref:", StringComparison.Ordinal))
            head = head[4..];
        return new(string.IsNullOrEmpty(head) ? null : head, After("has "), After("tree "), [], 0, long.Parse(After("now ").FirstOrDefault() ?? "0"));
    }
}
