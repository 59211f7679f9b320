using Reconciler.Documents;
using Reconciler.Documents.Expansion;
using Reconciler.Model;

namespace Reconciler.Watching;

/// <summary>
/// The application's own supervisor.conf, read from the commit that is to run: what is missing in it would show only when supervisord is started,
/// after Migrate, with the site down.
/// </summary>
internal static class SupervisorConfigCheck
{
    /// <param name="Path">From the root of the repository.</param>
    internal sealed record Config(string Path, string Service, string Program, Place Place);

    /// <summary>Each service with a <c>program:</c>, with its file as it is named on each server.</summary>
    public static IReadOnlyList<Config> ConfigsOf(DesiredEnvironment desired, DesiredApplication application) =>
    [
        .. from service in application.Services.Value.OrderBy(service => service.Key, StringComparer.Ordinal)
           where service.Value is { Program: not null, Config: not null }
           from path in desired.ServersOn(service.Value.On).Select(server => new Texts(desired, application, server).Plain(service.Value.Config!)).Distinct()
           select new Config(path, service.Key, service.Value.Program!, application.Services.PlaceOf(service.Key, "config")),
    ];

    /// <returns>Place, what is wrong, and what would mend it; null when supervisord can be started with it.</returns>
    public static string? FaultOf(DesiredEnvironment desired, DesiredApplication application, CodeFacts code)
    {
        foreach (var file in ConfigsOf(desired, application).GroupBy(config => config.Path))
        {
            var first = file.First();
            var where = $"{file.Key} at {code.Commit.Id[..12]}";
            if (!code.SupervisorConfigs.TryGetValue(file.Key, out var text))
                return $"{first.Place}: There is no file {where}. Commit it, or correct the path: 'config' is the supervisor.conf in the code that declares the program.";
            var sections = SupervisorConfigText.Of(text);
            // What else is taken in was not read.
            if (sections.HasIncludes)
                continue;
            if (sections.Missing is { Count: > 0 } missing)
                return $"{first.Place}: {where} has no {string.Join(", ", missing)}. It must be a complete supervisor.conf, with which supervisord starts and can be asked: "
                    + $"add the missing sections beside its programs.";
            if (file.FirstOrDefault(config => !sections.Declares(config.Program)) is { } unknown)
                return $"{unknown.Place}: {where} has no [program:{unknown.Program}], which service '{unknown.Service}' names. "
                    + $"It has {(sections.Programs.Count == 0 ? "no programs" : string.Join(", ", sections.Programs.Select(program => program.Name)))}: correct 'program', or add the section.";
            var named = file.Select(config => config.Program).ToList();
            if (sections.Programs.FirstOrDefault(program => program.StartsByItself && !program.Names.Any(named.Contains)) is { } stray)
                return $"{first.Place}: {where} has [program:{stray.Name}], which no service names: it would start on every server, and work on with old code during a deploy. "
                    + $"Add a service with program: {stray.Name}, or write autostart=false there.";
        }
        return null;
    }
}
