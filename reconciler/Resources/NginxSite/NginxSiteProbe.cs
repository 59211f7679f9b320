using Reconciler.Model;

namespace Reconciler.Resources.NginxSite;

/// <summary>The look at a site: lines <c>file</c>, <c>link</c> and <c>tried</c>, then what nginx answers.</summary>
internal static class NginxSiteProbe
{
    /// <summary>Name under <c>results/</c> where the runner leaves the digest of a configuration that it tried with success.</summary>
    public static string TryResult(NginxSiteSpec spec) => $"nginx-try-{spec.FileName}";

    public static string Script(NginxSiteSpec spec) =>
        $"""
        {FileScript(spec)}
        {(spec.Unmarked is null ? ":" : $"[ ! -e \"$f\" ] || {SealedSite.OutScript("\"$f\"")}")}
        {LinkScript(spec)}
        echo "tried $(head -c 100 /var/lib/reconciler/server/results/{TryResult(spec)})"
        {ForeignSites.Script(spec)}
        {PageScript.Probe([Served(spec)])}
        """;

    public static NginxSiteFacts? Read(string output)
    {
        var lines = output.Split('\n').Select(line => line.Split(' ')).Where(words => words.Length > 1).ToLookup(words => words[0], words => words[1..]);
        if (lines["file"].FirstOrDefault() is not { } file || lines["link"].FirstOrDefault() is not { } link || !lines.Contains("tried"))
            return null;
        return new(
            file[0] switch { "absent" => SiteFile.Absent, "sealed" => SiteFile.Sealed, _ => SiteFile.Foreign },
            file is ["sealed", var digest] ? digest : null,
            link[0] switch { "absent" => SiteLink.Absent, "right" => SiteLink.Right, "elsewhere" => SiteLink.Elsewhere, _ => SiteLink.NoLink },
            lines["tried"].First() is [{ Length: > 0 } tried] ? tried : null,
            PageAnswer.ReadAll(output, 1)[0])
        {
            Foreign = ForeignSites.Read(output),
            Out = [.. lines["out"].Select(words => words[0]).Distinct()],
            Resealed = file is ["foreign", { Length: 64 } would] ? would : null,
        };
    }

    /// <summary>
    /// Asked of nginx itself, past the cover. A site that listens with TLS only is asked with openssl or python3; where neither is there nothing is
    /// claimed about what is served.
    /// </summary>
    public static PageRequest Served(NginxSiteSpec spec) =>
        new(spec.Ask, Cover.ConfigPath(spec.Application, spec.Name))
        {
            BodyHolds = spec.Digest,
            Headers = [new(Cover.CheckHeader, spec.CheckToken)],
            Where = "through nginx",
        };

    // The digest in a file is the digest of the file with the placeholder in its place, so a file tells by itself whether it was edited.
    public static string FileScript(NginxSiteSpec spec) =>
        $$"""
        f={{Shell.Quote(spec.Path)}}
        d=$(sed -n 's/^[[:space:]]*return 200 \([0-9a-f]\{64\}\);$/\1/p' "$f" | head -n 1)
        w=
        [ -z "$d" ] || w=$(sed "s/$d/{{SealedSite.Placeholder}}/" "$f" | sha256sum)
        if ! [ -e "$f" ]; then echo 'file absent'
        elif [ "$d" ] && [ "$w" = "$d  -" ]; then echo "file sealed $d"
        else echo "file foreign ${w%% *}"; fi
        """;

    public static string LinkScript(NginxSiteSpec spec) =>
        $"""
        l={Shell.Quote(spec.Link)}
        if [ -h "$l" ] && [ "$(readlink -m -- "$l")" = "$(readlink -m -- {Shell.Quote(spec.Path)})" ]; then echo 'link right'
        elif [ -h "$l" ]; then echo 'link elsewhere'
        elif [ -e "$l" ]; then echo 'link none'
        else echo 'link absent'; fi
        """;
}
