using Reconciler.Documents.Contracts;
using Reconciler.Documents.Kinds;
using Reconciler.Hosting;
using Reconciler.Model;
using Reconciler.Notifying;
using Reconciler.Reporting;
using Reconciler.Serving;

namespace Reconciler.Cli;

/// <summary>From the settings file to what git hosts are asked with, and what they may tell.</summary>
internal static class HostSettings
{
    /// <exception cref="UsageException">Of some host nobody said what it is.</exception>
    public static IReadOnlyList<GitHostSettings> GitHostsOf(ControllerDocument file) =>
        [.. file.GitHosts.Select(entry => Of(entry.Key, entry.Value))];

    /// <exception cref="UsageException">It listens nowhere.</exception>
    public static WebhookSettings? WebhookOf(ControllerDocument file)
    {
        if (file.Webhook is not { } webhook)
            return null;
        var listen = ListenAddresses.Parse(webhook.Listen)
            ?? throw new UsageException("webhook.listen is none: leave `webhook` out where none is to be taken");
        return new(listen, webhook.SecretFile);
    }

    /// <exception cref="UsageException">One of them names no way, or more than one.</exception>
    public static IReadOnlyList<NoticeRoute> RoutesOf(ControllerDocument file) => [.. file.Notifications.Select(entry => new NoticeRoute(entry.Key,
        (entry.Value.WebhookFile, entry.Value.SlackFile, entry.Value.Command) switch
        {
            ({ } url, null, null) => new WebhookChannel(url, isSlack: false),
            (null, { } url, null) => new WebhookChannel(url, isSlack: true),
            (null, null, { } command) => new CommandChannel(Shell.Split(command), TimeProvider.System),
            _ => throw new UsageException($"notifications.{entry.Key} of the settings file must have one of webhookFile, slackFile and command"),
        }, entry.Value.Environments, entry.Value.Heartbeat))];

    private static GitHostSettings Of(string name, ControllerGitHost host)
    {
        var kind = (host.Kind, name.ToLowerInvariant()) switch
        {
            ({ } said, _) => said,
            (_, { } lower) when lower.Contains("github", StringComparison.Ordinal) => ApiKind.Github,
            (_, { } lower) when lower.Contains("gitlab", StringComparison.Ordinal) => ApiKind.Gitlab,
            _ => throw new UsageException($"gitHosts.{name} of the settings file does not say what it is: add kind: github or kind: gitlab"),
        };
        var api = kind == ApiKind.Github ? GitHostKind.GitHub : GitHostKind.GitLab;
        return new(name.ToLowerInvariant(), api, host.Api is { } root ? new(root) : GitHostSettings.ApiOf(name.ToLowerInvariant(), api), host.TokenFile,
            host.Repositories.ToDictionary(entry => entry.Value, entry => entry.Key));
    }
}
