using System.Collections.Concurrent;
using System.Globalization;
using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Remote;
using Reconciler.Reporting;
using Reconciler.Resources.File;
using Reconciler.Resources.NginxSite;

namespace Reconciler.Turns;

/// <summary>
/// What differs within files and sites, read from the servers only where something does. Only what everybody on the server may read
/// anyway is shown: never a secrets file, and no other that git wants kept from others.
/// </summary>
internal sealed class FileContents(IServerSessions sessions, ServerAddresses addresses)
{
    private const int MostBytes = 64 * 1024;

    /// <returns>The text of each file and site that differs, by server and resource (<see cref="ResourceId.MarkerKey"/>), or why there is none.</returns>
    public async Task<IReadOnlyDictionary<(string Server, string Resource), (string? Text, string? Why)>> TextsAsync(
        ExpandedEnvironment environment, IEnumerable<(Unit Unit, Verdict Verdict)> verdicts, CancellationToken cancellation) =>
        (await ReadAsync(environment, verdicts, cancellation)).ToDictionary(one => (one.Id.Server, one.Id.MarkerKey), one => TextIn(one.Answer));

    /// <returns>A unified diff by server and resource (<see cref="ResourceId.MarkerKey"/>), or why there is none.</returns>
    public async Task<IReadOnlyDictionary<(string Server, string Resource), string>> DiffsAsync(
        ExpandedEnvironment environment, IEnumerable<(Unit Unit, Verdict Verdict)> verdicts, CancellationToken cancellation)
    {
        var read = await ReadAsync(environment, verdicts, cancellation);
        return read.ToDictionary(one => (one.Id.Server, one.Id.MarkerKey), one => DiffOf(one.Wanted, one.Answer));
    }

    private async Task<IReadOnlyList<(ResourceId Id, WantedText Wanted, ProbeAnswer Answer)>> ReadAsync(
        ExpandedEnvironment environment, IEnumerable<(Unit Unit, Verdict Verdict)> verdicts, CancellationToken cancellation)
    {
        var asked = verdicts
            .SelectMany(verdict => verdict.Unit.Resources.Where(resource => HasOtherContent(verdict.Verdict, resource.Id)))
            .Select(resource => (resource.Id, Text: TextOf(resource.Spec))).Where(resource => resource.Text is not null)
            .GroupBy(resource => resource.Id.Server);
        var known = addresses.Of(environment);
        var read = new ConcurrentBag<(ResourceId, WantedText, ProbeAnswer)>();
        await Task.WhenAll(asked.Select(async server =>
        {
            var files = server.ToList();
            var answers = await AskAsync(known[server.Key], [.. files.Select(file => file.Text!)], cancellation);
            foreach (var ((id, text), answer) in files.Zip(answers))
                read.Add((id, text!, answer));
        }));
        return [.. read];
    }

    /// <param name="Hidden">What is never printed.</param>
    private sealed record WantedText(string Path, string Content, bool ForAll, string? Hidden);

    /// <summary>Only what is there, and is not what git says: neither mode nor owner alone.</summary>
    private static bool HasOtherContent(Verdict verdict, ResourceId id) =>
        verdict.Diff.ByResource.TryGetValue(id, out var differences)
            && differences.Any(difference => difference.Type == DifferenceType.Change);

    private static WantedText? TextOf(ResourceSpec spec) => spec switch
    {
        FileSpec file => new(file.Path, file.Content, ((file.Mode[^1] - '0') & 4) != 0, null),
        NginxSiteSpec site => new(site.Path, site.Content, true, site.CheckToken),
        _ => null,
    };

    private async Task<IReadOnlyList<ProbeAnswer>> AskAsync(ServerAddress server, IReadOnlyList<WantedText> files,
        CancellationToken cancellation)
    {
        try
        {
            return await ServerProbes.AskAsync(sessions.For(server), [.. files.Select(file => new Probe(Script(file)))], cancellation);
        }
        catch (SessionException fault)
        {
            return [.. files.Select(_ => new ProbeAnswer.Missing(fault.Message))];
        }
    }

    private static string Script(WantedText file)
    {
        var path = Shell.Quote(file.Path);
        return !file.ForAll
            ? "echo hidden"
            : $"if [ ! -f {path} ]; then echo none; elif [ -r {path} ]; then echo text; "
                + string.Create(CultureInfo.InvariantCulture, $"head -c {MostBytes + 1} -- {path}; else echo hidden; fi");
    }

    private static string DiffOf(WantedText file, ProbeAnswer answer)
    {
        if (TextIn(answer) is not ({ } text, _))
            return $"({TextIn(answer).Why})";
        var (git, server) = (Shown(file, file.Content), Shown(file, text));
        return git == server && text != file.Content
            ? "(nothing but the token of checks: a controller with another ledger wrote it)"
            : UnifiedDiff.Of(git, server, $"git: {file.Path}", $"server: {file.Path}");
    }

    private static (string? Text, string? Why) TextIn(ProbeAnswer answer)
    {
        if (answer is ProbeAnswer.Missing(var why))
            return (null, $"its content could not be read: {why}");
        return ((ProbeAnswer.Output)answer).Text.Split('\n', 2) switch
        {
            ["text", var text] when text.Length > MostBytes => (null, $"longer than {MostBytes / 1024} KiB: compare it there"),
            ["text", var text] when text.Contains('\0') => (null, "it is no text"),
            ["text", var text] => (text, null),
            ["none", ..] => (null, "it is no file there"),
            _ => (null, "its content is not shown: not everybody may read it"),
        };
    }

    private static string Shown(WantedText file, string text) => CoverPartial.WithoutTokens(
        string.IsNullOrEmpty(file.Hidden) ? text : text.Replace(file.Hidden, "(token)", StringComparison.Ordinal));
}
