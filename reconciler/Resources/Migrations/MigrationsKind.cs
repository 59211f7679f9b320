using Reconciler.Model;

namespace Reconciler.Resources.Migrations;

/// <summary>
/// Migrations (A12). In Prepare the new code itself says, with its new packages and secrets, whether it can start (<c>manage.py check</c>), what is
/// pending and whether the database is ahead of it; in Migrate exactly that is applied, or the run stops.
/// A page that answers is no proof, nor is <c>migrate --check</c> (operations.md, facts): names are compared.
/// </summary>
internal sealed class MigrationsKind : ResourceKind<MigrationsSpec, MigrationsFacts>
{
    public override string Name => "Migrations";

    protected override string? WantedMarker(MigrationsSpec spec) => null;

    /// <summary>
    /// The stored answer costs nothing to read; the database itself is asked in Prepare, in Migrate, when the controller starts, and when other code, tried
    /// and given up since, has left its answer in the place of the live code's.
    /// </summary>
    protected override Probe Probe(Resource resource, MigrationsSpec spec, MigrationsFacts? last) =>
        new($"""
            f=/var/lib/reconciler/server/results/{spec.ResultName}
            [ -f "$f" ] && while read -r l; do echo "$l"; done <"$f"
            f={Shell.Quote(spec.Runtime.Path)}/.git/HEAD
            [ -f "$f" ] && read -r l <"$f" && [ "$l" = {spec.Commit} ] && [ {Shell.Quote(spec.Runtime.VirtualEnvironment)} -ef {Shell.Quote(spec.Runtime.PreparedVirtualEnvironment)} ] &&
            {string.Concat(spec.SecretDigests.Select(IsPlaced))}echo {IsLive}
            """);

    /// <summary>Whether the database lets anybody in by now can only be asked.</summary>
    protected override Traces? Traces(MigrationsSpec spec, MigrationsFacts? facts) => facts is null or { AskedLater: true } ? null : Model.Traces.Of(
        [$"{StoredResult.Folder}/{spec.ResultName}", $"{spec.Runtime.Path}/.git/HEAD", spec.Runtime.VirtualEnvironment, spec.Runtime.PreparedVirtualEnvironment,
            .. spec.SecretDigests.Select(file => PlacedFile.Folder + file.Key)]);

    private static string IsPlaced(KeyValuePair<string, string> file) =>
        $"read -r l r <{Shell.Quote("/var/lib/reconciler/server/placed" + file.Key)} && [ \"$l\" = {file.Value} ] &&\n";

    private const string IsLive = "@live";

    protected override Reading Read(Resource resource, MigrationsSpec spec, MigrationsFacts? last, string output, bool dearer)
    {
        // After the cheap look's last line stands what the live code says. One that cannot say (a secrets file is gone, a package, the database is down, it
        // was asked with variables that do not work) would otherwise keep just that from being mended or refused: what is stored holds until Migrate looks.
        var (stored, live) = output.Split($"{IsLive}\n", 2) is [var before, var after] ? (before, after) : (output, "");
        var seen = (dearer ? MigrationsInspection.Parse(live) : null) ?? MigrationsInspection.Parse(stored);
        // Variables alone are asked about in Prepare, as anything new is: with the live code they would be tried on every look.
        if (!dearer && (seen?.AskedLater == true || !(IsOf(spec, seen) || (IsOfCode(spec, seen) && seen!.Secrets == spec.Secrets)))
            && output.Split('\n').Contains(IsLive))
            return IsOf(spec, last) && !last!.AskedLater ? Reading.Found(last!) : new Reading.NeedsMore(Model.Probe.Nothing with
            {
                Request = spec.Runtime.RunLive("-", MigrationsInspection.InspectInstead(spec)),
            });
        if (seen is null)
            return dearer && !MigrationsInspection.IsInstead(output)
                ? Reading.Unknown("the application could not say which migrations are applied, and no earlier answer is stored: run `manage.py showmigrations` there to see why")
                : Reading.Absent;
        // A database can be changed by hand as well: a controller that knows nothing yet asks the live code once, if that is the wanted one.
        if (!dearer && last is null && IsOf(spec, seen) && seen.Pending.Count == 0 && output.Split('\n').Contains(IsLive))
            return new Reading.NeedsMore(Probe(resource, spec, last) with { Request = spec.Runtime.RunLive("-", MigrationsInspection.InspectLive(spec)) });
        // What the live code said since holds until a step stores another answer, or what was to be done about it would come and go.
        return !dearer && IsOf(spec, last) && last!.Beside == MigrationsSpec.Short(stored) && IsOf(spec, seen)
            ? Reading.Found(last)
            : Reading.Found(seen with { Beside = MigrationsSpec.Short(stored) });
    }

    private static bool IsOf(MigrationsSpec spec, MigrationsFacts? facts) =>
        IsOfCode(spec, facts) && facts!.Variables == spec.Variables && facts.Secrets == spec.Secrets;

    private static bool IsOfCode(MigrationsSpec spec, MigrationsFacts? facts) =>
        facts is not null && facts.Commit == spec.Commit && facts.VirtualEnvironment == spec.VirtualEnvironment;

    protected override IEnumerable<Difference> Compare(Resource resource, MigrationsSpec spec, MigrationsFacts? facts, ReadMarkers reads)
    {
        if (!IsOf(spec, facts))
        {
            yield return new(resource.Id, DifferenceType.Unknown,
                IsOfCode(spec, facts)
                    ? $"whether the code starts with the new {(facts!.Secrets == spec.Secrets ? "variables" : facts.Variables == spec.Variables ? "secrets" : "variables and secrets")} is known once it has been tried"
                    : "which migrations this commit needs is known once its code has been tried",
                "all applied", "not known yet")
            { Origin = resource.Origin };
            yield break;
        }
        if (facts!.AskedLater)
            yield return new(resource.Id, DifferenceType.Unknown,
                "the database lets nobody in to say which migrations are applied: the role's password must be set first",
                "all applied", "not known yet")
            { Origin = resource.Origin };
        if (facts.Pending.Count > 0)
            yield return new(resource.Id, DifferenceType.Change, $"{facts.Pending.Count} migration(s) are not applied: {string.Join(", ", facts.Pending)}",
                "all applied", string.Join(' ', facts.Pending))
            { Origin = resource.Origin };
        if (facts.Unapplied.Count > 0)
            yield return new(resource.Id, DifferenceType.Change,
                $"{string.Join(", ", facts.Unapplied)} not applied, though the code that runs, {facts.LiveCommit?[..12]}, has it", "applied before", string.Join(' ', facts.Unapplied))
            {
                Origin = resource.Origin,
                Gate = UnappliedGate,
                Refusal = "somebody took it back, or the database is an older one: go back to the commit that runs, which applies it; or acknowledge "
                    + $"`{UnappliedGate}` for this commit, and it is applied together with what is new",
            };
        var renamed = facts.Ahead.Select(applied => (Applied: applied, Now: facts.Pending.FirstOrDefault(pending => NumberOf(pending) == NumberOf(applied))))
            .Where(pair => pair.Now is not null).ToList();
        foreach (var (applied, now) in renamed)
            yield return new(resource.Id, DifferenceType.Change,
                $"{applied} is applied, and this commit has {now} in its place: it would be applied once more", applied, now)
            {
                Origin = resource.Origin,
                Refusal = "only migrations that are applied nowhere may be renamed: give it its name back, and put what is new into a migration after it",
            };
        var ahead = facts.Ahead.Except(renamed.Select(pair => pair.Applied)).ToList();
        if (ahead.Count > 0)
            yield return new(resource.Id, DifferenceType.Change,
                $"the database is ahead of this code: {string.Join(", ", ahead)} applied, but not part of it", "known to the code", string.Join(' ', ahead))
            {
                Origin = resource.Origin,
                Gate = "databaseAhead",
                Refusal = "go forward to a commit that has them; or acknowledge `databaseAhead` for this commit: they stay applied",
            };
    }

    /// <summary>All migrations were applied before other code comes (seeds/003: 281-288).</summary>
    public const string UnappliedGate = "pendingMigrations";

    /// <summary>Application and number, <c>gallery.0003</c>: what stays when a migration is renamed (seeds/003 299-311).</summary>
    private static string NumberOf(string migration)
    {
        var name = migration[(migration.IndexOf('.') + 1)..];
        var digits = name.TakeWhile(char.IsAsciiDigit).Count();
        return digits == 0 ? migration : migration[..^(name.Length - digits)];
    }

    protected override IEnumerable<Step> Steps(Resource resource, MigrationsSpec spec, MigrationsFacts? facts, Change change)
    {
        if (change.Differences.Count == 0)
            yield break;
        if (!IsOf(spec, facts) || (facts!.AskedLater && !change.SetsPassword))
        {
            yield return new(Phase.Prepare, resource.Id, "try the new code: manage.py check, and which migrations it needs",
                spec.Runtime.Try(spec.ResultName, MigrationsInspection.Try(spec, change.SetsPassword),
                    spec.PasswordFiles.Count == 0 ? [] : [new(spec.Runtime.LiveBeside, spec.Runtime.LiveSecretsBeside)]))
            {
                Rank = Ranks.Trials,
                Deadline = TimeSpan.FromMinutes(10),
                Proof = Result(spec)
                    + string.Concat(MigrationsInspection.Asked(spec).Append("@end").Select(line => $" && grep -qx '{line}' \"$f\""))
                    + (change.SetsPassword ? "" : NotLater),
            };
            // Never run as it stands: a plan with Prepare steps holds nothing else. It says that Migrate may follow, as it hardly does for the same code.
            if (!IsOfCode(spec, facts) || facts!.Pending.Count > 0)
                yield return new(Phase.Migrate, resource.Id, "apply what is pending", spec.Runtime.RunLive(spec.ResultName, "exit 1")) { Irreversible = true };
            yield break;
        }
        if (facts.AskedLater)
            yield return AskNow(resource, spec, facts);
        else if (facts.Pending.Count > 0)
            yield return new(Phase.Migrate, resource.Id, $"apply {string.Join(", ", facts.Pending)}",
                spec.Runtime.RunLive(spec.ResultName, MigrationsInspection.Migrate(spec, facts.Pending)))
            {
                Deadline = TimeSpan.FromHours(6),
                SkipWhenProven = false,
                Irreversible = true,
                Proof = $"{Result(spec)} && grep -qx '@end' \"$f\" && ! grep -q '^@pending ' \"$f\"",
            };
    }

    /// <summary>
    /// The code that is live has had its migrations, so it is only asked, as soon as the password is set; other code may need some,
    /// and a dump before.
    /// </summary>
    private static Step AskNow(Resource resource, MigrationsSpec spec, MigrationsFacts facts) => facts.IsLive
        ? new(Phase.Secrets, resource.Id, "ask the database, now that its password is set, which migrations are applied",
            spec.Runtime.RunLive(spec.ResultName, MigrationsInspection.Inspect(spec)))
        {
            Rank = Ranks.AfterPassword,
            Proof = $"{Result(spec)} && grep -qx '@end' \"$f\"" + NotLater,
            LeavesContent = true,
        }
        : new(Phase.Migrate, resource.Id, "apply what is pending, which could not be asked before the password was set",
            spec.Runtime.RunLive(spec.ResultName, MigrationsInspection.MigrateUnasked(spec)))
        {
            Deadline = TimeSpan.FromHours(6),
            SkipWhenProven = false,
            Irreversible = true,
            Proof = $"{Result(spec)} && grep -qx '@end' \"$f\" && ! grep -q '^@pending ' \"$f\"" + NotLater,
        };

    private const string NotLater = $" && ! grep -qx '{MigrationsInspection.Later}' \"$f\"";

    private static string Result(MigrationsSpec spec) => $"f=/var/lib/reconciler/server/results/{spec.ResultName}; [ -f \"$f\" ]";
}
