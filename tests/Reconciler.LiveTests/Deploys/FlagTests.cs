namespace Reconciler.LiveTests.Deploys;

/// <summary>The maintenance flag in git.</summary>
[Collection<OnStaging>]
public sealed class FlagTests(Staging staging)
{
    [Fact]
    public async Task The_flag_covers_and_stops_nothing_and_a_deploy_under_it_ends_covered()
    {
        await staging.AtAsync(2);
        await staging.Desired.AddAsync("staging/coralnet/maintenance.yaml", Flag("true, message: \"Back at noon\""));
        var covered = await staging.DeployAsync();
        covered.Command.ExitCode.ShouldBe(0, covered.Command.All);
        covered.Seen.ShouldBeOnly("page 2", "cover");
        covered.After.ShouldBe(covered.Before);
        var (status, body) = await staging.Server.GetAsync("/");
        status.ShouldBe(503);
        body.ShouldContain("Back at noon");
        (await staging.Server.GetAsync("/healthz")).Status.ShouldBe(200);
        (await staging.Controller.StatusAsync()).Sync.ShouldBe("Synced");

        await staging.Desired.DeployAsync(staging.Commits[4]);
        var deployed = await staging.DeployAsync();
        deployed.Command.ExitCode.ShouldBe(0, deployed.Command.All);
        deployed.Seen.ShouldBeOnly("cover");
        SiteServer.Programs.ShouldAllBe(program => deployed.After[program] != 0 && deployed.After[program] != deployed.Before[program]);

        await staging.Desired.AddAsync("staging/coralnet/maintenance.yaml", Flag("false"));
        var uncovered = await staging.DeployAsync();
        uncovered.Command.ExitCode.ShouldBe(0, uncovered.Command.All);
        uncovered.Seen.ShouldBeOnly("cover", "page 4");
        uncovered.After.ShouldBe(uncovered.Before);
    }

    [Fact]
    public async Task Taken_back_it_uncovers_though_a_newer_commit_waits_for_a_person_whose_word_then_lets_that_through()
    {
        await staging.AtAsync(2);
        await staging.Desired.AddAsync("staging/coralnet/maintenance.yaml", Flag("true"));
        (await staging.DeployAsync()).Seen.ShouldBeOnly("page 2", "cover");
        await staging.Host.ShellAsync("echo '# tried something' >>/srv/www/coralnet/project/config/urls.py");
        await staging.Desired.DeployAsync(staging.Commits[4]);
        await staging.Desired.AddAsync("staging/coralnet/maintenance.yaml", Flag("false"));

        var refused = await staging.DeployAsync();
        refused.Command.Sentences.ShouldContain("1 file(s) edited by hand: project/config/urls.py");
        refused.Seen.ShouldBeOnly("cover", "page 2");
        refused.After.ShouldBe(refused.Before);

        await staging.Desired.AddAsync("staging/acknowledgements.yaml", $$"""
            apiVersion: reconciler/v1
            kind: Acknowledgements
            metadata: {name: staging}
            spec:
              edit: {gates: [drift], for: coralnet@{{staging.Commits[4]}}, reason: "it is in the new commit"}
            """);
        var replaced = await staging.DeployAsync();
        replaced.Command.ExitCode.ShouldBe(0, replaced.Command.All);
        replaced.Seen.ShouldBeOnly("page 2", "cover", "page 4");
        (await staging.Host.ShellAsync("cat /srv/www/coralnet.d/.kept-*.patch")).ShouldContain("+# tried something");
    }

    private static string Flag(string enabled) => $$"""
        apiVersion: reconciler/v1
        kind: Maintenance
        metadata: {name: coralnet}
        spec: {enabled: {{enabled}}}
        """;
}
