using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Reconciler.LiveTests.Support;
using Reconciler.Remote;

namespace Reconciler.LiveTests.Install;

/// <summary>The controller as somebody operates it: installed on a host of its own by the README's steps, under systemd, with a server to
/// look after.</summary>
public sealed partial class InstallTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private readonly string? _own = Deploys.Controller.Published is null ? Path.Combine(Path.GetTempPath(), $"reconciler-out-{Environment.ProcessId}") : null;
    private TestHosts _hosts = null!;

    private TestHost Controller => _hosts["controller"];

    private TestHost Server => _hosts["web1"];

    public async ValueTask InitializeAsync()
    {
        var hosts = TestHosts.UpAsync("install-live", "controller:full", "web1:full");
        if (_own is not null)
            await Command.OkAsync(Path.Combine(TestHosts.Root(), "publish"), _own);
        _hosts = await hosts;
        const string unpack = "mkdir /root/out && tar -C /root/out -xf -";
        await Command.OkAsync("bash", "-c", $"tar -C '{_own ?? Deploys.Controller.Published}' -cf - . | '{TestHosts.Script}' exec {Controller.Lab} controller -- sh -c '{unpack}'");
    }

    public async ValueTask DisposeAsync()
    {
        await _hosts.DisposeAsync();
        if (_own is not null)
            Directory.Delete(_own, recursive: true);
    }

    [Fact]
    public async Task Installed_by_the_READMEs_steps_it_keeps_a_server_as_git_says_and_comes_back_when_it_is_killed()
    {
        var steps = Steps();
        steps.Count.ShouldBe(6);

        var key = (await TypeAsync(steps[0])).Split('\n').Single(line => line.StartsWith("ssh-ed25519 ", StringComparison.Ordinal));
        await MakeDesiredStateAsync(await EnrollAsync(key));
        steps[1].ShouldStartWith("sudo nano /etc/reconciler/controller.yaml");
        await Controller.ShellAsync("""
            sed -i -e 's|url: .*|url: /srv/desired|' -e '/folder:/d' -e 's|allowLocal: false|allowLocal: true|' \
                -e 's|interval: .*|interval: 1s|' /etc/reconciler/controller.yaml
            """);
        var doctor = await TypeAsync(steps[2]);
        doctor.ShouldContain("ok    staging/web1 runner: ");
        doctor.ShouldNotContain("fail ");
        await TypeAsync(steps[3]);
        await UntilAsync(Server, "grep -qx one /srv/hello/file");
        await UntilAsync(Controller, steps[5]);
        await UntilAsync(Controller, "sudo reconciler status | grep -q '^staging/host *Synced'");
        (await TypeAsync(steps[4])).ShouldContain("at work: watch, process ");

        await Controller.ShellAsync("systemctl kill --signal=KILL --kill-whom=main reconciler");
        await CommitAsync("two");
        await UntilAsync(Server, "grep -qx two /srv/hello/file");
        (await TypeAsync(steps[5])).ShouldBe("ok\n");
        (await Controller.ShellAsync("systemctl show -P NRestarts reconciler")).ShouldBe("1\n");

        // Root's files in the state folder would be in the service's way.
        (await Controller.ShellAsync("reconciler converge staging 2>&1; echo $?"))
            .ShouldMatch("begin the command with `sudo -u '#[0-9]+'`\n64\n");

        await UpgradesAsync(key);
        await StopsAsync();
    }

    /// <summary>The lines of the README's first block below "Install", without their comments.</summary>
    private static List<string> Steps()
    {
        var readme = File.ReadAllText(Path.Combine(TestHosts.Root(), "README.md"));
        var section = readme[readme.IndexOf("## Install\n", StringComparison.Ordinal)
            ..readme.IndexOf("## Your own site", StringComparison.Ordinal)];
        return [.. StepLine().Matches(section).Select(match => match.Groups[1].Value.Split(" #")[0].Trim())];
    }

    private Task<string> TypeAsync(string line) => Controller.ShellAsync($"cd /root && {line}");

    private async Task<string> EnrollAsync(string key)
    {
        var folder = Directory.CreateTempSubdirectory("reconciler-install-").FullName;
        await using var sessions = new SshServerSessions(new SshOptions(folder), TimeProvider.System);
        var admin = new ServerAddress("web1", Server.Address, "admin", [Server.HostKey]) { IdentityFile = _hosts.AdminKey };
        return await new Enrollment(sessions).EnrollAsync(new(admin, [key]) { Roles = ["web"] }, _ => { },
            TestContext.Current.CancellationToken);
    }

    private async Task MakeDesiredStateAsync(string line)
    {
        await Controller.ShellAsync($$"""
            install -d -o reconciler-controller -g reconciler-controller /srv/desired
            document() {
                mkdir -p "$(dirname "/srv/desired/$1")"
                { printf 'apiVersion: reconciler/v1\nkind: %s\nmetadata: {name: %s}\nspec:\n' "$2" "$3"; cat; } >"/srv/desired/$1"
            }
            document staging/environment.yaml Environment staging <<'X'
              profile: staging
              bootstrap: allow
              selfHeal: {default: fix}
            X
            document staging/servers.yaml Servers staging <<'X'
            {{(line.StartsWith(' ') ? line : "  " + line)}}
            X
            document staging/host/files.yaml Files host <<'X'
              hello: {path: /srv/hello, directory: true}
              file: {path: /srv/hello/file, content: "one\n"}
            X
            chown -R reconciler-controller: /srv/desired
            runuser -u reconciler-controller -- git -C /srv/desired init -q --initial-branch=main
            """);
        await CommitAsync("one");
    }

    private Task<string> CommitAsync(string word) => Controller.ShellAsync($$"""
        cd /srv/desired && sed -i 's/content: .*/content: "{{word}}\\n"}/' staging/host/files.yaml
        runuser -u reconciler-controller -- git add --all
        runuser -u reconciler-controller -- git -c user.name=Alex -c user.email=alex@coralnet.example commit -q -m {{word}}
        """);

    /// <summary>Installed again: what was set stays, and the service runs on.</summary>
    private async Task UpgradesAsync(string key)
    {
        (await TypeAsync("sudo out/install")).ShouldContain(key);
        (await Controller.ShellAsync("cat /etc/reconciler/controller.yaml")).ShouldContain("url: /srv/desired");
        await UntilAsync(Controller, "curl -fsS http://127.0.0.1:9464/readyz");
    }

    private async Task StopsAsync()
    {
        var exposure = await Controller.ShellAsync("systemd-analyze security --no-pager reconciler | tail -1");
        TestContext.Current.SendDiagnosticMessage(exposure);
        double.Parse(Exposure().Match(exposure).Groups[1].Value, CultureInfo.InvariantCulture).ShouldBeLessThan(3.0, exposure);
        var began = Stopwatch.GetTimestamp();
        await Controller.ShellAsync("systemctl stop reconciler");
        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(20));
        (await Controller.ShellAsync("systemctl show -P Result -P ExecMainStatus reconciler")).ShouldBe("success\n0\n");
        (await Controller.ShellAsync("reconciler status || true")).ShouldStartWith("nobody is at work");
    }

    private static async Task UntilAsync(TestHost host, string condition)
    {
        var script = $"for i in $(seq {Soon.TotalSeconds * 5:0}); do {{ {condition}; }} >/dev/null 2>&1 && exit 0; sleep 0.2; done; "
            + "journalctl -u reconciler --no-pager | tail -40; exit 1";
        await host.ShellAsync(script);
    }

    [GeneratedRegex("^    (\\S.*)$", RegexOptions.Multiline)]
    private static partial Regex StepLine();

    [GeneratedRegex("reconciler\\.service: ([0-9.]+)")]
    private static partial Regex Exposure();
}
