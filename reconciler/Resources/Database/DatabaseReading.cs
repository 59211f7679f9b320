using System.Globalization;
using Reconciler.Model;

namespace Reconciler.Resources.Database;

/// <summary>What the answers of <see cref="DatabaseProbe"/> mean.</summary>
internal static class DatabaseReading
{
    private static readonly Reading CutOff = Reading.Unknown("the look at PostgreSQL was cut off");

    private static readonly Reading NoneOnPort = Reading.Unknown("no PostgreSQL cluster named main has port 5432");

    public static Reading Cheap(DatabaseSpec spec, DatabaseFacts? last, string output)
    {
        if (Split(output) is not var (cheap, _))
            return CutOff;
        if (!Words(cheap, "cluster").Any())
            return Reading.Found(Facts(spec, cheap, null, null));
        if (OnDefaultPort(cheap) is not { } cluster)
            return NoneOnPort;
        if (cluster.State != "running")
            return Reading.Found(Facts(spec, cheap, cluster, null));
        return last is { Seen: not null } && last.Signature == SignatureOf(cheap)
            ? Reading.Found(last with { Room = RoomIn(cheap) })
            : new Reading.NeedsMore(new Probe(DatabaseProbe.Cheap(spec)) { Request = DatabaseProbe.Dearer(spec) });
    }

    /// <summary>The cheap answer once more, then what PostgreSQL says.</summary>
    public static Reading Dearer(DatabaseSpec spec, string output)
    {
        if (Split(output) is not var (cheap, answers))
            return CutOff;
        if (!Words(cheap, "cluster").Any())
            return Reading.Found(Facts(spec, cheap, null, null));
        if (OnDefaultPort(cheap) is not { } cluster)
            return NoneOnPort;
        if (cluster.State != "running")
            return Reading.Found(Facts(spec, cheap, cluster, null));
        return answers.Contains("seen") && Seen(answers) is { } seen
            ? Reading.Found(Facts(spec, cheap, cluster, seen))
            : Reading.Unknown("PostgreSQL runs, but does not answer queries of postgres on port 5432");
    }

    /// <summary>The lines before <c>end</c>, and those after it; null when it is not there.</summary>
    private static (string[] Cheap, string[] Answers)? Split(string output)
    {
        var lines = output.Split('\n');
        var end = Array.IndexOf(lines, "end");
        return end < 0 ? null : (lines[..end], lines[(end + 1)..]);
    }

    private static DatabaseFacts Facts(DatabaseSpec spec, string[] lines, (string Name, string State)? cluster, ClusterFacts? seen)
    {
        var notes = Words(lines, "note").Where(words => words.Length == 4).GroupBy(words => words[1])
            .ToDictionary(words => words.Key, words => new PasswordNote(words.First()[2], words.First()[3]));
        return new(SignatureOf(lines), cluster?.Name ?? "", cluster?.State == "running", seen,
            notes.GetValueOrDefault(spec.Owner),
            Made(lines, spec),
            Rest(lines, "backups") ?? (lines.Any(line => line.StartsWith("stat: ", StringComparison.Ordinal) && line.EndsWith(": Permission denied", StringComparison.Ordinal))
                ? DatabaseFacts.Unseen : null))
        {
            Removed = cluster?.State == "removed",
            Programs = [.. Words(lines, "program").Select(words => words[^1])],
            LastBackup = Rest(lines, "backup"),
            Room = RoomIn(lines),
            Lacks = seen is null ? null : LackIn(spec, seen),
            LoginNotes = notes,
        };
    }

    private static string SignatureOf(string[] lines) => string.Join('\n', lines.Where(line => !line.StartsWith($"{DatabaseProbe.Room} ", StringComparison.Ordinal)));

    private static long? RoomIn(string[] lines) => Words(lines, DatabaseProbe.Room).FirstOrDefault() is [_, var blocks, var size]
        && NumberIn(blocks) is { } free && NumberIn(size) is > 0 and var each && free <= long.MaxValue / each ? free * each : null;

    private static long? NumberIn(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? LackIn(DatabaseSpec spec, ClusterFacts seen)
    {
        var login = spec.Login == spec.Owner ? seen.Role : seen.Logins.FirstOrDefault(role => role.Name == spec.Login)?.Role;
        return seen.Role is null ? $"role {spec.Owner} does not exist"
            : login is not { MayLogIn: true } ? $"role {spec.Login} {(login is null ? "does not exist" : "may not log in")}"
            : seen.DatabaseOwner is null ? $"database {spec.Name} does not exist"
            : null;
    }

    /// <summary>Where there are several clusters, each one's name is followed by its ports, of which the last holds.</summary>
    private static (string Name, string State)? OnDefaultPort(string[] lines)
    {
        var clusters = new List<(string Name, string State, string Port)>();
        foreach (var words in lines.Select(line => line.Split(' ')))
            if (words is ["cluster", var name, var state, ..])
                clusters.Add((name, state, "5432"));
            else if (words is ["port", var port] && clusters.Count > 0)
                clusters[^1] = clusters[^1] with { Port = port };
        return clusters.Where(cluster => cluster.Port == "5432")
            .Select(cluster => ((string, string)?)(cluster.Name, cluster.State)).LastOrDefault();
    }

    private static ClusterFacts? Seen(string[] lines)
    {
        var role = Words(lines, "role").FirstOrDefault(words => words.Length == 3);
        if (Rest(lines, "listening") is not { } listening || !int.TryParse(Rest(lines, "others"), NumberStyles.None, null, out var others))
            return null;
        return new ClusterFacts(
            role is null ? null : RoleOf(role[1], role[2]),
            Rest(lines, "owner"), others, listening, Rest(lines, "configured"), Rest(lines, "last"),
            [.. lines.Where(line => line.StartsWith("rule ", StringComparison.Ordinal)).Select(line => line["rule ".Length..].TrimEnd())],
            lines.Count(line => line == "opened") == lines.Count(line => line == "closed"))
        {
            Size = NumberIn(Rest(lines, "size")),
            Logins = [.. Words(lines, "login").Where(words => words.Length == 5)
                .Select(words => new LoginFacts(words[1], RoleOf(words[2], words[3]), words[4] is "true" or "t"))],
        };
    }

    private static RoleFacts RoleOf(string mayLogIn, string verifier) => new(mayLogIn is "true" or "t", verifier == "-" ? null : verifier);

    private static bool Made(string[] lines, DatabaseSpec spec) => lines.Contains($"made {spec.Name}");

    private static string? Rest(string[] lines, string first) =>
        lines.FirstOrDefault(line => line.StartsWith(first + " ", StringComparison.Ordinal))?[(first.Length + 1)..];

    private static IEnumerable<string[]> Words(string[] lines, string first) =>
        lines.Where(line => line.StartsWith(first + " ", StringComparison.Ordinal)).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
