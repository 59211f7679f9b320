using System.CommandLine;
using Reconciler.Documents;
using Reconciler.Git;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Secrets;
using Reconciler.Watching;

namespace Reconciler.Cli;

/// <summary>
/// <c>break-glass check</c>: what the controller's own repository asks, as its hook, before it takes a push while the git host is down.
/// </summary>
internal static class BreakGlassCommand
{
    private const string Nowhere = "0000000000000000000000000000000000000000";

    /// <summary>Where git keeps what was pushed until it is taken (git-receive-pack(1), "QUARANTINE ENVIRONMENT").</summary>
    private static readonly string[] Quarantine = ["GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"];

    public static Command Create(SettingsOptions settings)
    {
        var check = new Command("check",
            "Says whether a push may be taken: the pre-receive hook of STATE/break-glass.git runs it, with git's lines on standard input. "
            + "Exit codes: 0 taken; 1 refused, with the reason; 64 bad usage.");
        check.SetAction((parsed, cancellation) => Failures.ToExitCodeAsync(() => CheckAsync(settings.Read(parsed), cancellation)));
        return new Command("break-glass",
            "Takes desired state by git push to the controller itself, STATE/break-glass.git, while its repository cannot be fetched: "
            + "commits signed by those whom `breakGlass` in the settings file names. The README says how to push.")
        {
            check,
        };
    }

    /// <returns>Null where the settings name nobody.</returns>
    public static BreakGlass? Of(ControllerSettings settings, string mirror, TimeProvider clock) =>
        SignersOf(settings) is { Count: > 0 } signers
            ? new(new(FolderOf(settings), mirror, settings.Branch, HookOf(settings), GitOf(settings, clock)), signers) : null;

    public static IReadOnlyList<Signers> SignersOf(ControllerSettings settings) =>
    [
        .. new Signers?[]
        {
            settings.BreakGlass.Ssh is { } ssh ? new Signers.Ssh(ssh) { Key = "breakGlass" } : null,
            settings.BreakGlass.Gpg is { } gpg
                ? new Signers.Gpg(gpg, Path.Combine(settings.State, "signers")) { Key = "breakGlass" } : null,
        }.OfType<Signers>(),
    ];

    private static string FolderOf(ControllerSettings settings) => Path.Combine(settings.State, "break-glass.git");

    private static GitProgram GitOf(ControllerSettings settings, TimeProvider clock) =>
        new(new GitSettings { LocalRepositories = settings.AllowLocalRepositories }, clock);

    /// <summary>With the settings of whoever made it, whatever the environment of the pusher says.</summary>
    private static string HookOf(ControllerSettings settings)
    {
        var program = Environment.ProcessPath!;
        string[] words =
        [
            program,
            .. Path.GetFileName(program) == "dotnet" ? [Path.GetFullPath(Environment.GetCommandLineArgs()[0])] : Array.Empty<string>(),
            "break-glass", "check", "--config", settings.File ?? SettingsFile.None, "--repository", settings.Repository,
            "--branch", settings.Branch, "--state", settings.State,
            .. settings.Folder.Length > 0 ? ["--folder", settings.Folder] : Array.Empty<string>(),
            .. settings.AllowLocalRepositories ? ["--allow-local-repositories"] : Array.Empty<string>(),
        ];
        return "#!/bin/sh\n# Written by the controller, and again when its program or settings change: asks about what is pushed here.\n"
            + $"exec {string.Join(' ', words.Select(Shell.Quote))}\n";
    }

    private static async Task<int> CheckAsync(ControllerSettings settings, CancellationToken cancellation)
    {
        var (tip, why) = PushedIn(settings, await Console.In.ReadToEndAsync(cancellation));
        if (why is null)
            why = await RefusalAsync(settings, tip!, cancellation);
        if (why is not null)
        {
            Console.Error.WriteLine($"nothing was taken: {why}");
            return ExitCode.Error;
        }
        Console.Error.WriteLine(settings.Ledger.AnyHolder(TimeProvider.System) is { Command: LedgerHolder.Watch }
            ? "taken: the watch puts it into force in a moment; `reconciler status` says so"
            : "taken, and not in force yet: no watch runs here; `systemctl start reconciler` starts it");
        Console.Error.WriteLine($"when {settings.Repository} is back, push it there too, before anything else: "
            + $"git push {settings.Repository} {tip}:{settings.Branch}");
        return ExitCode.Done;
    }

    /// <summary>The one commit of the followed branch, or why it is none.</summary>
    private static (string? Tip, string? Why) PushedIn(ControllerSettings settings, string lines)
    {
        var branch = $"refs/heads/{settings.Branch}";
        var updates = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToList();
        if (SignersOf(settings).Count == 0)
            return (null, "controller.yaml names nobody who may push here: write `breakGlass: {ssh: FILE}` there");
        return updates switch
        {
            [[_, var tip, var reference]] when reference == branch && tip != Nowhere && CommitId.IsWhole(tip) => (tip, null),
            [[_, Nowhere, var reference]] when reference == branch =>
                (null, $"{settings.Branch} cannot be deleted here: push a commit to it"),
            _ => (null, $"only {settings.Branch} is taken here, and nothing else: git push ... HEAD:{settings.Branch}"),
        };
    }

    private static async Task<string?> RefusalAsync(ControllerSettings settings, string tip, CancellationToken cancellation)
    {
        var clock = TimeProvider.System;
        var quarantine = Quarantine
            .Where(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 })
            .ToDictionary(name => name, name => Environment.GetEnvironmentVariable(name)!, StringComparer.Ordinal);
        var git = GitOf(settings, clock);
        var pushed = new GitMirror(FolderOf(settings), settings.Repository, git, clock) { Variables = quarantine };
        var mirrors = new MirrorFolder(Path.Combine(settings.State, "mirrors"), git, clock);
        if (await mirrors.Of(settings.Repository).AnswersAsync(settings.Branch, cancellation))
            return $"{settings.Repository} answers: push there; this is for when it does not";
        using var ledger = settings.Ledger.OpenForReading(clock);
        // Documents are judged without code and secrets.
        var source = new EnvironmentSource(new CodeReader(new CodeSource(mirrors)),
            new SecretReader(new SecretFileResolver([], ledger.DigestKey), new AgeProgram(null), new ResolvedSecrets()), ledger.DigestKey);
        var watcher = new RepositoryWatcher(pushed, new WatchSettings(settings.Branch, settings.Folder), clock);
        var desired = new DesiredState(
            watcher, source, ledger, null, settings.AllowLocalRepositories, kind => Controller.SignersOf(settings, kind), clock);
        if (await desired.BreakGlassRefusalAsync(tip, SignersOf(settings), cancellation) is { } why)
            return why;
        await SayAbsentCodeAsync(await desired.DocumentsAtAsync(tip, cancellation), mirrors, cancellation);
        return null;
    }

    /// <summary>Code is fetched from git hosts too: what was never fetched cannot be deployed until they are back.</summary>
    private static async Task SayAbsentCodeAsync(
        IEnumerable<DesiredEnvironment> environments, MirrorFolder mirrors, CancellationToken cancellation)
    {
        foreach (var environment in environments)
            foreach (var (name, application) in environment.Applications)
                if (application.Application.Value.Code is var code
                    && (await mirrors.Of(code.Repository).BranchesContainingAsync(code.Commit, code.Branches, cancellation)).Count == 0)
                    Console.Error.WriteLine($"note: {name} in {environment.Name} asks for {code.Commit[..12]}, which was never fetched "
                        + $"from {code.Repository}: it is deployed when that one answers");
    }
}
