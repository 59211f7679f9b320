using System.Text.RegularExpressions;
using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Deploys;

/// <summary>Somebody purges PostgreSQL by hand on a server whose database git declares.</summary>
[Collection<OnOtherStaging>]
public sealed class LostDatabaseTests(Staging staging)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(3);

    [Fact, Trait("Category", "long")]
    public async Task A_purged_PostgreSQL_is_told_and_put_back_and_its_data_comes_back_by_the_command_that_is_printed()
    {
        await staging.AtAsync(2);
        (await staging.Controller.ConvergeAsync()).ExitCode.ShouldBe(0);
        await using var watch = staging.Controller.Watch();
        await watch.WaitForAsync("staging/coralnet: Synced", Soon);
        await PurgeAsync();
        await UntilAsync("but on staging1 there is no PostgreSQL");
        var status = await UntilAsync("PostgreSQL is gone from this server, and role coralnet with it");
        status.Sentences.ShouldSatisfyAllConditions(
            said => said.ShouldContain("PostgreSQL is gone from this server, and role coralnet with it"),
            said => said.ShouldContain("reconciler retry staging host --heal"),
            said => said.ShouldContain("pg_restore -d coralnet </var/backups/coralnet/coralnet-"),
            said => said.ShouldNotContain("servers.yaml"),
            said => said.ShouldNotContain("gates:"));
        foreach (var application in new[] { "host", "coralnet" })
            (await staging.Controller.StatusAsync(application)).Health.ShouldBe("Degraded", status.All);
        (await staging.Controller.RunAsync("drift", "staging")).Sentences
            .ShouldContain("its data is not restored by itself: restore the last dump that was taken, /var/backups/coralnet/coralnet-");

        // The application was asked first. It waits, for what it needs comes from the servers.
        await RetryAsync("coralnet");
        await UntilAsync("the servers themselves come first: on staging1 there is no PostgreSQL");
        await RetryAsync("host");
        await UntilAsync("database coralnet is gone: it was made on this server");
        status = await UntilAsync("the servers themselves come first: on staging1 database coralnet does not exist");
        (await staging.Host.ShellAsync("runuser -u postgres -- psql -XAtq -c \"SELECT count(*) FROM pg_roles WHERE rolname = 'coralnet'\""
            + " -c \"SELECT count(*) FROM pg_database WHERE datname = 'coralnet'\"")).ShouldBe("1\n0\n", watch.Output);

        // The dump was taken before the last migration, which is applied by the word that waited.
        await staging.Host.ShellAsync(Regex.Match(status.Output, "runuser .* && runuser .*").Value);
        await staging.Server.WaitForPageAsync("2", Soon);
        await UntilAsync("coralnet Synced Healthy");
        await staging.Controller.StopAsync(watch);
        (await staging.Controller.PlanAsync("--detailed-exitcode")).ExitCode.ShouldBe(0, watch.Output);
        (await staging.Controller.StatusAsync("host")).Health.ShouldBe("Healthy");
    }

    private Task<string> PurgeAsync() => staging.Host.ShellAsync(
        "DEBIAN_FRONTEND=noninteractive apt-get -y -q purge 'postgresql*' >/dev/null 2>&1;"
        + " ! [ -e /etc/postgresql/15/main/postgresql.conf ] && ! [ -e /var/lib/postgresql/15/main/PG_VERSION ]");

    private async Task RetryAsync(string application)
    {
        var asked = await staging.Controller.RunAsync("retry", "staging", application, "--heal");
        asked.ExitCode.ShouldBe(0, asked.All);
    }

    private async Task<Command> UntilAsync(string said)
    {
        using var soon = new CancellationTokenSource(Soon);
        for (; ; await Task.Delay(500, CancellationToken.None))
            if (await staging.Controller.RunAsync("status", "staging") is var status
                && (status.Sentences.Contains(said, StringComparison.Ordinal) || soon.IsCancellationRequested))
            {
                status.Sentences.Contains(said, StringComparison.Ordinal).ShouldBeTrue($"'{said}' did not come:\n{status.All}");
                return status;
            }
    }
}
