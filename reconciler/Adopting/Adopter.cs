using Reconciler.Documents;
using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Resources.File;
using Reconciler.Resources.NginxSite;
using Reconciler.Resources.Packages;

namespace Reconciler.Adopting;

/// <summary>
/// From what drifted to what git would have to say: only what documents can express, and the same on all servers that it is
/// about.
/// </summary>
internal sealed class Adopter(DesiredEnvironment desired)
{
    private static readonly string[] Words = ["mode", "owner", "group"];

    public Adoptions Of(IReadOnlyList<Drifted> drifted)
    {
        var changes = new List<Adoption>();
        var left = new List<NotAdopted>();
        foreach (var same in drifted.GroupBy(one => (one.Resource.Id.Application, one.Resource.Id.Kind, one.Resource.Id.Name)))
        {
            var all = same.ToList();
            if (all[0].Cause != DriftCause.Corrective)
            {
                left.Add(new(Sentence(all[0]), "git moved, or this was never as git says: nothing on the server that "
                    + "git should follow"));
                continue;
            }
            var answers = all.Select(one => On(one).ToList()).ToList();
            var elsewhere = all[0].Unit.Resources
                .Where(resource => resource.Id.Application == same.Key.Application
                && resource.Id.Kind == same.Key.Kind
                && resource.Id.Name == same.Key.Name).Select(resource => resource.Id.Server)
                .Except(all.Select(one => one.Resource.Id.Server)).ToList();
            if (elsewhere.Count > 0 && answers[0].Exists(answer => answer.Change is not null))
                left.Add(new(Sentence(all[0]), $"{string.Join(", ", elsewhere)} still has it as git says, and git says one "
                    + $"thing for all: bring the servers together first"));
            else if (answers.Skip(1)
                .Any(answer => !answer.Select(one => Meant(one.Change))
                .SequenceEqual(answers[0].Select(one => Meant(one.Change)))))
                left.Add(new(Sentence(all[0]), "it was changed otherwise on other servers: bring them together first"));
            else
            {
                changes.AddRange(answers[0].Select(answer => answer.Change).OfType<Adoption>());
                left.AddRange(answers[0].Select(answer => answer.Left).OfType<NotAdopted>());
            }
        }
        return new(changes, left);
    }

    private static string Sentence(Drifted one) => $"{one.Resource.Id.Server}: {one.Differences[0].Sentence}";

    /// <summary>Without the server's name.</summary>
    private static object? Meant(Adoption? change) => change is null ? null : change with { Sentence = "" };

    private readonly record struct Answer(Adoption? Change, NotAdopted? Left);

    private IEnumerable<Answer> On(Drifted one)
    {
        foreach (var difference in one.Differences)
        {
            var sentence = $"{one.Resource.Id.Server}: {difference.Sentence}";
            var (change, why) = Judge(one, difference, sentence);
            yield return new(change, change is null ? new(sentence, why ?? "no document can say it: undo it, or "
                + "`reconciler retry --heal`") : null);
        }
    }

    private (Adoption? Change, string? Why) Judge(Drifted one, Difference difference, string sentence) =>
        (one.Resource.Spec, one.Resource.Id.Kind) switch
    {
        (NginxSiteSpec site, _) => OfSite(one, site, difference, sentence),
        (FileSpec file, _) => OfFile(one, file, difference, sentence),
        (_, "Directory") => OfEntry(one, difference, sentence),
        (PackagesSpec packages, _) => OfPackage(packages, difference, sentence),
        (_, "Code") => OfCode(one, difference, sentence),
        (_, "SecretsFile") when difference.Sentence.Contains("should be 0600", StringComparison.Ordinal) =>
            (null, "a secrets file is its user's alone: chmod 600 it there"),
        (_, "SecretsFile") => (null, "values of secrets are never read from a server: put the new ones where `from` says"),
        (_, "VirtualEnvironment") => (null, "packages come from the requirements in the code: change them there, "
            + "commit and deploy"),
        (_, "Service") => (null, "that something does not run is no desired state: start it, or take it out of services.yaml"),
        (_, "Maintenance") => (null, "use `reconciler maintenance`, which also tells users"),
        (_, "Absence") => (null, "take the entry with `absent` out of files.yaml, if it is to stay"),
        (_, "Link") => (null, "write the link's new target into files.yaml, if it is to stay"),
        (_, "Database") => (null, "git says who may log in: change host/databases.yaml, if it is to stay"),
        _ => (null, null),
    };

    private (Adoption?, string?) OfSite(Drifted one, NginxSiteSpec site, Difference difference, string sentence)
    {
        if (difference.Observed != "edited")
            return (null, "only the text of a site can go into git: reload nginx, or put its link back");
        var (folder, entry) = (FolderOf(one), desired.Applications[one.Resource.Id.Application].Nginx.Value[site.Name]);
        return entry.Template is { } template
            ? Back(one, folder, template, site.Content, sentence, (texts, line) => SealedSite.Text(texts.Site(line, ""), site.Down))
            : (null, "it comes from a preset: write a template of its own");
    }

    private (Adoption?, string?) OfFile(Drifted one, FileSpec file, Difference difference, string sentence)
    {
        if (Word(difference) is not null)
            return OfEntry(one, difference, sentence);
        if (difference.Type != DifferenceType.Change || difference.Refusal is not null && difference.Gate is null)
            return (null, "say `absent: true` in files.yaml, if it is to stay so");
        var (folder, entry) = (FolderOf(one), FolderOf(one).Files.Value[one.Resource.Id.Name]);
        return entry.Template is { } template
            ? Back(one, folder, template, file.Content, sentence, (texts, line) => texts.Plain(line))
            : (null, "its text stands in files.yaml itself: edit `content` there, or move it into a template");
    }

    private (Adoption?, string?) Back(Drifted one, DesiredFolder folder, string template, string rendered, string sentence,
        Func<Texts, string, string> render)
    {
        if (one.Live is not { } live)
            return (null, one.Unread ?? "its text could not be read");
        if (live.Contains('\uFFFD') || live.Contains('\0'))
            return (null, "it is no text");
        var texts = new Texts(desired, folder, one.Resource.Id.Server);
        var back = TemplateBack.Of(texts.Read(template), rendered, live, line => render(texts, line));
        return back.Text is { } text
            ? (new Adoption.Text($"{desired.Name}/{folder.Name}/{template}", sentence, text), null)
            : (null, back.Why);
    }

    private (Adoption?, string?) OfEntry(Drifted one, Difference difference, string sentence) =>
        Word(difference) is { } key && difference.Observed is { } observed
        ? (new Adoption.Value($"{desired.Name}/{FolderOf(one).Name}/files.yaml", sentence, "Files", one.Resource.Id.Name,
        key, $"\"{observed}\""), null)
        : (null, null);

    /// <summary>The key of files.yaml that a difference is about.</summary>
    private static string? Word(Difference difference) => difference.Type != DifferenceType.Change ? null
        : Words.FirstOrDefault(word => difference.Sentence.StartsWith($"{word} of ", StringComparison.Ordinal));

    private (Adoption?, string?) OfPackage(PackagesSpec spec, Difference difference, string sentence)
    {
        var wanted =
            spec.Packages.FirstOrDefault(package =>
                difference.Sentence.Contains($" package {package.Name} is ", StringComparison.Ordinal)
            || difference.Sentence.StartsWith($"package {package.Name} is ", StringComparison.Ordinal));
        Adoption Set(string key, string value) =>
            new Adoption.Value($"{desired.Name}/host/packages.yaml", sentence, "Packages", wanted!.Name, key, value);
        return (wanted?.State, difference.Observed) switch
        {
            (PackageState.Pinned, { } version) when difference.Type == DifferenceType.Change =>
                (Set("version", $"\"{version}\""), null),
            (PackageState.Held, "not held") => (Set("state", "present"), null),
            (_, "not installed") => (null, "take it out of host/packages.yaml, if it is to stay away"),
            _ => (null, null),
        };
    }

    private (Adoption?, string?) OfCode(Drifted one, Difference difference, string sentence) => one switch
    {
        _ when difference.Gate == "drift" => (null, "edits and unpushed commits are no commit that can run: commit and "
            + "push them, or undo them"),
        { Head: null } => (null, "its commit could not be read"),
        { HeadRefused: { } refused } => (null, refused),
        _ when difference.Type != DifferenceType.Change => (null, null),
        _ => (new Adoption.Value($"{desired.Name}/{one.Resource.Id.Application}/application.yaml", sentence, "Application",
            null, "commit", one.Head), null),
    };

    private DesiredFolder FolderOf(Drifted one) =>
        one.Resource.Id.Application == ResourceId.Host ? desired.Host : desired.Applications[one.Resource.Id.Application];
}
