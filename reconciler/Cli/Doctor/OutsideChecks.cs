using Reconciler.Git;
using Reconciler.Hosting;
using Reconciler.Notifying;
using Reconciler.Reporting;

namespace Reconciler.Cli.Doctor;

/// <summary>What passes between this machine and git hosts and people: tokens, secrets, signers; what is not set up is not spoken of.</summary>
internal sealed class OutsideChecks(ControllerSettings settings, TimeProvider clock)
{
    public async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellation)
    {
        var findings = new List<Finding>();
        using var hosts = new GitHosts(settings.GitHosts, clock);
        foreach (var host in settings.GitHosts)
            findings.Add(await HostAsync(hosts, host, cancellation));
        if (settings.Webhook is { } webhook)
            findings.Add(Webhook(hosts, webhook.SecretFile));
        foreach (var signers in new Signers?[]
            {
                settings.Signers.Ssh is { } ssh ? new Signers.Ssh(ssh) : null,
                settings.Signers.Gpg is { } gpg ? new Signers.Gpg(gpg, Path.Combine(settings.State, "signers")) : null,
            }.OfType<Signers>())
            findings.Add(File.Exists(signers.Name) ? Finding.Ok("signers", signers.Name)
                : Finding.Fail("signers", $"there is no file {signers.Name}, so environments with `verify` stay as they are", $"write {signers.Name}"));
        foreach (var signers in BreakGlassCommand.SignersOf(settings))
            findings.Add(File.Exists(signers.Name) ? Finding.Ok("break-glass", signers.Name)
                : Finding.Fail("break-glass", $"there is no file {signers.Name}, so nobody may push here while the git host is down",
                    $"write {signers.Name}"));
        findings.AddRange(settings.Notifications.Select(Notices));
        if (settings is { Pages: { } pages, Listen: null })
            findings.Add(Finding.Warn("pages", $"nothing answers at {pages}: `listen` is none", "listen: 127.0.0.1:9464 in the settings file, or take `pages` out"));
        return findings;
    }

    private static Finding Notices(NoticeRoute route)
    {
        var subject = $"notifications {route.Name}";
        try
        {
            route.Channel.Check();
            return Finding.Ok(subject, route.Environments.Count == 0 ? "of all environments" : $"of {string.Join(", ", route.Environments)}");
        }
        catch (NoticeException fault)
        {
            return Finding.Fail(subject, fault.Message, $"correct notifications.{route.Name} in the settings file");
        }
    }

    /// <summary>Notices of environments that git does not have, of which nobody would ever hear.</summary>
    /// <param name="environments">Of the followed branch.</param>
    public static IEnumerable<Finding> OfUnknownEnvironments(ControllerSettings settings, IReadOnlyList<string> environments) =>
        from route in settings.Notifications
        let unknown = route.Environments.Except(environments).ToList()
        where unknown.Count > 0
        select Finding.Warn($"notifications {route.Name}", $"git has no environment {string.Join(", ", unknown)}; there are {string.Join(", ", environments)}",
            $"correct notifications.{route.Name}.environments in the settings file");

    private async Task<Finding> HostAsync(GitHosts hosts, GitHostSettings host, CancellationToken cancellation)
    {
        var subject = $"git host {host.Host}";
        if (hosts.Find(settings.Repository) is not { } found || hosts.ProjectOf(settings.Repository)!.Host != host.Host)
            return (host.TokenFile is null ? null : Readable(subject, host.TokenFile)) ?? Finding.Ok(subject,
                $"asked for checks alone: the desired state comes from {settings.Repository}, so neither statuses nor comments are written there");
        if (host.TokenFile is null)
            return Finding.Warn(subject, "has no token: nothing can be told there", $"gitHosts: {{{host.Host}: {{tokenFile: FILE}}}} in the settings file");
        try
        {
            var open = await found.Host.ProposedAsync(found.Project, settings.Branch, cancellation);
            return Finding.Ok(subject, $"answers for {found.Project}; {open.Count} open request(s) to {settings.Branch}");
        }
        catch (GitHostException fault)
        {
            return Finding.Fail(subject, fault.Message, $"curl -sI {host.Api}; look at {host.TokenFile}");
        }
    }

    private Finding Webhook(GitHosts hosts, string file) => hosts.ProjectOf(settings.Repository) is null
        ? Finding.Fail("webhook", $"{settings.Repository} names no project of a git host",
            $"gitHosts: {{HOST: {{repositories: {{OWNER/NAME: \"{settings.Repository}\"}}}}}} in the settings file")
        : Readable("webhook", file) ?? Finding.Ok("webhook", $"its secret is in {file}");

    private static Finding? Readable(string subject, string file)
    {
        try
        {
            TokenFile.Read(file, subject);
            return null;
        }
        catch (GitHostException fault)
        {
            return Finding.Fail(subject, fault.Message, $"install -m 0600 -o {Environment.UserName} /dev/stdin {file}");
        }
    }
}
