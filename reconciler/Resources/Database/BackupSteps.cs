using Reconciler.Model;

namespace Reconciler.Resources.Database;

/// <summary>The steps around something that cannot be undone.</summary>
internal static class BackupSteps
{
    /// <param name="covers">The site is to be covered in this plan.</param>
    public static IEnumerable<Step> Of(Resource resource, DatabaseSpec spec, DatabaseFacts? facts, bool covers)
    {
        if (spec.Backup is { Mode: BackupMode.Dump } dump && facts?.LacksRoom == true)
            yield return Step(resource, Phase.Prepare, $"see that there is room for a dump of {spec.Name} in {dump.Directory}",
                BackupScripts.Room(spec, dump), "-") with { Secures = true };
        // Where none is declared too: whoever works there would hold the migration up all the same.
        yield return Step(resource, Phase.Backup, $"see that nobody else works in database {spec.Name}", ActivityScript.Of(spec), "-") with
        {
            Rank = Ranks.BeforeBackup,
            Deadline = TimeSpan.FromMinutes(3),
        };
        if (spec.Backup is not { } backup)
            yield break;
        if (backup.Mode == BackupMode.Accept)
        {
            // Nothing that we stop makes it better: what is wrong with it is found before users see the page.
            yield return Step(resource, covers ? Phase.Cover : Phase.Backup, $"see that the newest backup in {backup.Directory} is young enough and readable",
                BackupScripts.Accept(spec, backup), ResultName(spec)) with { Rank = covers ? Ranks.BeforeCover : 0 };
            yield break;
        }
        yield return Step(resource, Phase.Backup, $"dump database {spec.Name} to {backup.Directory} and read the dump back",
            BackupScripts.Dump(spec, backup), ResultName(spec));
        yield return Step(resource, Phase.Tidy, $"remove dumps of {spec.Name} but the newest {Math.Max(1, backup.Keep)}",
            BackupScripts.Prune(spec, backup), "-");
    }

    /// <summary>Under which the runner keeps what the last one printed.</summary>
    public static string ResultName(DatabaseSpec spec) => $"backup-{spec.Name}";

    private static Step Step(Resource resource, Phase phase, string summary, string script, string store) =>
        new(phase, resource.Id, summary, RunnerRequest.Run("postgres", DatabaseScripts.Folder, store, new PayloadPart.Text(script)))
        {
            Deadline = TimeSpan.FromHours(1),
            Because = phase is Phase.Prepare or Phase.Cover or Phase.Backup ? "a later step cannot be undone" : null,
        };
}
