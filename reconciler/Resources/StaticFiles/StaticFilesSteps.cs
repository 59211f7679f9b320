using Reconciler.Model;

namespace Reconciler.Resources.StaticFiles;

/// <summary>Collecting, switching and tidying static files.</summary>
internal static class StaticFilesSteps
{
    /// <param name="into">The wanted folder, or its successor beside the live one.</param>
    /// <param name="mountPoint">Nothing is at STATIC_ROOT yet: an empty folder to bind over, which the switch replaces.</param>
    public static IEnumerable<Step> Collect(Resource resource, StaticFilesSpec spec, BuiltFolder into, bool mountPoint)
    {
        var user = spec.Runtime.User;
        foreach (var folder in new[] { spec.Path + ".d", spec.Folder, into.Path }.Distinct())
            yield return new(Phase.Prepare, resource.Id, $"make {folder}", RunnerRequest.Directory(folder, "0755", user, user))
            {
                Rank = Ranks.Directories,
                Proof = $"[ -d {Shell.Quote(folder)} ]",
            };
        if (mountPoint)
            yield return new(Phase.Prepare, resource.Id, $"link {spec.Path}, where nothing is yet", RunnerRequest.Link(spec.Path, spec.Folder))
            {
                Rank = Ranks.Directories + 1,
                Proof = $"[ -h {Shell.Quote(spec.Path)} ]",
            };
        yield return new(Phase.Prepare, resource.Id, "collect static files with the new code",
            spec.Runtime.Try("-",
                $"set -e\n{into.Begin(spec.Path)}python manage.py collectstatic --noinput --verbosity 0\n{into.Note(spec.Path)}: >{Shell.Quote(into.ReadyFile)}\n",
                KeyValuePair.Create(into.Path, spec.Path)))
        {
            Rank = Ranks.Trials,
            Deadline = TimeSpan.FromMinutes(20),
            Proof = $"[ -e {Shell.Quote(into.ReadyFile)} ]",
            // A record may be there though the files are not.
            SkipWhenProven = false,
        };
    }

    /// <summary>
    /// Old code is asked for pages while the new files are in use, and those name files by the hash of what they hold (ManifestStaticFilesStorage). Of the
    /// former those are kept that were collected with them, not those that they had kept themselves.
    /// </summary>
    public static Step Keep(Resource resource, StaticFilesSpec spec, string former) =>
        new(Phase.Static, resource.Id, $"keep the hashed static files of {former} beside the new ones",
            RunnerRequest.Run(spec.Runtime.User, spec.Path + ".d", "-", new PayloadPart.Text($$"""
                set -e
                export LC_ALL=C
                [ -f ./{{Shell.Quote($".{former}.files")}} ] || exit 0
                cd ./{{Shell.Quote(former)}}
                sed -n 's/|f|.*//p' {{Shell.Quote($"../.{former}.files")}} | grep -E '[.][0-9a-f]{12}([.][^/]*)?$' | while read -r f; do
                [ -e {{Shell.Quote($"../{spec.Digest}")}}/"$f" ] || [ ! -f "$f" ] || printf '%s\0' "$f"
                done | xargs -r -0 cp -l --parents -t {{Shell.Quote($"../{spec.Digest}")}}

                """)))
        {
            Rank = -1,
        };

    public static Step Switch(Resource resource, StaticFilesSpec spec) =>
        new(Phase.Static, resource.Id, $"switch {spec.Path} to the static files of this commit", RunnerRequest.Link(spec.Path, spec.Folder))
        {
            Proof = $"[ -h {Shell.Quote(spec.Path)} ] && [ {Shell.Quote(spec.Path)} -ef {Shell.Quote(spec.Folder)} ]",
            Attempts = 3,
        };

    public static Step TakeOver(Resource resource, StaticFilesSpec spec) =>
        new(Phase.Static, resource.Id, $"put the static files collected anew in the place of {spec.Folder}",
            RunnerRequest.Run(spec.Runtime.User, spec.Path + ".d", "-", new PayloadPart.Text(spec.Built.TakeOver())))
        { Proof = spec.Built.Proof };

    public static Step Tidy(Resource resource, StaticFilesSpec spec, string old) =>
        new(Phase.Tidy, resource.Id, $"remove old static files {old}",
            RunnerRequest.Run(spec.Runtime.User, spec.Path + ".d", "-", new PayloadPart.Text(BuiltFolder.Remove(old))))
        { Proof = $"[ ! -e {Shell.Quote($"{spec.Path}.d/.{old}.ready")} ]" };
}
