using System.Text.RegularExpressions;
using Reconciler.Journaling;

namespace Reconciler.Cli.Doctor;

/// <summary>This machine: programs, key, secrets, ledger, disk.</summary>
internal sealed partial class ControllerChecks(ControllerSettings settings, TimeProvider clock)
{
    private const UnixFileMode ForOthers = (UnixFileMode)0b111_111; // 0077
    private const int MostNamed = 10;
    private const long LittleRoom = 1L << 30;
    private const long NoRoom = 100L << 20;
    private static readonly Version OldestGit = new(2, 30);
    private static readonly Version OldestSsh = new(8, 0);

    public async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellation) =>
    [
        await ProgramAsync("git", ["--version"], OldestGit, "apt-get install git", cancellation),
        await ProgramAsync("ssh", ["-V"], OldestSsh, "apt-get install openssh-client", cancellation),
        Sqlite(),
        await KeyAsync(cancellation),
        Secrets(),
        .. await LedgerAsync(cancellation),
        Disk(),
    ];

    private static async Task<Finding> ProgramAsync(
        string program, string[] arguments, Version oldest, string install, CancellationToken cancellation)
    {
        if (await LocalProgram.RunAsync(program, arguments, cancellation) is not { ExitCode: 0 } answer)
            return Finding.Fail(program, "it is not to be had", install);
        var said = Number().Match(answer.Said) is { Success: true } number ? Version.Parse(number.Value) : null;
        return said is null ? Finding.Warn(program, $"its version is not understood ({answer.Said})", $"use {oldest} or later: {install}")
            : said < oldest ? Finding.Fail(program, $"version {said} is too old", $"{oldest} or later is needed: {install}")
            : Finding.Ok(program, $"version {said}");
    }

    private static Finding Sqlite()
    {
        try
        {
            NativeSqlite.Require();
            return Finding.Ok("sqlite", $"version {SQLitePCL.raw.sqlite3_libversion().utf8_to_string()}");
        }
        catch (DllNotFoundException)
        {
            return Finding.Fail("sqlite", "libsqlite3.so.0 is not to be had", "apt-get install libsqlite3-0");
        }
    }

    private async Task<Finding> KeyAsync(CancellationToken cancellation)
    {
        if (settings.Identity is not { } key)
            return Finding.Warn("key", "no identity is named, so ssh_config and the agent of this user decide",
                "name one as spec.identity in the settings file, with --identity or RECONCILER_IDENTITY");
        if (!File.Exists(key))
            return Finding.Fail("key", $"there is no file {key}, or this user may not look into its folder",
                $"ssh-keygen -t ed25519 -N '' -f {key}");
        var mode = File.GetUnixFileMode(key);
        if ((mode & ForOthers) != 0)
            return Finding.Fail("key", $"{key} may be read by others (mode {SettingsFile.Octal(mode)}), which ssh refuses",
                $"chmod 600 {key}");
        // Asked for with an empty passphrase, it prints the public key of one that has none.
        return await LocalProgram.RunAsync("ssh-keygen", ["-y", "-P", "", "-f", key], cancellation) switch
        {
            null => Finding.Fail("key", "ssh-keygen is not to be had", "apt-get install openssh-client"),
            { ExitCode: 0 } => Finding.Ok("key", $"{key}, mode {SettingsFile.Octal(mode)}"),
            var answer when answer.Said.Contains("Permission denied", StringComparison.Ordinal) =>
                Finding.Fail("key", $"{key} may not be read by this user", $"chown {Environment.UserName} {key}"),
            var answer when answer.Said.Contains("passphrase", StringComparison.Ordinal) =>
                Finding.Fail("key", $"{key} has a passphrase, which nobody is there to type",
                    $"ssh-keygen -p -N '' -f {key}, or use an agent and no identity"),
            _ => Finding.Fail("key", $"{key} is no private key", "make one: ssh-keygen -t ed25519 -N '' -f ANOTHER-FILE"),
        };
    }

    private Finding Secrets()
    {
        var folder = settings.Secrets;
        try
        {
            if (!Directory.Exists(folder))
                return Finding.Warn("secrets", $"there is no folder {folder}, so no file: secret can be read",
                    $"install -d -m 0700 -o {Environment.UserName} {folder}, if the desired state names any");
            if ((File.GetUnixFileMode(folder) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
                return Finding.Fail("secrets", $"others may put files into {folder}", $"chmod 700 {folder}");
            var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToList();
            var open = files.Where(file => (File.GetUnixFileMode(file) & ForOthers) != 0).Order(StringComparer.Ordinal).ToList();
            // Root reads all: what counts is whether they belong to whom the folder belongs to, the controller's user.
            var owner = FileOwner.Me == 0 ? FileOwner.Of(folder) : FileOwner.Me;
            var foreign = files.Where(file => FileOwner.Of(file) != owner).Order(StringComparer.Ordinal).ToList();
            var to = FileOwner.Me == 0 ? $"--reference={folder}" : Environment.UserName;
            string[] wrong =
            [
                .. open.Count > 0 ? [$"{open.Count} file(s) may be read by others, and are refused"] : Array.Empty<string>(),
                .. foreign.Count > 0 ? [$"{foreign.Count} file(s) belong to another user than the controller's"] : Array.Empty<string>(),
            ];
            string[] mends =
            [
                .. foreign.Count > 0 ? [$"chown {to} {Named(foreign)}"] : Array.Empty<string>(),
                .. open.Count > 0 ? [$"chmod 600 {Named(open)}"] : Array.Empty<string>(),
            ];
            return wrong.Length > 0
                ? Finding.Fail("secrets", string.Join("; ", wrong), string.Join("; ", mends))
                : Finding.Ok("secrets", $"{files.Count} file(s) below {folder}, for nobody else to read");
        }
        catch (UnauthorizedAccessException)
        {
            return Finding.Fail("secrets", $"this user may not look into {folder}", $"chown -R {Environment.UserName} {folder}");
        }
    }

    private static string Named(List<string> files) => string.Join(' ', files.Take(MostNamed).Select(Model.Shell.Quote))
        + (files.Count > MostNamed ? $" (and {files.Count - MostNamed} more)" : "");

    private async Task<IReadOnlyList<Finding>> LedgerAsync(CancellationToken cancellation)
    {
        var state = settings.State;
        if (!Directory.Exists(state))
            return [Finding.Warn("ledger",
                $"there is no folder {state}, or this user may not look for it; the first converge or watch makes it",
                $"install -d -m 0700 -o {Environment.UserName} {state}, if this user may not make it")];
        if (FileOwner.Of(state) is var owner && owner != FileOwner.Me)
            return [Finding.Fail("ledger", $"{state} belongs to the user with number {owner}",
                $"ask as that user: sudo -u '#{owner}' reconciler doctor")];
        if (await LocalProgram.RunAsync("test", ["-w", state], cancellation) is not { ExitCode: 0 })
            return [Finding.Fail("ledger", $"{state} cannot be written: its mode, or a disk that is read-only",
                $"chmod 700 {state}; findmnt -T {state}")];
        return settings.Ledger.IsShared ? [.. new SharedLedgerChecks(settings.Ledger, clock).Look()] : [Opened(state), Holder(state)];
    }

    private Finding Opened(string state)
    {
        try
        {
            using var ledger = SqliteLedger.OpenForReading(state, clock);
            return Finding.Ok("ledger", $"{ledger.Id} in {state}; its backup is `sqlite3 {state}/ledger.db \".backup FILE\"`");
        }
        catch (LedgerException fault) when (fault.Fault == LedgerFault.Missing)
        {
            return Finding.Ok("ledger", $"none in {state} yet; the first converge or watch makes it");
        }
        catch (LedgerException fault)
        {
            return Finding.Fail("ledger", fault.Message, $"ls -l {state}; df {state}");
        }
    }

    private static Finding Holder(string state) => LedgerLock.HolderNow(state) switch
    {
        null => Finding.Warn("at work", "nobody: nothing is deployed until a watch runs",
            "systemctl start reconciler, or `reconciler watch`"),
        { Command: LedgerHolder.Watch } watch => Finding.Ok("at work", $"{watch}"),
        var other => Finding.Warn("at work", $"{other}", "wait until it has ended; then systemctl start reconciler"),
    };

    private Finding Disk()
    {
        var folder = settings.State;
        while (!Directory.Exists(folder))
            folder = Path.GetDirectoryName(folder) ?? "/";
        var free = new DriveInfo(folder).AvailableFreeSpace;
        var text = $"{free >> 20} MiB are free for {settings.State}";
        return free < NoRoom ? Finding.Fail("disk", $"only {text}", $"df -h {folder}; make room: without a ledger nothing is done")
            : free < LittleRoom ? Finding.Warn("disk", $"only {text}", $"df -h {folder}; make room for mirrors of the code")
            : Finding.Ok("disk", text);
    }

    [GeneratedRegex(@"[0-9]+\.[0-9]+")]
    private static partial Regex Number();
}
