using Reconciler.Documents.Kinds;
using Reconciler.Model;
using Reconciler.Resources.Database;

namespace Reconciler.Documents.Expansion;

/// <summary>Expands the documents of one environment into resources per server. One pure function.</summary>
internal static class Expander
{
    public static ExpandedEnvironment Expand(ExpansionInput input)
    {
        var desired = input.Desired;
        var placement = new Placement(desired);
        var specs = new SharedSpecs();
        IReadOnlyList<Resource> host = [.. new HostExpansion(input, placement).Expand().Select(specs.Share)];
        var applications = desired.Applications.Values
            .Where(application => !input.Faults.ContainsKey(application.Name))
            .OrderBy(application => application.Name, StringComparer.Ordinal)
            .Select(application => UnitOf(input, application.Name,
                [.. new ApplicationExpansion(input, placement, application).Expand().Concat(PasswordsOf(application, host)).Select(specs.Share)],
                host.Where(resource => resource.Id.Kind == "Database" && resource.Id.Name == application.Application.Value.Database),
                application.Maintenance.Value) with
                {
                    Lacks = LacksOf(desired, application),
                    LogFiles = application.Application.Value.Logs,
                    ErrorQuery = application.Application.Value.Errors?.Query,
                    CodeRepository = application.Application.Value.Code.Repository,
                    RequiredChecks = application.Application.Value.Code.RequiredChecks,
                    ErrorPage = application.Application.Value.Errors?.Url,
                })
            .Select(unit => unit with { RunsNowhere = unit.Resources.Count == 0 && !desired.Applications[unit.Application].Application.Value.Retired })
            .ToList();
        var covers = applications.SelectMany(unit => unit.Resources).Where(resource => resource.Id.Kind == "Maintenance");
        return new(
            desired.Name,
            desired.Revision,
            ServersOf(input, placement),
            [UnitOf(input, ResourceId.Host, host, covers, new()), .. applications],
            PolicyOf(desired.Environment.Value))
        {
            Faults = input.Faults,
            Secrets = input.Secrets.ByReference,
            Refused = desired.Applications.Values.Where(application => input.Faults.ContainsKey(application.Name))
                .ToDictionary(application => application.Name, application => RefusedOf(input, placement, application)),
        };
    }

    /// <summary>Whether users see the page is no matter of code and secrets.</summary>
    private static Unit RefusedOf(ExpansionInput input, Placement placement, DesiredApplication application) =>
        UnitOf(input, application.Name, new ApplicationExpansion(input, placement, application).ExpandCovers(), [],
            application.Maintenance.Value) with { CodeCommit = application.Application.Value.Code.Commit };

    /// <summary>
    /// A role's password changes with the secrets file that it stands in, while the readers are stopped: it belongs to the run of that application, not to
    /// that of the servers.
    /// </summary>
    private static IEnumerable<Resource> PasswordsOf(DesiredApplication application, IEnumerable<Resource> host) => application.Application.Value.Retired
        ? []
        : host.Where(resource => resource.Spec is DatabaseSpec database && database.Password.File.Application == application.Name)
            .DistinctBy(resource => (resource.Id.Server, ((DatabaseSpec)resource.Spec).Owner))
            .Select(resource => resource with
            {
                Id = resource.Id with { Application = application.Name },
                Spec = (DatabaseSpec)resource.Spec with { OnlyPassword = true },
            });

    /// <summary>Nobody is to find out after a deploy that users were not told, or that there is no dump.</summary>
    private static Dictionary<Phase, string> LacksOf(DesiredEnvironment desired, DesiredApplication application)
    {
        var (lacks, document) = (new Dictionary<Phase, string>(), application.Application.Value);
        if (document.Notice is null && desired.Environment.Value.Maintenance.Notice > TimeSpan.Zero)
        {
            const string Why = "the application names no notice: nobody can be told, so nothing is waited for";
            (lacks[Phase.Announce], lacks[Phase.Wait]) = (Why, Why);
        }
        if (document.Django is not null && Backups.WhyNone(desired, document) is { } why)
            lacks[Phase.Backup] = why;
        return lacks;
    }

    private static Unit UnitOf(ExpansionInput input, string application, IReadOnlyList<Resource> resources,
        IEnumerable<Resource> borrowed, MaintenanceDocument flag)
    {
        var commit = input.Code.GetValueOrDefault(application)?.Commit.Id;
        return new(application, resources, [.. borrowed], UnitDigest.Of(resources), commit,
            input.BaseDigests.GetValueOrDefault(application) ?? "", flag.Enabled, AcknowledgedFor(input, application, commit))
        {
            Times = flag.Enabled ? new(flag.StartsAt, flag.EndsAt) : null,
        };
    }

    private static Dictionary<string, DesiredServer> ServersOf(ExpansionInput input, Placement placement) => placement.InUse
        .Concat(placement.Retired)
        .ToDictionary(name => name, name => new DesiredServer(
            name, placement[name].Address ?? name, input.Desired.Environment.Value.Ssh.Port, input.Desired.Environment.Value.Ssh.User,
            placement[name].HostKey is { } key ? [key] : [], placement[name].Roles));

    private static HashSet<string> AcknowledgedFor(ExpansionInput input, string application, string? commit) =>
    [
        .. input.Desired.Acknowledgements.Value.Values
            .Where(entry => commit is not null && entry.For == $"{application}@{commit}")
            .SelectMany(entry => entry.Gates)
            .Select(gate => char.ToLowerInvariant($"{gate}"[0]) + $"{gate}"[1..]),
    ];

    private static EnvironmentPolicy PolicyOf(EnvironmentDocument environment) => new(
        SkipOf(environment.Profile),
        environment.Bootstrap == Bootstrap.Allow,
        environment.PromotedFrom is { } from ? new(from.Environment, from.Soak) : null,
        HealKindsOf(environment.SelfHeal),
        environment.Strategy.MaxUnavailable,
        environment.Maintenance.Notice)
    {
        PruneAtMost = environment.Prune?.AtMost,
        Rolling = environment.Strategy is { Type: StrategyType.Rolling } rolling
            ? new(rolling.Batch, rolling.Settle, CoversMigrations: rolling.OnMigration == OnMigration.Cover) : null,
        Windows = new([.. environment.Windows.Select(WindowOf)]),
    };

    private static ChangeWindow WindowOf(WindowEntry entry)
    {
        var begins = entry.Allow ?? entry.Deny!;
        var at = ChangeWindow.FixedStart(begins);
        return new(entry.Allow is not null, at is null ? CronExpression.Parse(begins) : null, at, entry.Duration,
            entry.TimeZone is { } zone ? TimeZoneInfo.FindSystemTimeZoneById(zone) : TimeZoneInfo.Utc);
    }

    /// <summary>004: 9-11: staging skips the message; development the message and gunicorn, and so the cover.</summary>
    private static IReadOnlyDictionary<Phase, string> SkipOf(Profile profile) => profile switch
    {
        { Skip: { } own } => own.ToDictionary(entry => Enum.Parse<Phase>(entry.Key), entry => entry.Value),
        { Name: ProfileName.Staging } => Phases("profile staging: nobody is warned of maintenance here", Phase.Announce, Phase.Wait),
        { Name: ProfileName.Development } => Phases("profile development: nobody but its developer uses it", Phase.Announce, Phase.Wait, Phase.Cover),
        _ => new Dictionary<Phase, string>(),
    };

    private static Dictionary<Phase, string> Phases(string why, params IEnumerable<Phase> phases) => phases.ToDictionary(phase => phase, _ => why);

    /// <summary>conventions.md: <c>fix</c> by default for services and links; <c>report</c> for the rest. The flag is always followed.</summary>
    private static HashSet<string> HealKindsOf(IReadOnlyDictionary<string, Healing> selfHeal)
    {
        var kinds = new HashSet<string>(Resources.ResourceKinds.All.Keys);
        var byDefault = selfHeal.GetValueOrDefault("default", Healing.Report);
        kinds.RemoveWhere(kind => selfHeal.GetValueOrDefault(kind, kind is "Service" or "Link" or "Maintenance" ? Healing.Fix : byDefault) == Healing.Report);
        kinds.Add("Maintenance");
        return kinds;
    }
}
