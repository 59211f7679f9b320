using System.Text.RegularExpressions;
using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Grid;

/// <summary>How often what a deploy does took effect on the server, counted there by the interpreter, PostgreSQL, apt, the folders, the runner.</summary>
internal sealed record Effects(IReadOnlyDictionary<string, int> Counts)
{
    // Lines before those of the interpreter.
    private const int Asked = 5;

    public const string Migrations = "migrations";
    private const string Notices = "notices";

    private static readonly (string What, Regex Line)[] Starts =
    [
        ("virtualenvs", new(" -m venv ")),
        ("pip installs", new(@" -m pip .*\binstall\b")),
        ("collectstatic", new("manage.py collectstatic|call_command..collectstatic")),
        (Notices, new("manage.py maintenanceon")),
        ("gunicorn", new("bin/gunicorn ")),
        ("celeryworker", new("bin/celery .*worker")),
        ("celerybeat", new("bin/celery .*beat")),
    ];

    public static async Task<Effects> OnAsync(TestHost host)
    {
        var lines = await host.ShellAsync($$"""
            cd /tmp
            echo "migrations $(su postgres -c "psql -XAtq coralnet -c \"select count(*) from canary where what = 'migrated'\"")"
            echo "canary rows $(su postgres -c "psql -XAtq coralnet -c \"select count(*) from canary where what like 'canary%'\"")"
            echo "dumps $(ls /var/backups/coralnet | grep -c '^coralnet-.*[^w]$')"
            echo "apt $(cat /var/log/apt/history.log 2>/dev/null | grep -c '^Commandline: .*tzdata')"
            echo "directories made $(grep -ls '^verb directory' /var/lib/reconciler/server/receipts/* | wc -l)"
            cat /var/log/grid-starts
            """);
        var all = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var counts = all.Take(Asked).ToDictionary(line => line[..line.LastIndexOf(' ')], line => int.Parse(line[(line.LastIndexOf(' ') + 1)..]));
        foreach (var (what, line) in Starts)
            counts[what] = all.Skip(Asked).Count(each => line.IsMatch(each));
        return new(counts);
    }

    public Effects Since(Effects before) => new(Counts.ToDictionary(each => each.Key, each => each.Value - before.Counts[each.Key]));

    // Each run that migrates dumps first, also one that is begun anew: one dump too many is none too few.
    private static int MoreOf(string what, int more, int moreTold, int moreStarts) => what switch
    {
        Migrations => 0,
        "dumps" => 2,
        Notices => more + moreTold,
        "gunicorn" or "celeryworker" or "celerybeat" => more + moreStarts,
        _ => more,
    };

    /// <summary>What was done more or less often than it should have been.</summary>
    /// <param name="more">How much more often each but the migration may have been done.</param>
    /// <param name="moreTold">Of how many more beginnings users had to be told.</param>
    /// <param name="moreStarts">How much more often than that somebody else may have started a service.</param>
    public IEnumerable<string> Against(Effects expected, int more, int moreTold, int moreStarts) => Counts
        // Nobody is told of what has begun already.
        .Where(each => (each.Value < expected.Counts[each.Key] && each.Key != Notices) || each.Value > expected.Counts[each.Key] + MoreOf(each.Key, more, moreTold, moreStarts))
        .Select(each => $"{each.Key}: {each.Value} times instead of {expected.Counts[each.Key]}");
}
