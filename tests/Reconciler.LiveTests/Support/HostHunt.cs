using Reconciler.Tests.Canaries;

namespace Reconciler.LiveTests.Support;

/// <summary>Looks through a test host's files from this machine, where they lie below the lab's folder: nothing is started on the host but journalctl.</summary>
internal static class HostHunt
{
    private static readonly string[] InMemory = ["run", "tmp", "dev/shm"];

    /// <summary>What was written on it since it was made, or since <see cref="MarkAsSearched"/>, and its whole journal.</summary>
    /// <param name="except">Files that may hold canaries.</param>
    public static async Task<List<CanaryFinding>> FindAsync(this TestHost host, CanaryHunt hunt, Func<string, bool>? except = null)
    {
        var marker = Marker(host);
        var since = File.Exists(marker) ? marker : null;
        // Taken first: what is written during the search is searched again.
        var next = $"{marker}.next";
        File.Delete(next);
        await File.WriteAllTextAsync(next, "");
        var found = await Task.Run(() => hunt.InFolder(Path.Combine(Folder(host), "disk", "upper"), except, since));
        if (Leader(host) is { } leader)
        {
            foreach (var folder in InMemory)
                found.AddRange(hunt.InFolder($"/proc/{leader}/root/{folder}", except, since));
            found.AddRange(hunt.In(TestHosts.Script, ["exec", host.Lab, host.Name, "--", "journalctl", "--all", "--no-pager", "--output=export"],
                $"{host.Name}'s journal"));
        }
        File.Move(next, marker, overwrite: true);
        return found;
    }

    /// <summary>Its files were put back from a copy that was searched before.</summary>
    public static void MarkAsSearched(this TestHost host)
    {
        File.Delete(Marker(host));
        File.WriteAllText(Marker(host), "");
    }

    /// <summary>As part of the path of each of its processes' cgroup.</summary>
    public static string Cgroup(this TestHost host) => $"/reconciler-lab/{host.Lab}/{host.Name}/";

    public static string Folder(this TestHost host) => Path.Combine("/run/reconciler-lab", host.Lab, "hosts", host.Name);

    private static string Marker(TestHost host) => Path.Combine(Folder(host), "searched");

    /// <summary>Its first process, by its number on this machine; null while it is off.</summary>
    public static string? Leader(this TestHost host)
    {
        var members = Path.Combine(File.ReadAllText(Path.Combine(Folder(host), "cgroup")).Trim(), "host", "payload", "init.scope", "cgroup.procs");
        return File.Exists(members) ? File.ReadAllLines(members).FirstOrDefault(IsFirst) : null;
    }

    private static bool IsFirst(string process) =>
        File.ReadAllLines($"/proc/{process}/status").Any(line => line.StartsWith("NSpid:", StringComparison.Ordinal) && line.EndsWith("\t1", StringComparison.Ordinal));
}
