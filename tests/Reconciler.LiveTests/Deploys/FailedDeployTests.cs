using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Deploys;

/// <summary>What a failure leads to (the table in the safety contract), each from a server that runs commit 2.</summary>
[Collection<OnOtherStaging>]
public sealed class FailedDeployTests(Staging staging)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Code_that_cannot_start_is_refused_before_anything_stops_and_the_next_commit_goes_through()
    {
        await staging.AtAsync(2);
        await staging.Desired.DeployAsync(staging.Commits[3]);
        var refused = await staging.DeployAsync();
        refused.Command.ExitCode.ShouldNotBe(0, refused.Command.All);
        refused.Command.All.ShouldContain("NameError");
        refused.Command.All.ShouldNotContain("staging: Stop");
        refused.Seen.ShouldBeOnly("page 2");
        refused.After.ShouldBe(refused.Before);
        (await staging.Controller.StatusAsync()).ShouldSatisfyAllConditions(
            stands => stands.ExitCode.ShouldBe(3),
            stands => stands.Sync.ShouldBe("OutOfSync"),
            stands => stands.Message.ShouldContain("NameError"));

        await staging.Desired.DeployAsync(staging.Commits[4]);
        var next = await staging.DeployAsync();
        next.Command.ExitCode.ShouldBe(0, next.Command.All);
        next.Seen.ShouldBeOnly("page 2", "cover", "page 4");
        (await staging.Controller.StatusAsync()).Sync.ShouldBe("Synced");
    }

    [Fact, Trait("Category", "long")]
    public async Task Variables_and_secrets_with_which_the_code_cannot_start_are_refused_before_anything_stops()
    {
        await staging.AtAsync(2);
        const string file = "base/coralnet/application.yaml", right = "DATABASE_HOST: \"{{database}}\"", wrong = "DATABASE_HOST: 127.0.0.2";
        await staging.Desired.EditAsync(file, right, wrong);
        await ShouldBeRefusedAsync("127.0.0.2");
        await using var watch = staging.Controller.Watch();
        await watch.WaitForAsync("staging/coralnet: SetAside", Soon);
        await staging.Controller.StopAsync(watch);

        await staging.WriteSecretsAsync(Staging.Keys.Replace(Planted.SecretKeyInJson, ""));
        await staging.Desired.EditAsync(file, wrong, right);
        await ShouldBeRefusedAsync("SECRET_KEY");

        await staging.WriteSecretsAsync(Staging.Keys);
        await staging.Desired.EditAsync(file, right, "DATABASE_HOST: localhost");
        var next = await staging.DeployAsync();
        next.Command.ExitCode.ShouldBe(0, next.Command.All);
        next.Seen.ShouldBeOnly("page 2", "cover");
        (await staging.Controller.PlanAsync("--detailed-exitcode")).ExitCode.ShouldBe(0);
    }

    private async Task ShouldBeRefusedAsync(string because)
    {
        var refused = await staging.DeployAsync();
        refused.Command.ExitCode.ShouldNotBe(0, refused.Command.All);
        refused.Command.All.ShouldContain(because);
        refused.Command.All.ShouldNotContain("staging: Stop");
        refused.Seen.ShouldBeOnly("page 2");
        refused.After.ShouldBe(refused.Before);
    }

    [Fact]
    public async Task A_page_that_fails_leads_back_to_the_release_of_before_and_is_not_tried_again()
    {
        await staging.AtAsync(2);
        var release = await staging.Server.ReleaseAsync();
        await staging.Desired.DeployAsync(staging.Commits[6]);
        var failed = await staging.DeployAsync();
        failed.Command.ExitCode.ShouldBe(1, failed.Command.All);
        failed.Seen.ShouldBeOnly("page 2", "cover");
        (await staging.Server.ReleaseAsync()).ShouldBe(release);
        (await staging.Server.GetAsync("/")).Status.ShouldBe(200);
        failed.ShouldHaveKept(SiteServer.Backing);
        SiteServer.Programs.ShouldAllBe(program => failed.After[program] != 0, failed.Command.All);

        await using var watch = staging.Controller.Watch();
        await watch.WaitForAsync("staging/coralnet: SetAside", Soon);
        await staging.Controller.StopAsync(watch);
        watch.Output.ShouldNotContain("staging: Prepare");
        (await staging.PidsAsync()).ShouldBe(failed.After);
        (await staging.Controller.StatusAsync()).ShouldSatisfyAllConditions(
            stands => stands.ExitCode.ShouldBe(3),
            stands => stands.Reason.ShouldBe("SetAside"),
            stands => stands.Message.ShouldContain("/ answers 200"),
            stands => stands.Message.ShouldContain("staging1, log of gunicorn:"),
            stands => stands.Message.ShouldContain("NoReverseMatch"));
    }

    [Fact]
    public async Task A_page_that_does_not_go_away_is_tried_until_it_does_and_nothing_is_stopped_for_it()
    {
        const string folder = "/var/lib/reconciler/cover/coralnet";
        await staging.AtAsync(2);
        await staging.Desired.DeployAsync(staging.Commits[4]);
        await using var poller = new Poller(staging.Server);
        await using var watch = staging.Controller.Watch();
        await watch.WaitForAsync("staging: Start", Soon);
        await staging.Host.ShellAsync($"mount --bind {folder} {folder} && mount -o remount,bind,ro {folder}");
        await watch.WaitForAsync("taking that away is tried until it is gone", Soon);
        var running = await staging.PidsAsync();
        var stands = await staging.Controller.StatusAsync();
        stands.Health.ShouldBe("Degraded");
        stands.Message.ShouldContain("Read-only file system");
        (await staging.Server.GetAsync("/")).Status.ShouldBe(503);

        await staging.Host.ShellAsync($"umount {folder}");
        await watch.WaitForAsync("staging/coralnet: Synced", Soon);
        await staging.Controller.StopAsync(watch);
        (await staging.PidsAsync()).ShouldBe(running);
        (await poller.StopAsync()).ShouldBeOnly("page 2", "cover", "page 4");
        (await staging.Controller.RunAsync("history", "staging", "coralnet", "-n", "1")).Output.ShouldContain("succeeded");
    }

    [Fact]
    public async Task A_migration_that_fails_half_way_holds_the_site_covered_until_a_person_decides()
    {
        await staging.AtAsync(2);
        await staging.Desired.DeployAsync(staging.Commits[5]);
        var failed = await staging.DeployAsync();
        failed.Command.ExitCode.ShouldBe(3, failed.Command.All);
        failed.Seen.ShouldBeOnly("page 2", "cover");
        failed.ShouldHaveKept(SiteServer.Backing);
        await ShouldBeHeldAsync();
        var stands = await staging.Controller.StatusAsync();
        stands.ShouldSatisfyAllConditions(
            () => stands.ExitCode.ShouldBe(3),
            () => stands.Reason.ShouldBe("Held"),
            () => stands.Message.ShouldContain("has no depth in its name"),
            () => stands.Message.ShouldContain("gallery.0003_photograph_depth"),
            () => stands.Message.ShouldContain("/var/backups/coralnet"));

        await using var watch = staging.Controller.Watch();
        await watch.WaitForAsync("staging/coralnet: Held", Soon);
        await ShouldBeHeldAsync();

        // Back over the half-applied migration, to where it was or beside it: not without a person's word.
        await staging.Desired.DeployAsync(staging.Commits[2]);
        await watch.WaitForAsync("the database is ahead of this code", Soon);
        await ShouldBeHeldAsync();
        await staging.Desired.DeployAsync(staging.Commits[4]);
        await watch.WaitForAsync("the database is ahead of this code", Soon);
        await ShouldBeHeldAsync();
        await staging.Desired.AddAsync("staging/acknowledgements.yaml", $$"""
            apiVersion: reconciler/v1
            kind: Acknowledgements
            metadata: {name: staging}
            spec:
              depth: {gates: [databaseAhead], for: "coralnet@{{staging.Commits[4]}}", reason: "The column stays until the migration is mended."}
            """);
        await watch.WaitForAsync("staging/coralnet: Synced", Soon);
        await staging.Controller.StopAsync(watch);
        (await staging.Server.GetAsync("/")).Body.ShouldContain("""<meta name="version" content="4">""");
        (await staging.Controller.StatusAsync()).Sync.ShouldBe("Synced");
    }

    [Fact]
    public async Task A_first_deploy_that_fails_leaves_the_page_on_and_the_services_down_until_the_next_commit()
    {
        await staging.AtAsync(0);
        await staging.Desired.DeployAsync(staging.Commits[6]);
        var failed = await staging.Controller.ConvergeAsync();
        // Its migrations are through, so it is held as any other.
        failed.ExitCode.ShouldBe(3, failed.All);
        await ShouldBeHeldAsync();
        (await staging.Controller.StatusAsync()).ShouldSatisfyAllConditions(
            stands => stands.ExitCode.ShouldBe(3),
            stands => stands.Reason.ShouldBe("Held"),
            stands => stands.Message.ShouldContain("check home: / answers 200"));

        await staging.Desired.DeployAsync(staging.Commits[2]);
        var next = await staging.DeployAsync();
        next.Command.ExitCode.ShouldBe(0, next.Command.All);
        next.Seen.ShouldBeOnly("cover", "page 2");
    }

    private async Task ShouldBeHeldAsync()
    {
        (await staging.Server.GetAsync("/")).Status.ShouldBe(503);
        var pids = await staging.PidsAsync();
        SiteServer.Programs.ShouldAllBe(program => pids[program] == 0);
    }
}
