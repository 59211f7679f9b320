using Reconciler.Importing;
using Reconciler.Tests.Resources;

namespace Reconciler.Tests.Importing;

public sealed class CronJobsTests
{
    [Fact]
    public void The_systems_lines_name_a_user_and_variables_and_comments_are_no_jobs() => CronJobs.OfSystem(
        ["/etc/cron.d/a:1 # why", "/etc/cron.d/a:2 PATH=/usr/bin", "/etc/cron.d/a:3 */5 1-3 * * mon app  cd /srv && run", "/etc/cron.d/a:4 @reboot root x"])
        .ShouldBe([new("/etc/cron.d/a:3", "*/5 1-3 * * mon", "app", "cd /srv && run"), new("/etc/cron.d/a:4", "@reboot", "root", "x")]);

    [Fact]
    public void A_users_lines_do_not() => CronJobs.OfUser("app", ["2 @daily run all", "3 MAILTO=x", "4"])
        .ShouldBe([new("crontab of app:2", "@daily", "app", "run all")]);

    [Theory]
    [InlineData("* * * * * API_TOKEN=canary run --password canary -p canary", "* * * * * API_TOKEN=... run --password ... -p ...")]
    [InlineData("0 1 * * * curl https://a:canary@x.org/ping", "0 1 * * * curl https://...@x.org/ping")]
    [InlineData("0 1 * * * cd /srv/site && python manage.py clearsessions", "0 1 * * * cd /srv/site && python manage.py clearsessions")]
    public void Secrets_do_not_leave_the_server(string line, string seen) =>
        Sh.Run($"printf '%s\\n' '{line}' | sed '{CronJobs.Mask}'").Good.ShouldBe(seen + "\n");
}
