namespace Reconciler.Model;

/// <summary>
/// One request to the runner, the root-owned script through which every change on a server goes. The verbs are a closed list: what is
/// not here cannot be asked for. <c>reconciler/Remote/runner.sh</c> implements them and documents their arguments beside each.
/// </summary>
internal sealed record RunnerRequest(string Verb, IReadOnlyList<string> Arguments)
{
    /// <summary>Sent on the runner's stdin after the header; the lengths of the parts are in the header, in this order.</summary>
    public IReadOnlyList<PayloadPart> Payload { get; init; } = [];

    /// <summary>Writes a file atomically (temporary file beside it, fsync, rename), keeping a copy of what it replaces if that differs.</summary>
    /// <param name="mode">Octal, as <c>0600</c>.</param>
    /// <param name="note">What a probe will later find as the content's digest in <c>placed/</c>: the keyed digest for secrets, else SHA-256 hex.</param>
    public static RunnerRequest Place(string path, string mode, string owner, string group, string note, params IReadOnlyList<PayloadPart> content) =>
        new("place", [path, mode, $"{owner}:{group}", note]) { Payload = content };

    /// <summary>Puts the kept copy with this note back in place. Fails when there is none.</summary>
    public static RunnerRequest Restore(string path, string mode, string owner, string group, string note) =>
        new("restore", [path, mode, $"{owner}:{group}", note]);

    /// <summary>Removes all but the newest <paramref name="keep"/> kept copies of a path; the runner itself never keeps more than five.</summary>
    public static RunnerRequest ForgetKept(string path, int keep) => new("forget-kept", [path, $"{keep}"]);

    /// <summary>Removes a file or link, keeping a copy.</summary>
    public static RunnerRequest Remove(string path) => new("remove", [path]);

    /// <summary>Makes a directory (missing parents belong to root, 0755) and sets its mode and owner.</summary>
    public static RunnerRequest Directory(string path, string mode, string owner, string group) =>
        new("directory", [path, mode, $"{owner}:{group}"]);

    /// <summary>Makes or switches a symbolic link atomically; a real file or directory in its place is moved aside and kept.</summary>
    public static RunnerRequest Link(string path, string target) => new("link", [path, target]);

    /// <summary>Removes a directory tree, which must lie directly in a folder named <c>*.d</c> below an allowed root.</summary>
    public static RunnerRequest RemoveTree(string path) => new("remove-tree", [path]);

    /// <summary>Creates a system account and its group if missing.</summary>
    public static RunnerRequest User(string name, string home) => new("user", [name, home]);

    /// <summary>
    /// apt-get install with DEBIAN_FRONTEND=noninteractive and existing configuration files kept. Words are <c>name</c> or <c>name=version</c>.
    /// With <paramref name="onlyNew"/> a simulation must show that nothing installed is upgraded or removed, or it exits 3 and changes nothing.
    /// </summary>
    public static RunnerRequest AptInstall(bool onlyNew, IEnumerable<string> packages) =>
        new("apt-install", [onlyNew ? "only-new" : "upgrade", .. packages]);

    /// <summary>
    /// apt-get remove, which leaves configuration files, of packages that the runner itself installed; it exits 3 and changes nothing where others would go too.
    /// </summary>
    public static RunnerRequest AptRemove(IEnumerable<string> packages) => new("apt-remove", [.. packages]);

    /// <summary>systemctl ACTION UNIT: start, stop, restart, reload, enable, disable, or daemon-reload without a unit; <c>end</c> stops what has had ten seconds to begin.</summary>
    public static RunnerRequest Unit(string action, params IReadOnlyList<string> units) => new("unit", [action, .. units]);

    /// <summary>
    /// supervisor: <c>stop</c> (and wait until no process of its group is left), <c>end</c> (the same, once it has had ten seconds to begin), or <c>remove</c> (forget a program whose definition has gone). Programs that are named
    /// after these are told to stop as well, and not waited for.
    /// </summary>
    /// <param name="config">Path of the application's own supervisor.conf, asked as <paramref name="user"/>; or <c>-</c> for the system's, as root.</param>
    /// <param name="name">Under which its start was noted: processes of that note that supervisor knows nothing of (it was killed itself) are ended as well.</param>
    public static RunnerRequest Supervisor(string config, string user, string action, string program, string name) =>
        new("supervisor", [config, user, action, program, name]);

    /// <summary>
    /// Starts a service that is not running, under its definition of now, without waiting until it is ready, and notes it as
    /// <see cref="NoteStarted"/> does: one request, because a site is down until it is through. A manager that does not run is started first.
    /// </summary>
    /// <param name="lookup">
    /// As for <see cref="NoteStarted"/>; a fifth word <c>supervisor CONFIG USER PROGRAM UNIT</c> names the unit in which that supervisord runs. One that
    /// runs outside of it makes way, and one older than the unit's file is started again.
    /// </param>
    /// <param name="script">
    /// Run as the user in <paramref name="lookup"/> when there is no process, or no supervisord answers for its own supervisor.conf; null where
    /// a manager of the system's does it.
    /// </param>
    public static RunnerRequest Start(string name, IReadOnlyList<string> lookup, IReadOnlyList<KeyValuePair<string, string>> markers, string? script) =>
        Noting("start", name, lookup, markers) with { Payload = script is null ? [] : [new PayloadPart.Text(script)] };

    /// <summary>Has a running service read its configuration again (supervisor and process: HUP; unit: its own way), and notes the new markers.</summary>
    public static RunnerRequest Reload(string name, IReadOnlyList<string> lookup, IReadOnlyList<KeyValuePair<string, string>> markers) =>
        Noting("reload", name, lookup, markers);

    /// <summary>
    /// Notes pid and start ticks of a service that runs (looked up by the manager, see the runner) with the change markers of what it has read:
    /// <c>started/NAME</c> then holds lines <c>pid PID TICKS</c>, <c>boot ID</c> and <c>read KEY MARKER</c>, readable by the login.
    /// </summary>
    /// <param name="lookup">
    /// <c>supervisor CONFIG USER PROGRAM</c> (<c>- -</c> for the system's), <c>unit NAME</c> or <c>process USER PATTERN</c>, as words.
    /// </param>
    public static RunnerRequest NoteStarted(string name, IReadOnlyList<string> lookup, IReadOnlyList<KeyValuePair<string, string>> markers) =>
        Noting("note-started", name, lookup, markers);

    private static RunnerRequest Noting(
        string verb, string name, IReadOnlyList<string> lookup, IReadOnlyList<KeyValuePair<string, string>> markers) =>
        new(verb, [name, $"{lookup.Count}", .. lookup, .. markers.SelectMany(marker => new[] { marker.Key, marker.Value })]);

    /// <summary>
    /// Reading verb: for one <paramref name="lookup"/> (words as for <see cref="NoteStarted"/>) one line
    /// <c>STATE PID TICKS</c> with STATE running, starting, stopped, failed or absent; PID and TICKS are 0 when there is no process.
    /// </summary>
    public static RunnerRequest Lookup(IReadOnlyList<string> lookup) => new("lookup", [.. lookup]);

    /// <summary>
    /// Reading verb: the last lines that a service wrote, its errors last: supervisor's log files of a program, systemd's journal of a unit. The words
    /// are those of its start.
    /// </summary>
    public static RunnerRequest Logs(IReadOnlyList<string> lookup) => new("logs", [.. lookup]);

    /// <summary>Sends a signal to every process of a user whose command line matches the extended regular expression.</summary>
    public static RunnerRequest Signal(string user, string pattern, string signal) => new("signal", [user, pattern, signal]);

    /// <summary>nginx reads all of its configuration anew: whatever anybody has put there since comes into force.</summary>
    public bool ReloadsNginx => Verb == "nginx" && Arguments is ["reload"];

    /// <summary>nginx: <c>test</c>, or <c>reload</c> (tests, reloads, and waits until workers younger than the reload serve).</summary>
    public static RunnerRequest Nginx(string action) => new("nginx", [action]);

    /// <summary>
    /// nginx -t with candidate files bound over the live ones in a private mount namespace; the payload's parts are the contents, one per path.
    /// A path that does not exist yet is tried as an addition. When the test passes, <c>results/STORE</c> holds <paramref name="note"/>, so that
    /// a later look sees that this was done.
    /// </summary>
    /// <param name="without">Files below /etc/nginx that are tried as if they were not there.</param>
    public static RunnerRequest NginxTry(string store, string note, IReadOnlyList<string> paths, IReadOnlyList<PayloadPart> contents, params IReadOnlyList<string> without) =>
        new("nginx-try", [store, note, .. paths, .. without]) { Payload = contents };

    /// <summary>Runs a shell script (the payload) as an allowed user, never root, in a directory, with an empty environment but PATH, HOME, LANG.</summary>
    /// <param name="store">When set, stdout is kept (capped) as <c>results/NAME</c>, readable by the login; <c>-</c> otherwise.</param>
    /// <param name="script">May consist of several parts, concatenated; what follows the script on the runner's stdin is not used.</param>
    public static RunnerRequest Run(string user, string directory, string store, params IReadOnlyList<PayloadPart> script) =>
        new("run", [user, directory, store]) { Payload = script };

    /// <summary>As <see cref="Run"/>, with one more payload part that the script reads on its stdin (a git pack).</summary>
    public static RunnerRequest RunWithInput(string user, string directory, string store, PayloadPart script, PayloadPart input) =>
        new("run-with-input", [user, directory, store]) { Payload = [script, input] };

    /// <summary>
    /// As <see cref="Run"/>, in a private mount namespace in which <paramref name="binds"/> (source to destination) lie over the live paths and
    /// <paramref name="secrets"/> (path, owned by the user, 0600) stand on a tmpfs bound over theirs: nobody else sees any of it, and nothing is left.
    /// </summary>
    public static RunnerRequest Try(string user, string directory, string store, IReadOnlyList<KeyValuePair<string, string>> binds,
        IReadOnlyList<KeyValuePair<string, PayloadPart>> secrets, PayloadPart script) =>
        new("try",
            [user, directory, store, $"{binds.Count}", .. binds.SelectMany(bind => new[] { bind.Key, bind.Value }), .. secrets.Select(secret => secret.Key)])
        { Payload = [.. secrets.Select(secret => secret.Value), script] };

    /// <summary>
    /// Reading verb: what no document speaks of and only root may read: fingerprints of keys that let somebody in, users' and the system's
    /// cron
    /// jobs, who listens on which port, and who logged in or used sudo since then.
    /// </summary>
    public static RunnerRequest Survey(DateTimeOffset since) => new("survey", [$"{since.ToUnixTimeSeconds()}"]);

    /// <summary>Reading verb: SHA-256 hex of key and content joined, mode, owner and group of each path, one line each. The payload is the key.</summary>
    public static RunnerRequest Digest(string key, params IReadOnlyList<string> paths) =>
        new("digest", [.. paths]) { Payload = [new PayloadPart.Text(key)] };
}
