using System.CommandLine;
using Reconciler.Documents.Editing;
using Reconciler.Git;

namespace Reconciler.Cli;

/// <summary><c>promote</c> and <c>rollback</c>: which commit runs, by a commit.</summary>
internal static class ReleaseCommands
{
    /// <summary>Where a document says which commit runs.</summary>
    public static readonly string[] CommitLine = ["spec", "code", "commit"];

    public static Command Promote(SettingsOptions settings)
    {
        var from = new Option<string>("--from") { Description = "environment whose commits are taken", Required = true };
        var to = new Option<string>("--to") { Description = "environment that gets them", Required = true };
        var application = new Argument<string?>("application")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "one application; all that both have without it",
        };
        var command = new Command("promote",
            "Lets one environment run the commits of another, by a commit; a pinned base moves along.")
        {
            application, from, to,
        };
        var commit = new CommitOptions(settings, command);
        command.SetAction((parsed, cancellation) => Failures.ToExitCodeAsync(() =>
        {
            var (source, target, one) = (parsed.GetValue(from)!, parsed.GetValue(to)!, parsed.GetValue(application));
            if (source == target)
                throw new UsageException("--from and --to name the same environment");
            return commit.CommitAsync(parsed, (desired, stop) => PromoteAsync(desired, source, target, one, stop),
                $"{target} asks for the commits of {source} already",
                () => $"`reconciler status {target}` shows what it waits for", cancellation);
        }));
        return command;
    }

    public static Command Bump(SettingsOptions settings)
    {
        var environment = new Argument<string>("environment") { Description = "its folder's name: staging, production" };
        var application = new Argument<string>("application") { Description = "its folder's name" };
        var to = new Option<string>("--to") { Description = "this commit of the code, all 40 digits", Required = true };
        var unread = new Option<bool>("--unchecked")
        {
            Description = CodeQuestion.UncheckedHelp,
        };
        var command = new Command("bump",
            "Asks for a newer commit of the code, by a commit: for the application's own CI. Does not stop `follow`, as a person's commit would.")
        {
            environment, application, to, unread,
        };
        var commit = new CommitOptions(settings, command);
        command.SetAction((parsed, cancellation) => Failures.ToExitCodeAsync(() =>
        {
            var (name, app, wanted) = (parsed.GetValue(environment)!, parsed.GetValue(application)!, parsed.GetValue(to)!);
            if (!(wanted.Length == 40 && CommitId.IsWhole(wanted)))
                throw new UsageException($"--to {wanted} is not a whole commit; write all 40 digits, in lower case");
            var bump = new Bump(settings.Read(parsed), name, app, wanted) { Unchecked = parsed.GetValue(unread) };
            return commit.CommitAsync(parsed, bump.ApplyAsync, $"{app} in {name} asks for that commit already", () => $"`reconciler status {name}` shows what it waits for", cancellation);
        }));
        return command;
    }

    public static Command Rollback(SettingsOptions settings)
    {
        var environment = new Argument<string>("environment") { Description = "its folder's name: staging, production" };
        var application = new Argument<string>("application") { Description = "its folder's name" };
        var to = new Option<string?>("--to") { Description = "this commit of the code, all 40 digits; without it the one before" };
        var unread = new Option<bool>("--unchecked") { Description = CodeQuestion.UncheckedHelp };
        var command = new Command("rollback",
            "Goes back to an earlier commit of the code, by a commit; migrations and secrets stay as they are.")
        {
            environment, application, to, unread,
        };
        var commit = new CommitOptions(settings, command);
        command.SetAction((parsed, cancellation) => Failures.ToExitCodeAsync(() =>
        {
            var (name, app, wanted) = (parsed.GetValue(environment)!, parsed.GetValue(application)!, parsed.GetValue(to));
            if (wanted is not null && !(wanted.Length == 40 && CommitId.IsWhole(wanted)))
                throw new UsageException($"--to {wanted} is not a whole commit; write all 40 digits, in lower case");
            string? pinned = null;
            var question = wanted is null || parsed.GetValue(unread) ? null : new CodeQuestion(settings.Read(parsed), name, app, wanted);
            return commit.CommitAsync(parsed, async (desired, stop) =>
                {
                    (var message, pinned) = await RollbackAsync(desired, name, app, wanted, question, stop);
                    return message;
                },
                $"{app} in {name} asks for that commit already", () => (pinned is null ? "" : $"{pinned}\n")
                    + $"`reconciler plan {name}` says what it would do; `reconciler status {name}` what it waits for. Migrations that were applied since stay applied", cancellation);
        }));
        return command;
    }

    private static async Task<string> PromoteAsync(DesiredStateEdit desired, string from, string to, string? one,
        CancellationToken cancellation)
    {
        desired.Require(from, one);
        desired.Require(to, one);
        var both = one is not null ? [one] : desired.ApplicationsIn(from).Intersect(desired.ApplicationsIn(to)).ToList();
        if (both.Count == 0)
            throw new UsageException($"{from} and {to} have no application in common");
        foreach (var application in both)
            desired.Rewrite(FileOf(to, application), edit =>
                SetCommit(edit, CommitOf(desired, from, application), FileOf(to, application)));
        if (desired.Get($"{to}/environment.yaml", "spec", "base") is not null)
        {
            var pin = desired.Get($"{from}/environment.yaml", "spec", "base")
                ?? await desired.Clone.OkAsync(["rev-parse", "HEAD"], cancellation);
            if (!await HasSameBaseAsync(desired, desired.Get($"{to}/environment.yaml", "spec", "base")!, pin, cancellation))
                desired.Rewrite($"{to}/environment.yaml", edit => edit.Set(pin, "spec", "base"));
        }
        return $"Promote {string.Join(", ", both)} from {from} to {to}";
    }

    /// <param name="question">Null: the code's repository is not asked.</param>
    /// <returns>The message, and what to say about the base.</returns>
    private static async Task<(string Message, string? Pinned)> RollbackAsync(
        DesiredStateEdit desired, string environment, string application, string? to, CodeQuestion? question,
        CancellationToken cancellation)
    {
        desired.Require(environment, application);
        var file = FileOf(environment, application);
        var now = CommitOf(desired, environment, application);
        var earlier = await EarlierAsync(desired, file, to is null ? commit => commit != now : commit => commit == to, cancellation);
        if ((to ?? earlier?.Code) is not { } code)
            throw new EditException($"{file} never asked for another commit than {now[..12]}; name one with --to COMMIT");
        if (code == now)
            return ("nothing", null);
        // What was asked for before was judged then, and the code's repository may be down with everything else.
        if (earlier is null && question is not null)
            await question.RequireNotForwardAsync(desired, now, cancellation);
        desired.Rewrite(file, edit => SetCommit(edit, code, file));
        string? pinned = null;
        var environmentFile = $"{environment}/environment.yaml";
        if (earlier is { Revision: var revision })
        {
            var pin = await PinAtAsync(desired, revision, environmentFile, cancellation) ?? revision;
            var current = desired.Get(environmentFile, "spec", "base") ?? "HEAD";
            if (!await HasSameBaseAsync(desired, current, pin, cancellation))
            {
                desired.Rewrite(environmentFile, edit => edit.Set(pin, "spec", "base"));
                pinned = $"base/ was another one then: `base` in {environmentFile} pins it, for every application of {environment}";
            }
        }
        var name = $"rollback-{application}-{code[..12]}";
        if (!(desired.Has($"{environment}/acknowledgements.yaml") && HasEntry(desired, environment, name)))
            desired.Rewrite($"{environment}/acknowledgements.yaml",
                edit => edit.Set($"{{gates: [databaseAhead], for: {application}@{code}, reason: \"rollback from {now[..12]}\"}}",
                    "spec", name),
                otherwise: $"apiVersion: reconciler/v1\nkind: Acknowledgements\nmetadata: {{name: {environment}}}\nspec: {{}}\n");
        return ($"Roll {application} in {environment} back to {code[..12]}", pinned);
    }

    private static bool HasEntry(DesiredStateEdit desired, string environment, string name) =>
        desired.Get($"{environment}/acknowledgements.yaml", "spec", name, "for") is not null;

    /// <summary>The newest revision that asked for such a commit.</summary>
    private static async Task<(string Revision, string Code)?> EarlierAsync(
        DesiredStateEdit desired, string file, Func<string, bool> fits, CancellationToken cancellation)
    {
        var revisions = await desired.Clone.OkAsync(["log", "--format=%H", "--", desired.PathOf(file)], cancellation);
        var last = "";
        foreach (var changed in revisions.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (await desired.Clone.FileAtAsync(changed, desired.PathOf(file), cancellation) is not { } text
                || Read(file, text) is not { } code)
                break;
            // It was in force until the revision before the one that moved the line on.
            if (fits(code))
                return (last.Length == 0 ? changed : await desired.Clone.OkAsync(["rev-parse", $"{last}^"], cancellation), code);
            last = changed;
        }
        return null;
    }

    private static string? Read(string file, string text)
    {
        try
        {
            return new YamlEdit(file, text).Get(CommitLine);
        }
        catch (EditException)
        {
            return null;
        }
    }

    private static async Task<string?> PinAtAsync(DesiredStateEdit desired, string revision, string file, CancellationToken cancellation) =>
        await desired.Clone.FileAtAsync(revision, desired.PathOf(file), cancellation) is { } text
            ? new YamlEdit(file, text).Get("spec", "base") : null;

    private static async Task<bool> HasSameBaseAsync(DesiredStateEdit desired, string one, string other, CancellationToken cancellation) =>
        (await desired.Clone.RunAsync(["diff", "--quiet", one, other, "--", desired.PathOf("base")], TimeSpan.FromMinutes(2),
            cancellation)).ExitCode == 0;

    public static string FileOf(string environment, string application) => $"{environment}/{application}/application.yaml";

    public static string CommitOf(DesiredStateEdit desired, string environment, string application) =>
        desired.Get(FileOf(environment, application), CommitLine)
        ?? throw new EditException($"{FileOf(environment, application)} has no code: {{commit: ...}}; write the line there first");

    public static void SetCommit(YamlEdit edit, string commit, string file)
    {
        if (edit.Get(CommitLine) is null)
            throw new EditException($"{file} has no code: {{commit: ...}}; write the line there first");
        edit.Set(commit, CommitLine);
    }
}
