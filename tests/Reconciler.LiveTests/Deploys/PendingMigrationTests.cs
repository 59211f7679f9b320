namespace Reconciler.LiveTests.Deploys;

/// <summary>All migrations are applied before other code comes (E15, E27).</summary>
[Collection<OnOtherStaging>]
public sealed class PendingMigrationTests(Staging staging)
{
    [Fact, Trait("Category", "long")]
    public async Task A_migration_that_was_taken_back_keeps_the_next_commit_waiting_until_somebody_says_yes()
    {
        await staging.AtAsync(2);
        await staging.Host.ShellAsync("""
            runuser -u coralnet -- sh -c 'cd /srv/www/coralnet/project && DJANGO_SETTINGS_MODULE=config.settings.staging /srv/www/venv/bin/python manage.py migrate gallery 0001'
            """);
        await staging.Desired.DeployAsync(staging.Commits[4]);

        var refused = await staging.Controller.ConvergeAsync();

        refused.ExitCode.ShouldNotBe(0, refused.All);
        refused.Sentences.ShouldContain($"not applied, though the code that runs, {staging.Commits[2][..12]}, has it");
        refused.Sentences.ShouldContain("acknowledge `pendingMigrations` for this commit");
        refused.Sentences.ShouldNotContain("cover coralnet");

        await staging.Desired.AddAsync("staging/acknowledgements.yaml", $"""
            apiVersion: reconciler/v1
            kind: Acknowledgements
            metadata: {"{name: staging}"}
            spec:
              together: {"{"}gates: [pendingMigrations], for: coralnet@{staging.Commits[4]}, reason: INC-8{"}"}

            """);
        var together = await staging.Controller.ConvergeAsync();
        together.ExitCode.ShouldBe(0, together.All);
        (await staging.Server.GetAsync("/")).Body.ShouldContain("content=\"4\"");
    }
}
