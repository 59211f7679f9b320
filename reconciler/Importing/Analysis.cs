using System.Text.RegularExpressions;
using Reconciler.Documents.Kinds;

namespace Reconciler.Importing;

/// <summary>From what was seen to what is meant: one checkout, its services, its site.</summary>
internal static partial class Analysis
{
    /// <exception cref="ImportException">There is no checkout, or more than one.</exception>
    public static Findings Of(ImportRequest request, ServerSeen server, Candidate candidate, ApplicationSeen seen)
    {
        var left = new List<LeftAlone>();
        var checkout = CheckoutOf(request, candidate, seen);
        var services = ServicesOf(server, candidate, seen, checkout, left);
        var site = SiteAnalysis.Of(server, candidate, services, left);
        return new(request, server, candidate.User, checkout, services, site,
            left) { Cron = CronJobs.OfUser(candidate.User, seen.Cron) };
    }

    private static SeenCheckout CheckoutOf(ImportRequest request, Candidate candidate, ApplicationSeen seen)
    {
        var all = seen.Checkouts.Where(checkout => checkout.Tracked.Any(Findings.IsManage)).ToList();
        var meant = request.Path is { } path && all.Exists(checkout => checkout.Path == path)
            ? all.FindAll(checkout => checkout.Path == path) : all;
        var found = meant switch
        {
            [var one] => one,
            [] => throw new ImportException($"no git checkout with a manage.py was found where processes of {candidate.User} run"
                + $"{(candidate.Folders.Count == 0 ? "" : $" ({string.Join(", ", candidate.Folders)})")}: name it with "
                + $"--path FOLDER; code that is not in git "
                + "has to be committed and pushed first"),
            _ => throw new ImportException($"{candidate.User} has several checkouts "
                + $"({string.Join(", ", meant.Select(checkout => checkout.Path))}): name one with --path FOLDER"),
        };
        return found.Head is null ? throw new ImportException($"{found.Path} has no commit")
            : found.Remote is null ? throw new ImportException($"{found.Path} has no remote `origin`, so nobody else has "
                + $"its code: push it somewhere first") : found;
    }

    private static List<ImportedService> ServicesOf(
        ServerSeen server, Candidate candidate, ApplicationSeen seen, SeenCheckout checkout, List<LeftAlone> left)
    {
        var several = seen.Checkouts.Count(other => other.Tracked.Any(Findings.IsManage)) > 1;
        var found = candidate.Services.Where(service => !several || RunsIn(service, checkout))
            .Select(service => (Found: service, Config: (string?)null)).ToList();
        left.AddRange(candidate.Services.Except(found.Select(one => one.Found))
            .Select(service => new LeftAlone($"{service.Name} ({service.From})",
            $"it runs in {service.Directory ?? "no folder that its file names"}, another application: import that with "
                + $"--path FOLDER and an --application of its own")));
        foreach (var file in seen.SupervisorFiles)
            found.AddRange(OfOwn(file, candidate.User, checkout, left));
        var services = new List<ImportedService>();
        foreach (var (service, config) in found)
            if (service.NotExpressible is { } why)
                left.Add(new($"{service.Name} ({service.From})", why));
            else
                services.Add(new(KeyOf(service.Name, services), service, service.Part ?? Part.Worker, config));
        left.AddRange(Services.Of(server)
            .Where(service => service.User is null or "root" && (service.Part is not null || RunsIn(service, checkout)))
            .Select(service => new LeftAlone($"{service.Name} ({service.From})",
                $"it runs as root, as which nothing of an application is run: write user={candidate.User} there, then add "
                    + $"it to services.yaml")));
        left.AddRange(OfOthers(server, candidate));
        return services;
    }

    private static IEnumerable<LeftAlone> OfOthers(ServerSeen server, Candidate candidate) =>
        Services.Of(server)
            .Where(service => service.Part is not null && service.User is not (null or "root") && service.User != candidate.User)
            .GroupBy(service => service.User!).Select(other => new LeftAlone(
                string.Join(", ", other.Select(service => $"{service.Name} ({service.From})")),
                $"of user {other.Key}, another application: import it with --user {other.Key} and an --application of its own"));

    private static bool RunsIn(FoundService service, SeenCheckout checkout) =>
        service.Directory?.StartsWith(checkout.Path, StringComparison.Ordinal) == true
            || service.Command.Contains(checkout.Path + "/", StringComparison.Ordinal);

    private static IEnumerable<(FoundService, string?)> OfOwn(SeenFile file, string user, SeenCheckout checkout,
        List<LeftAlone> left)
    {
        var programs = Services.Programs(file, FoundBy.OwnSupervisor, user).ToList();
        var relative = file.Path.StartsWith(checkout.Path + "/", StringComparison.Ordinal)
            ? file.Path[(checkout.Path.Length + 1)..] : null;
        if (relative is not null && checkout.Tracked.Contains(relative))
            return programs.Select(program => (program, (string?)relative));
        left.AddRange(programs.Select(program => new LeftAlone($"{program.Name} ({program.From})",
            $"its supervisor.conf is not in the code: commit it there, deploy that by hand once, then write {{program: "
                + $"{program.Name}, config: PATH}} into services.yaml")));
        return [];
    }

    /// <summary>As documents name things, and unlike the ones before.</summary>
    private static string KeyOf(string name, List<ImportedService> before)
    {
        var plain = NotInName().Replace(name.Split(':')[^1].ToLowerInvariant(), "-").Trim('-');
        var key = plain.Length == 0 || !char.IsAsciiLetterLower(plain[0]) ? $"service-{plain}".TrimEnd('-') : plain;
        var free = key;
        for (var n = 2; before.Exists(service => service.Key == free); n++)
            free = $"{key}-{n}";
        return free;
    }

    [GeneratedRegex("[^a-z0-9-]+")]
    private static partial Regex NotInName();
}
