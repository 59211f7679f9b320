using System.CommandLine;
using Reconciler.Adopting;
using Reconciler.Documents.Editing;

namespace Reconciler.Cli;

/// <summary><c>adopt</c>: what drifted on the servers becomes what git says, by a commit.</summary>
internal static class AdoptCommand
{
    public static Command Create(SettingsOptions settings)
    {
        var environment = new Argument<string>("environment") { Description = "its folder's name: staging, production" };
        var application = new Argument<string?>("application")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "one, or host for the servers themselves; all without it",
        };
        var command = new Command("adopt",
            "Looks at the servers, and writes what was changed on them by hand into the desired state, as one commit: the text of sites and files, their mode "
            + "and owner, the commit of a checkout, a package's version. What cannot be written is listed with the reason. Changes nothing on the servers.")
        {
            environment, application,
        };
        var commit = new CommitOptions(settings, command);
        command.SetAction((parsed, cancellation) => Failures.ToExitCodeAsync(async () =>
        {
            var (name, only) = (parsed.GetValue(environment)!, parsed.GetValue(application));
            var look = await DriftToAdopt.LookAsync(settings.Read(parsed), name, only, cancellation);
            if (look is null)
                return ExitCode.InvalidDesiredState;
            var (revision, adoptions) = look.Value;
            Report("left as they are", adoptions.Left.Select(left => $"{left.Sentence}: {left.Why}"));
            if (adoptions.Changes.Count == 0)
            {
                Console.Out.WriteLine($"nothing was changed: {(adoptions.Left.Count == 0 ? $"{name} has not drifted" : "nothing of it can be written into git")}");
                return ExitCode.Done;
            }
            Report("adopted", adoptions.Changes.Select(change => change.Sentence));
            return await commit.CommitAsync(parsed, async (desired, stop) =>
            {
                if ((await desired.Clone.OkAsync(["rev-parse", "HEAD"], stop)).Trim() is var head && head != revision)
                    throw new EditException($"git moved to {head[..12]} while the servers were looked at as of {revision[..12]}, and nothing was pushed: adopt again");
                foreach (var change in adoptions.Changes)
                    Apply(desired, change);
                return Message(name, adoptions.Changes);
            }, "git says just that already", () => "merged, it is what git says; a site's file is placed once more, with the digest of its new text", cancellation);
        }));
        return command;
    }

    private static string Message(string environment, IReadOnlyList<Adoption> changes) =>
        $"Adopt what drifted in {environment}\n\n{string.Join('\n', changes.Select(change => $"- {change.Sentence}"))}\n";

    private static void Apply(DesiredStateEdit desired, Adoption change)
    {
        if (change is Adoption.Text text)
        {
            desired.Write(text.File, text.Content);
            return;
        }
        var value = (Adoption.Value)change;
        var folder = value.File.Split('/')[1];
        desired.Rewrite(value.File, edit =>
        {
            if (value.Entry is null)
                edit.Set(value.Yaml, "spec", "code", value.Key);
            else if (edit.Has("spec", value.Entry))
                edit.Set(value.Yaml, "spec", value.Entry, value.Key);
            else
                edit.Set($"{{{value.Key}: {value.Yaml}}}", "spec", value.Entry);
        }, otherwise: $"apiVersion: reconciler/v1\nkind: {value.Kind}\nmetadata: {{name: {folder}}}\nspec: {{}}\n");
    }

    private static void Report(string title, IEnumerable<string> lines)
    {
        var all = lines.ToList();
        if (all.Count > 0)
            Console.Out.WriteLine($"{title}:\n{string.Join('\n', all.Select(line => $"  {line}"))}");
    }
}
