using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Reconciler.Model;

namespace Reconciler.Resources.NginxSite;

/// <summary>A file that nginx reads and that reconciler did not put there.</summary>
/// <param name="Names">What it says with <c>server_name</c>.</param>
/// <param name="Defaults">The addresses for which it wants to be the default_server.</param>
internal sealed record ForeignSite(string Path, DateTimeOffset? Since, IReadOnlyList<string> Names, IReadOnlyList<string> Defaults);

/// <summary>
/// What Debian's nginx.conf includes besides our sites: a file added by hand changes nothing that git says, and may change everything
/// that users get. Found by the shell alone; a program is started only for what is found.
/// </summary>
internal static partial class ForeignSites
{
    private const int MostLines = 2000;

    /// <summary>What nginx.conf includes.</summary>
    public static IReadOnlyList<string> Folders { get; } = ["/etc/nginx/sites-enabled", "/etc/nginx/conf.d"];

    /// <summary>Ours are those that the runner has a record of, or links to one such. ($f may be a link itself.)</summary>
    public static string Script(NginxSiteSpec spec, string nginx = "/etc/nginx", string placed = "/var/lib/reconciler/server/placed") =>
        $$"""
        for f in {{nginx}}/sites-enabled/* {{nginx}}/conf.d/*.conf; do
          a={{nginx}}/sites-available/${f##*/}
          [ -e "$f" ] && [ ! -e "{{placed}}$f" ] || continue
          [ ! -e "{{placed}}$a" ] || [ ! "$f" -ef "$a" ] || continue
          case $f in {{string.Join('|', spec.Without.Select(Shell.Quote).Append("''"))}}) continue;; esac
          [ ! -h "$f" ] || [ ! -e "{{placed}}$(readlink -f -- "$f")" ] || continue
          printf 'foreign %s %s\n' "$(stat -L -c %Z -- "$f")" "$f"
          n=0; while read -r l && [ $n -lt {{MostLines}} ]; do
            n=$((n+1)); case $l in *server_name*|*listen*) printf 'foreign-says %s\n' "$l";; esac
          done <"$f"
        done
        """;

    public static IReadOnlyList<ForeignSite> Read(string output)
    {
        var found = new List<(string[] Words, List<string> Lines)>();
        foreach (var line in output.Split('\n'))
            if (line.StartsWith("foreign ", StringComparison.Ordinal) && line.Split(' ', 3) is [_, _, { Length: > 0 }] words)
                found.Add((words, []));
            else if (line.StartsWith("foreign-says ", StringComparison.Ordinal) && found.Count > 0)
                found[^1].Lines.Add(line["foreign-says ".Length..]);
        return [.. found.Select(file => new ForeignSite(file.Words[2], TimeOf(file.Words[1]), NamesIn(file.Lines),
            DefaultsIn(file.Lines)))];
    }

    /// <summary>
    /// Debian's own default site as it is installed takes what names no other server: nobody's hand, and every server has it.
    /// </summary>
    public static IEnumerable<Unmanaged> Say(ResourceId beside, NginxSiteSpec spec, IEnumerable<ForeignSite> all) =>
        all.Select(foreign => (foreign, Said: Say(beside, spec, foreign)))
            .Where(each => each.Said.Loud || each.foreign is not { Names.Count: 0, Path: "/etc/nginx/sites-enabled/default" })
            .Select(each => each.Said);

    public static Unmanaged Say(ResourceId beside, NginxSiteSpec spec, ForeignSite foreign)
    {
        var ours = Claims.GetValue(spec, Claim.Of);
        var names = foreign.Names.Intersect(ours.Names).ToList();
        var defaults = foreign.Defaults.Intersect(ours.Defaults).ToList();
        var file = $"nginx reads {foreign.Path}, which does not come from git";
        var sentence =
            defaults.Count > 0 ? $"{file} and wants to be the default_server on {string.Join(", ", defaults)}, as {spec.FileName} does: "
                + "nginx refuses that at its next reload or start"
            : names.Count > 0 ? $"{file} and answers for {string.Join(", ", names)}, as {spec.FileName} does: "
                + "nginx uses the one that it reads first, "
                + "so that users may get something else than git says"
            : foreign.Defaults.Count > 0 ? $"{file}: it takes what names no other server on {string.Join(", ", foreign.Defaults)}"
            : foreign.Names.Count > 0 ? $"{file}: it answers for {string.Join(", ", foreign.Names)}"
            : file;
        return new(beside, foreign.Path, sentence)
        {
            Loud = defaults.Count + names.Count > 0,
            Since = foreign.Since,
            Advice = "remove it there, or bring it into git: as a site, or below `files:`; "
                + "what is to be gone for good is declared `absent`",
        };
    }

    /// <summary>What a site of ours claims: the same on all servers that share its text.</summary>
    private sealed record Claim(IReadOnlyList<string> Names, IReadOnlyList<string> Defaults)
    {
        public static Claim Of(NginxSiteSpec spec)
        {
            var lines = spec.Content.Split('\n');
            return new(NamesIn(lines), DefaultsIn(lines));
        }
    }

    private static readonly ConditionalWeakTable<NginxSiteSpec, Claim> Claims = [];

    private static List<string> NamesIn(IEnumerable<string> lines) =>
        [.. Statements(lines, ServerName()).SelectMany(names => names).Where(name => name != "_").Distinct()];

    private static List<string> DefaultsIn(IEnumerable<string> lines) =>
        [.. Statements(lines, Listen()).Where(words => words.Contains("default_server")).Select(words => words[0]).Distinct()];

    private static IEnumerable<string[]> Statements(IEnumerable<string> lines, Regex statement) => lines
        .SelectMany(line => statement.Matches(line.Split('#')[0]))
        .Select(match => match.Groups[1].Value.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
        .Where(words => words.Length > 0);

    private static DateTimeOffset? TimeOf(string seconds) =>
        long.TryParse(seconds, CultureInfo.InvariantCulture, out var time) ? DateTimeOffset.FromUnixTimeSeconds(time) : null;

    [GeneratedRegex(@"(?:^|[\s{;])server_name\s+([^;]+);")]
    private static partial Regex ServerName();

    [GeneratedRegex(@"(?:^|[\s{;])listen\s+([^;]+);")]
    private static partial Regex Listen();
}
