using System.Globalization;
using Reconciler.Documents;
using Reconciler.Documents.Kinds;
using Reconciler.Remote;

namespace Reconciler.Cli.Doctor;

/// <summary>What a server is asked by its doctor, and what its answer means. It needs no right but the login's own.</summary>
/// <param name="subject">ENVIRONMENT/SERVER.</param>
internal sealed class ServerReading(string subject)
{
    private const long LittleRoom = 1024 * 1024; // KiB
    private const long NoRoom = 100 * 1024;
    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Wrong = TimeSpan.FromMinutes(5);

    /// <summary>Prints what is read here, in lines; leaves nothing behind.</summary>
    public const string Script = """
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
        echo "now $(date +%s.%N)"
        for d in / /var /srv; do df -Pk "$d" 2>/dev/null | sed -n '2s/^/disk /p'; done | sort -u
        [ -d /run/systemd/system ] && echo 'has systemd'
        for p in nginx supervisorctl python3; do command -v "$p" >/dev/null && echo "has $p"; done
        [ -e /usr/local/lib/reconciler/runner ] && echo 'has runner'
        sudo -n -l /usr/local/lib/reconciler/runner >/dev/null 2>&1 && echo 'has rule'
        :
        """;

    /// <param name="before">This machine's clock when it was sent.</param>
    /// <param name="took">Until the answer was there.</param>
    public Finding Clock(IReadOnlyList<string> lines, DateTimeOffset before, TimeSpan took)
    {
        var name = $"{subject} clock";
        if (lines.FirstOrDefault(line => line.StartsWith("now ", StringComparison.Ordinal)) is not { } now
            || !decimal.TryParse(now["now ".Length..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
            return Finding.Warn(name, "it does not tell the time", "log in and type: date +%s");
        var skew = DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)) - (before + took / 2);
        if (skew.Duration() - took / 2 < Noticeable)
            return Finding.Ok(name, "as this machine's");
        var sentence = $"{skew.Duration().TotalSeconds:0} s {(skew < TimeSpan.Zero ? "behind" : "ahead of")} this machine's";
        const string fix = "on the one that is wrong: timedatectl set-ntp true";
        return skew.Duration() > Wrong ? Finding.Fail(name, sentence, fix) : Finding.Warn(name, sentence, fix);
    }

    public Finding Disk(IReadOnlyList<string> lines)
    {
        var name = $"{subject} disk";
        // disk FILESYSTEM BLOCKS USED AVAILABLE CAPACITY MOUNT
        var fullest = lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is ["disk", _, _, _, _, _, _])
            .Select(words => (Free: long.TryParse(words[4], out var free) ? free : -1, Mount: words[6])).Where(disk => disk.Free >= 0)
            .OrderBy(disk => disk.Free).ToList();
        if (fullest.Count == 0)
            return Finding.Warn(name, "df says nothing that is understood", "log in and type: df -Pk /");
        var (left, mount) = fullest[0];
        var text = $"{left / 1024} MiB are free on {mount}";
        return left < NoRoom ? Finding.Fail(name, $"only {text}", $"make room there: du -xh --max-depth=2 {mount} | sort -h | tail")
            : left < LittleRoom ? Finding.Warn(name, $"only {text}", $"make room there: du -xh --max-depth=2 {mount} | sort -h | tail")
            : Finding.Ok(name, text);
    }

    /// <param name="hello">Null when no runner answered.</param>
    /// <param name="ledger">The id of ours; null while there is none.</param>
    /// <param name="enroll">The command that mends it.</param>
    public Finding Runner(IReadOnlyList<string> lines, RunnerHello? hello, string? ledger, string enroll)
    {
        var name = $"{subject} runner";
        if (hello is null)
            return !lines.Contains("has runner") ? Finding.Fail(name, "there is none: the server was not enrolled", enroll)
                : !lines.Contains("has rule") ? Finding.Fail(name,
                    "sudo does not let the login start it: its rule is missing, or the file is not the one of the rule", enroll)
                : Finding.Fail(name, "it does not answer", enroll);
        if (hello.Version != RunnerFile.Version)
            return Finding.Fail(name, $"it is of another version ({hello.Version[..12]}, ours is {RunnerFile.Version[..12]})", enroll);
        return hello.Ledger is not null && hello.Ledger != ledger
            ? Finding.Fail(name, $"it obeys the ledger {hello.Ledger}, and ours is {ledger ?? "not made yet"}",
                $"work with the controller that has that ledger, or name its state folder with --state; where it is gone for good: reconciler takeover {subject.Split('/')[0]}")
            : Finding.Ok(name, $"version {hello.Version[..12]}{(hello.Ledger is null ? ", obeys no ledger yet" : "")}");
    }

    /// <summary>What the documents ask for on this server and no package of theirs brings.</summary>
    public IEnumerable<Finding> Needs(IReadOnlyList<string> lines, DesiredEnvironment environment, string server)
    {
        bool Here(IReadOnlyList<string>? on) => environment.ServersOn(on).Contains(server);
        bool Comes(string package) => environment.Host.Packages.Value.Any(entry => entry.Key.StartsWith(package, StringComparison.Ordinal)
            && Here(entry.Value.On));
        var services = environment.Folders.SelectMany(folder => folder.Services.Value.Values).Where(service => Here(service.On)).ToList();
        var sites = environment.Folders.SelectMany(folder => folder.Nginx.Value.Values).Any(site => Here(site.On));
        if (services.Any(service => service.Unit is not null || service.Manager == ServiceManagerName.Systemd)
            && !lines.Contains("has systemd"))
            yield return Finding.Fail($"{subject} systemd", "it does not run, and services here are its units",
                "log in and type: ps -p 1; boot the server with systemd");
        if (sites)
            yield return Needed(lines, "nginx", "nginx", Comes("nginx"));
        if (services.Any(service => service.Program is not null || (service.Command is not null
            && service.Manager != ServiceManagerName.Systemd)))
            yield return Needed(lines, "supervisorctl", "supervisor", Comes("supervisor"));
        if (environment.Applications.Values.Any(application => environment.ServersOf(application).Contains(server)))
            yield return Needed(lines, "python3", "python3-venv", Comes("python3"));
    }

    private Finding Needed(IReadOnlyList<string> lines, string program, string package, bool comes) =>
        lines.Contains($"has {program}") ? Finding.Ok($"{subject} {program}", "it is there")
        : comes ? Finding.Ok($"{subject} {program}", "it is not there yet; the desired state installs it")
        : Finding.Fail($"{subject} {program}", "it is not there, and no package of the desired state brings it",
            $"declare {package} in host/packages.yaml, or there: apt-get install {package}");
}
