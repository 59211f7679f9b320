using Reconciler.Model;
using Reconciler.Resources.Database;
using Reconciler.Resources.Maintenance;
using Reconciler.Resources.Migrations;
using Reconciler.Resources.SecretsFile;
using Reconciler.Resources.Service;
using Reconciler.Resources.Tasks;

namespace Reconciler.Documents.Expansion;

/// <summary>A unit as a failure needs it.</summary>
internal static class UnitVariants
{
    /// <summary>
    /// Secrets as they were on the servers before the run: their sources may hold the new values by now, and the old ones are kept on the server. A file that
    /// was replaced on some servers only (the controller died meanwhile) goes back on all, and a role's password goes with the file that it stands in.
    /// </summary>
    public static Unit WithSecretsAsSeen(this Unit unit, IReadOnlyDictionary<ResourceId, Observation> before)
    {
        string? Seen(Resource resource) => before.GetValueOrDefault(resource.Id)?.FactsOf<ResourceFacts>() switch
        {
            // Somebody's edit of what was placed last is no state that others are to have, nor one that is gone back to.
            SecretsFileFacts { Placed: { } placed } when placed == ((SecretsFileSpec)resource.Spec).Digest => placed,
            var facts => facts?.Marker,
        };
        bool IsEdited(Resource resource) => before.GetValueOrDefault(resource.Id)?.FactsOf<SecretsFileFacts>()?.EditedByHand == true;
        var older = unit.Resources
            .Where(resource => resource.Spec is SecretsFileSpec spec && Seen(resource) is { } seen && seen != spec.Digest)
            .GroupBy(resource => ((SecretsFileSpec)resource.Spec).File)
            .ToDictionary(file => file.Key, file => Seen(file.OrderBy(IsEdited).First())!);
        Resource AsSeen(Resource resource) => (resource.Spec, Seen(resource)) switch
        {
            (SecretsFileSpec spec, { } seen) when older.TryGetValue(spec.File, out var old) =>
                resource with { Spec = spec with { Digest = seen == spec.Digest ? old : seen, FromKeptCopy = true } },
            (DatabaseSpec { OnlyPassword: true, Logins: { } logins } spec, _) when older.ContainsKey(spec.Password.File) => resource with
            {
                // Which of them the file of before names its digest does not say: who could log in then can again, and nobody else.
                Spec = spec with
                {
                    FromKeptCopy = true,
                    Logins = logins with
                    {
                        AsSeen = before.GetValueOrDefault(resource.Id)?.FactsOf<DatabaseFacts>()?.PasswordsSeen(spec) ?? [],
                    },
                },
            },
            (DatabaseSpec { OnlyPassword: true } spec, { } seen) when seen != spec.PasswordDigest && older.ContainsKey(spec.Password.File) =>
                resource with { Spec = spec with { PasswordDigest = seen, FromKeptCopy = true } },
            (MigrationsSpec spec, _) => resource with
            {
                Spec = spec with
                {
                    SecretDigests = [.. spec.Runtime.Secrets.Zip(spec.SecretDigests,
                        (file, digest) => KeyValuePair.Create(file.Key, older.GetValueOrDefault(file.Value.File, digest.Value)))],
                },
            },
            _ => resource,
        };
        return unit with { Resources = [.. unit.Resources.Select(AsSeen)] };
    }

    /// <summary>
    /// As <see cref="WithSecretsAsSeen"/>, for a state that is looked at and mended while what git says cannot be brought about: somebody's edit is told from
    /// what was written last, and is nothing that a service is to read.
    /// </summary>
    public static Unit WithSecretsAsPlaced(this Unit unit, IReadOnlyDictionary<ResourceId, Observation> seen)
    {
        static SecretsFileFacts? EditIn(Observation? observation) => observation is Observation.Found { Facts: SecretsFileFacts { EditedByHand: true } edit } ? edit : null;
        var placed = seen.ToDictionary(entry => entry.Key,
            entry => EditIn(entry.Value) is { } edit ? new Observation.Found(edit with { Digest = edit.Placed!, Marker = edit.Placed }) : entry.Value);
        Resource OnlyCompared(Resource resource) => resource.Spec is SecretsFileSpec spec
            && (spec.FromKeptCopy ? EditIn(seen.GetValueOrDefault(resource.Id)) is not null : spec.Digest == SecretDigests.Unresolved)
                ? resource with { Spec = spec with { OnlyCompared = true } } : resource;
        var before = unit.WithSecretsAsSeen(placed);
        return before with { Resources = [.. before.Resources.Select(OnlyCompared)] };
    }

    /// <summary>
    /// For a way back before anything migrated: the database is as this code left it, and trying the code once more would only keep the page on. Nor is a
    /// task any part of a way back.
    /// </summary>
    public static Unit WithoutMigrations(this Unit unit) =>
        unit with { Resources = [.. unit.Resources.Where(resource => resource.Spec is not (MigrationsSpec or TaskSpec))] };

    /// <summary>
    /// With the services that ran before and that git no longer declares (removed, renamed): stopped, and not started at boot. Without it they would
    /// run on, on old code, and answer on the port of whoever took their place.
    /// </summary>
    public static Unit WithServicesRetired(this Unit unit, Unit before, IReadOnlyDictionary<string, DesiredServer> servers)
    {
        var declared = unit.Resources.Select(resource => resource.Id).ToHashSet();
        return unit with
        {
            Resources =
            [
                .. unit.Resources,
                .. before.Resources
                    .Where(resource => resource.Spec is ServiceSpec { Part: not ServicePart.Backing } && !declared.Contains(resource.Id) && servers.ContainsKey(resource.Id.Server))
                    .Select(resource => resource with { Spec = Retired((ServiceSpec)resource.Spec, SharesSupervisor(unit, resource)), Reads = [], Loads = [] }),
            ],
        };
    }

    /// <summary>Without what these servers are to have; the digest stays, for git says the same.</summary>
    /// <param name="down">Whether nobody is to pass requests on to them: not where they have what is in force.</param>
    public static Unit Without(this Unit unit, IReadOnlyCollection<MissingServer> missing, bool down)
    {
        if (missing.Count == 0)
            return unit;
        var names = missing.Select(server => server.Name).ToHashSet();
        return unit with
        {
            Resources = [.. unit.Resources.Where(resource => !names.Contains(resource.Id.Server))],
            Borrowed = [.. unit.Borrowed.Where(resource => !names.Contains(resource.Id.Server))],
            Missing = [.. unit.Missing, .. missing],
            Down = down ? unit.Down.Union(names).ToHashSet() : unit.Down,
        };
    }

    /// <summary>
    /// These servers by themselves: a run of its own, keyed by a digest of its own, which says nothing about the others. The schema is not theirs to change.
    /// </summary>
    public static Unit OnlyOn(this Unit unit, IReadOnlySet<string> servers) => unit with
    {
        Resources = [.. unit.Resources.Where(resource => servers.Contains(resource.Id.Server) && resource.Spec is not MigrationsSpec)],
        Borrowed = [.. unit.Borrowed.Where(resource => servers.Contains(resource.Id.Server))],
        Digest = UnitDigest.OfPart(unit.Digest, servers),
        Alone = servers,
    };

    /// <summary>The flag as git has it now, for a state of before: which code runs does not decide whether users see the page.</summary>
    public static Unit WithFlagOf(this Unit unit, Unit now)
    {
        var flags = now.Resources.Where(resource => resource.Spec is MaintenanceSpec)
            .ToDictionary(resource => resource.Id, resource => (MaintenanceSpec)resource.Spec);
        Resource AsNow(Resource resource) =>
            resource.Spec is MaintenanceSpec spec && (flags.GetValueOrDefault(resource.Id) ?? flags.Values.FirstOrDefault()) is { } flag
                ? resource with
                {
                    Spec = spec with
                    {
                        Enabled = flag.Enabled,
                        Begins = flag.Begins,
                        Page = flag.Page,
                        RetryAfter = flag.RetryAfter,
                        // Which of its sites have the part is a matter of the state of before.
                        Banner = spec.Banner is { } old && flag.Banner is { } banner ? banner with { Sites = old.Sites } : spec.Banner,
                        Notice = spec.Notice is { } its && flag.Notice is { } notice ? notice with { Runtime = its.Runtime } : spec.Notice,
                    },
                }
                : resource;
        return unit with
        {
            Resources = [.. unit.Resources.Select(AsNow)],
            Flag = now.Flag,
            Times = now.Times,
            Begins = now.Begins,
            BeginsBecause = now.BeginsBecause,
        };
    }

    private static ServiceSpec Retired(ServiceSpec spec, bool shared) => spec with
    {
        Retired = true,
        Manager = spec.Manager is ServiceManager.DeclaredProgram program ? program with { Shared = shared } : spec.Manager,
    };

    private static bool SharesSupervisor(Unit unit, Resource removed) => unit.Resources.Any(resource =>
        resource.Id.Server == removed.Id.Server && resource.Spec is ServiceSpec { Retired: false, Manager: ServiceManager.DeclaredProgram });

    /// <summary>Only the application's own services, and none of them running: what is left behind a page that stays on.</summary>
    public static Unit WithServicesStopped(this Unit unit) => unit with
    {
        Borrowed = [],
        Flag = true,
        Resources =
        [
            .. unit.Resources
                .Where(resource => resource.Spec is MaintenanceSpec)
                .Select(resource => resource with { Spec = (MaintenanceSpec)resource.Spec with { Enabled = true, Begins = null } }),
            .. unit.Resources
                .Where(resource => resource.Spec is ServiceSpec { Part: not ServicePart.Backing })
                .Select(resource => resource with { Spec = (ServiceSpec)resource.Spec with { Retired = true }, Reads = [], Loads = [] }),
        ],
    };
}
