using Reconciler.Documents.Contracts;
using Reconciler.Documents.Kinds;
using Reconciler.Documents.Yaml;
using Reconciler.Model;

namespace Reconciler.Documents.Rules;

/// <summary>services.yaml.</summary>
internal static class ServiceRules
{
    public static void Check(RuleContext context, DesiredFolder folder)
    {
        foreach (var (name, service) in folder.Services.Value)
        {
            context.CheckOn(folder.Services, service.On, name, "on");
            CheckManager(context, folder, name, service);
            CheckReads(context, folder, name, service);
            if (folder is not DesiredApplication application)
                CheckHost(context, folder, name, service);
            else if (service.Part == Part.Beat && !application.Application.Value.Retired)
                CheckBeat(context, folder, name, service);
        }
    }

    private static void CheckManager(RuleContext context, DesiredFolder folder, string name, ServiceEntry service)
    {
        var document = folder.Services;
        context.CheckOneOf(document, name, ("command", service is { Command: not null, Process: null }),
            ("program", service.Program is not null),
            ("unit", service.Unit is not null), ("process", service.Process is not null));
        context.CheckOnlyWith(document, name, "manager", service.Manager is not null, service is { Command: not null, Process: null },
            "a `command` that we keep running");
        context.CheckOnlyWith(document, name, "config", service.Config is not null, service.Program is not null, "`program`");
        context.CheckOnlyWith(document, name, "stopSignal", service.StopSignal is not null, service.Process is not null, "`process`");
    }

    private static void CheckHost(RuleContext context, DesiredFolder folder, string name, ServiceEntry service)
    {
        if (service.Part != Part.Backing)
            context.Fault("bad-part", folder.Services.PlaceOf(name, "part"), "a service of host is not part of an application",
                "write part: backing, or move it to the application");
        if (service.Unit is null && !folder.Services.IsFaulty(name))
            context.Fault("bad-service", folder.Services.KeyPlaceOf(name),
                $"{Shown.Value(name)} would run as an application's user, and host has none",
                "services of host are systemd units: write `unit`");
    }

    private static void CheckBeat(RuleContext context, DesiredFolder folder, string name, ServiceEntry service)
    {
        var servers = context.Desired.ServersOn(service.On);
        if (servers.Count != 1 && service.On.Count > 0 && !context.Desired.Servers.Faulty && !folder.Services.IsFaulty(name))
            context.Fault("beat-not-on-one-server", folder.Services.PlaceOf(name, "on"),
                $"the beat {Shown.Value(name)} comes to {(servers.Count == 0 ? "no server" : string.Join(", ", servers))}",
                "a beat runs on exactly one server in use: two would do everything twice");
    }

    private static void CheckReads(RuleContext context, DesiredFolder folder, string name, ServiceEntry service)
    {
        for (var i = 0; i < service.Reads?.Count; i++)
        {
            var place = folder.Services.PlaceOf(name, "reads", $"{i}");
            var parts = service.Reads[i].Split('/');
            var owner = parts.Length == 3 ? Owner(context, parts[0]) : folder;
            if (parts.Length == 3 && owner is null)
                context.Fault("unknown-application", place, $"there is no application {Shown.Value(parts[0])}",
                    Nearest.Hint(parts[0], [.. context.Desired.Applications.Keys, ResourceId.Host]));
            else if (parts.Length == 1 && folder is not DesiredApplication)
                context.Fault("unknown-reference", place, $"host has no {Shown.Value(parts[0])}",
                    "secrets/NAME, files/NAME or APPLICATION/secrets/NAME");
            else if (parts.Length > 1)
                CheckEntry(context, owner!, parts[^2], parts[^1], place);
            if (parts.Length == 2 && parts[0] == "files" && folder.Files.Value.TryGetValue(parts[1], out var file))
                CheckFile(context, service, parts[1], file, place);
        }
    }

    /// <summary>What a service reads has content, and stands on every server of the service.</summary>
    private static void CheckFile(RuleContext context, ServiceEntry service, string name, FileEntry file, Place place)
    {
        if (file.Directory || file.Link is not null)
            context.Fault("unknown-reference", place, $"{Shown.Value(name)} is a directory or a link, which has no content to be read",
                "name a file");
        else if (file.On is not null
            && context.Desired.ServersOn(service.On).Except(context.Desired.ServersOn(file.On)).FirstOrDefault() is { } server)
            context.Fault("unknown-reference", place, $"the file {Shown.Value(name)} is not on {server}, where the service is",
                "give both the same `on`");
    }

    private static void CheckEntry(RuleContext context, DesiredFolder owner, string kind, string entry, Place place)
    {
        var (names, unreadable) = kind == "files" ? (owner.Files.Value.Keys, owner.Files.Unreadable) : (owner.Secrets.Value.Keys,
            owner.Secrets.Unreadable);
        if (!names.Contains(entry) && !unreadable)
            context.Fault("unknown-reference", place, $"{kind}.yaml of {owner.Name} has no {Shown.Value(entry)}",
                Nearest.Hint(entry, [.. names]));
    }

    internal static DesiredFolder? Owner(RuleContext context, string name) =>
        name == ResourceId.Host ? context.Desired.Host : context.Desired.Applications.GetValueOrDefault(name);
}
