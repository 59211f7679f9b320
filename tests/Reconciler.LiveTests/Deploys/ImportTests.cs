namespace Reconciler.LiveTests.Deploys;

/// <summary>From a server that was set up by hand to one that git keeps. One story, each part of which starts where the last one ended.</summary>
public sealed class ImportTests(HandmadeSite site) : IClassFixture<HandmadeSite>
{
    [Fact]
    public async Task A_handmade_server_is_imported_converged_under_the_cover_and_later_edits_are_adopted()
    {
        await Import_changes_nothing_on_the_server_and_its_documents_are_valid();
        await The_plan_says_exactly_what_it_would_change();
        await Converging_shows_users_the_old_page_the_cover_and_the_page_again();
        await An_edit_by_hand_is_adopted_and_then_is_what_git_says();
        await A_commit_and_a_package_moved_by_hand_are_adopted_and_then_nothing_has_drifted();
    }

    private async Task Import_changes_nothing_on_the_server_and_its_documents_are_valid()
    {
        var before = await site.Server.FilesAsync();

        var import = await site.Controller.RunAsync("import", "web1", "--address", site.Host.Address, "--host-key", site.Host.HostKey,
            "--environment", "production", "--application", "coralnet", "--into", site.Desired);

        import.ExitCode.ShouldBe(0, import.All);
        (await site.Server.FilesAsync()).Split('\n').Except(before.Split('\n')).ShouldBeEmpty();
        import.All.ShouldContain("left alone:\n");
        import.All.ShouldContain($"ssh ADMIN@{site.Host.Address} sudo cat {SiteServer.SecretsFile} | sudo install -m 0600");
        foreach (var file in Directory.EnumerateFiles(site.Desired, "*", SearchOption.AllDirectories))
            File.ReadAllText(file).ShouldNotContain("canary-");
        import.All.ShouldNotContain("canary-");
        var valid = await site.Controller.RunAsync("validate", site.Desired);
        (valid.ExitCode, valid.All).ShouldBe((0, "valid: production (1 application(s), 1 server(s))\n"));
        var again = await site.Controller.RunAsync("import", "web1", "--address", site.Host.Address, "--host-key", site.Host.HostKey,
            "--environment", "production", "--application", "coralnet", "--into", site.Desired);
        (again.ExitCode, again.Error).ShouldSatisfyAllConditions(said => said.ExitCode.ShouldBe(64), said => said.Error.ShouldContain("nothing was written"));
    }

    private async Task The_plan_says_exactly_what_it_would_change()
    {
        await File.WriteAllTextAsync(site.Secrets, await site.Host.ShellAsync($"cat {SiteServer.SecretsFile}"));
        File.SetUnixFileMode(site.Secrets, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await site.GitAsync("init", "--quiet", "--initial-branch=main");
        await site.GitAsync("config", "receive.denyCurrentBranch", "ignore");
        await site.GitAsync("add", "--all");
        await site.GitAsync("commit", "--quiet", "--message", "Import web1");

        var plan = await site.Controller.PlanAsync();

        plan.ExitCode.ShouldBe(0, plan.All);
        var said = string.Join(' ', plan.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        said.ShouldSatisfyAllConditions(
            () => said.ShouldContain("production/coralnet: revision"),
            () => said.ShouldContain("3 to add, 7 to change, 1 to remove, 1 unknown"),
            () => said.ShouldContain("+ web1: the worktree of"),
            () => said.ShouldContain("~ web1: /srv/www/venv is a folder made by hand"),
            () => said.ShouldContain("~ web1: /srv/www/static is a folder made by hand"),
            () => said.ShouldContain("- web1: a symbolic link stands at /etc/nginx/sites-enabled/coralnet"),
            () => said.ShouldContain("+ web1: the site coralnet-site is not on this server yet"),
            () => said.ShouldContain("gunicorn was not started by reconciler"),
            () => said.ShouldNotContain("supervisor/conf.d"),
            () => said.ShouldNotContain("is not running"),
            () => said.ShouldNotContain("package"),
            () => said.ShouldNotContain("Refused"));
    }

    private async Task Converging_shows_users_the_old_page_the_cover_and_the_page_again()
    {
        await using var pollers = new Pollers([site.Server]);
        var converged = await site.Controller.ConvergeAsync();
        converged.ExitCode.ShouldBe(0, converged.All);
        (await pollers.StopAsync()).ShouldBeOnly("page 1", "cover");

        (await site.Controller.StatusAsync()).ShouldSatisfyAllConditions(status => status.Sync.ShouldBe("Synced"), status => status.Health.ShouldBe("Healthy"));
        (await site.Host.ShellAsync("supervisorctl status | awk '{ print $1, $2 }'")).ShouldBe("celerybeat RUNNING\nceleryworker RUNNING\ngunicorn RUNNING\n");
        (await site.Controller.PlanAsync("--detailed-exitcode")).ExitCode.ShouldBe(0);
    }

    private async Task An_edit_by_hand_is_adopted_and_then_is_what_git_says()
    {
        await site.Host.ShellAsync($"""
            sed -i 's/proxy_set_header Host .host;/&\n        proxy_read_timeout 120s;/' /etc/nginx/sites-available/coralnet-site
            chmod 0664 /etc/supervisor/conf.d/coralnet.conf
            runuser -u coralnet -- git -C /srv/www/coralnet -c advice.detachedHead=false checkout -q origin/next/8
            chmod 0644 {SiteServer.SecretsFile}
            """);

        var adopted = await site.Controller.RunAsync("adopt", "production", "--to-branch", "adopted", "--author", "Ada <ada@example.org>");

        adopted.ExitCode.ShouldBe(0, adopted.All);
        adopted.Output.ShouldSatisfyAllConditions(
            said => said.ShouldContain("pushed to adopted; it takes effect when it is merged into main"),
            said => said.ShouldContain("is reachable from none of the branches main"),
            said => said.ShouldContain("a secrets file is its user's alone"));
        (await site.GitAsync("diff", "--unified=0", "main", "adopted")).ShouldSatisfyAllConditions(
            diff => diff.ShouldContain("\n+        proxy_read_timeout 120s;\n"),
            diff => diff.ShouldContain("mode: \"0664\""),
            diff => diff.ShouldNotContain("{{"),
            diff => diff.ShouldNotContain("canary-"));

        await site.GitAsync("merge", "--quiet", "adopted");
        await site.Host.ShellAsync($"chmod 0600 {SiteServer.SecretsFile}; runuser -u coralnet -- git -C /srv/www/coralnet checkout -q main");
        var sealedAnew = await site.Controller.ConvergeAsync();
        sealedAnew.ExitCode.ShouldBe(0, sealedAnew.All);
        sealedAnew.All.ShouldNotContain("production: Cover");
        (await site.Host.ShellAsync("grep -c proxy_read_timeout /etc/nginx/sites-enabled/coralnet-site; stat -c %a /etc/supervisor/conf.d/coralnet.conf"))
            .ShouldBe("1\n664\n");
        (await site.Controller.RunAsync("adopt", "production", "--author", "Ada <ada@example.org>")).Output.ShouldContain("nothing was changed: production has not drifted");
        var nobody = await site.Controller.RunAsync("adopt", "nowhere");
        (nobody.ExitCode, nobody.Error).ShouldBe((64, "reconciler: there is no environment nowhere; there are production\n"));
        (await site.Controller.RunAsync("adopt", "production", "reef")).Error.ShouldBe("reconciler: there is no application reef in production; there are host, coralnet\n");
    }
    private async Task A_commit_and_a_package_moved_by_hand_are_adopted_and_then_nothing_has_drifted()
    {
        await site.Host.ShellAsync("""
            for v in 1.0 1.1; do
                mkdir -p /tmp/reef-$v/DEBIAN
                printf 'Package: reef-tools\nVersion: %s\nArchitecture: all\nMaintainer: Ada <ada@example.org>\nDescription: reefs\n' $v >/tmp/reef-$v/DEBIAN/control
                dpkg-deb -b /tmp/reef-$v /tmp/reef-$v.deb
            done
            dpkg -i /tmp/reef-1.0.deb
            """);
        var packages = Path.Combine(site.Desired, "production", "host", "packages.yaml");
        await site.GitAsync("reset", "--hard", "--quiet");
        await File.AppendAllTextAsync(packages, "  reef-tools: {state: pinned, version: \"1.0\"}\n");
        await site.GitAsync("commit", "--quiet", "--all", "--message", "Pin reef-tools");
        var pinned = await site.Controller.ConvergeAsync();
        pinned.ExitCode.ShouldBe(0, pinned.All);

        var commit = await site.CommitByHandAsync();
        await site.Host.ShellAsync("dpkg -i /tmp/reef-1.1.deb");
        (await site.Controller.RunAsync("drift", "production", "--detailed-exitcode")).ExitCode.ShouldBe(2);
        var adopted = await site.Controller.RunAsync("adopt", "production", "--to-branch", "moved", "--author", "Ada <ada@example.org>");
        adopted.ExitCode.ShouldBe(0, adopted.All);
        (await site.GitAsync("diff", "--unified=0", "main", "moved")).ShouldSatisfyAllConditions(
            diff => diff.ShouldContain($"commit: {commit}"),
            diff => diff.ShouldContain("reef-tools: {state: pinned, version: \"1.1\"}"),
            diff => diff.Split('\n').Count(line => line.StartsWith('+') && !line.StartsWith("+++", StringComparison.Ordinal)).ShouldBe(2, diff));

        await site.GitAsync("merge", "--quiet", "moved");
        var converged = await site.Controller.ConvergeAsync();
        converged.ExitCode.ShouldBe(0, converged.All);
        var drift = await site.Controller.RunAsync("drift", "production", "--detailed-exitcode");
        drift.ExitCode.ShouldBe(0, drift.All);
        (await site.Controller.PlanAsync("--detailed-exitcode")).ExitCode.ShouldBe(0);
        (await site.Host.ShellAsync("runuser -u coralnet -- git -C /srv/www/coralnet rev-parse HEAD; dpkg-query -Wf '${Version}' reef-tools"))
            .ShouldBe($"{commit}\n1.1");
    }
}
