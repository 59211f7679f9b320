using Reconciler.Documents.Kinds;

namespace Reconciler.Documents;

/// <summary>Whether an application's migrations are preceded by a backup: told when it is validated and when it is planned.</summary>
internal static class Backups
{
    /// <returns>Null when there is one.</returns>
    public static string? WhyNone(DesiredEnvironment desired, ApplicationDocument application)
    {
        if (application.Database is not { } name)
            return "the application names no database: what is migrated is not backed up";
        return desired.Host.Databases.Value.GetValueOrDefault(name) switch
        {
            { On: null } => $"the database {name} is run by somebody else: this program does not back it up",
            { Backup: null } => $"databases.yaml says nothing about a backup of {name}: what is migrated is not backed up",
            _ => null,
        };
    }
}
