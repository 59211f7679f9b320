using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Deploys;

/// <summary>Commands that are run once for each name and number.</summary>
[Collection<OnOtherStaging>]
public sealed class TaskTests(Staging staging)
{
    [Fact]
    public async Task Tasks_are_run_once_and_once_more_for_each_higher_number()
    {
        await staging.AtAsync(1);
        await staging.Desired.AddAsync("staging/coralnet/tasks.yaml", $$"""
            apiVersion: reconciler/v1
            kind: Tasks
            metadata: {name: coralnet}
            spec:
              admin: {manage: createsuperuser --noinput --username admin --email admin@coralnet.example, unless: {manage: has_admin} }
              clear: {after: Static, manage: collectstatic --noinput --clear, cover: true}
              count: {command: sh -c 'echo one >>/var/tmp/count', run: 1}

            """);

        var first = await staging.DeployAsync();

        first.Command.ExitCode.ShouldBe(0, first.Command.All);
        first.Seen.ShouldBeOnly("page 1", "cover");
        first.ShouldHaveKept([.. SiteServer.Programs, .. SiteServer.Backing]);
        (await AdminsAsync()).ShouldBe("1");
        (await CountAsync()).ShouldBe("1");
        var plan = await staging.Controller.PlanAsync("--detailed-exitcode");
        plan.ExitCode.ShouldBe(0, plan.All);
        (await staging.Controller.ConvergeAsync()).All.ShouldNotContain("run task");

        await staging.Desired.EditAsync("staging/coralnet/tasks.yaml", "run: 1", "run: 2");
        var second = await staging.Controller.ConvergeAsync();
        second.ExitCode.ShouldBe(0, second.All);
        second.All.ShouldNotContain("task admin");
        (await AdminsAsync()).ShouldBe("1");
        (await CountAsync()).ShouldBe("2");

        await staging.Desired.EditAsync("staging/coralnet/tasks.yaml", "sh -c 'echo one >>/var/tmp/count', run: 2", "sh -c 'echo no coral here >&2; exit 3', run: 3");
        var failed = await staging.Controller.ConvergeAsync();
        failed.ExitCode.ShouldBe(1, failed.All);
        failed.All.ShouldContain("run task count, number 3: sh -c 'echo no coral here >&2; exit 3': exit code 3: no coral here");
        (await staging.Controller.StatusAsync()).Reason.ShouldBe("SetAside");
        (await staging.Server.GetAsync("/")).Body.ShouldContain("content=\"1\"");
    }

    [Fact, Trait("Category", "long")]
    public async Task One_that_a_dead_controller_began_is_waited_for_and_one_that_a_power_cut_ended_is_for_a_person()
    {
        await staging.AtAsync(1);
        await staging.Desired.AddAsync("staging/coralnet/tasks.yaml", """
            apiVersion: reconciler/v1
            kind: Tasks
            metadata: {name: coralnet}
            spec:
              slow: {command: "sh -c 'echo one >>/var/tmp/count; while [ ! -e /var/tmp/go ]; do sleep 0.2; done'", run: 1}

            """);

        await using (var killed = staging.Controller.Start("converge", "staging"))
        {
            await staging.WaitForAsync("[ -s /var/tmp/count ]");
            await killed.KillAsync();
        }
        await staging.Host.ShellAsync("(sleep 3; touch /var/tmp/go) >/dev/null 2>&1 &");
        var next = await staging.Controller.ConvergeAsync();

        next.ExitCode.ShouldBe(0, next.All);
        (await CountAsync()).ShouldBe("1");

        await staging.Host.ShellAsync("rm /var/tmp/go; sync");
        await staging.Desired.EditAsync("staging/coralnet/tasks.yaml", "run: 1", "run: 2");
        await using (var cut = staging.Controller.Start("converge", "staging"))
        {
            await staging.WaitForAsync("[ $(wc -l </var/tmp/count) = 2 ]");
            await Command.OkAsync(TestHosts.Script, "stop", staging.Host.Lab, staging.Host.Name);
            await Command.OkAsync(TestHosts.Script, "start", staging.Host.Lab, staging.Host.Name);
            await cut.EndedAsync(TimeSpan.FromMinutes(3));
        }
        await staging.Server.WaitUntilUpAsync();
        var asked = await staging.Controller.ConvergeAsync();
        asked.ExitCode.ShouldNotBe(0, asked.All);
        asked.Sentences.ShouldContain("task slow, number 2, was begun, and nobody knows whether it ended");
        asked.Sentences.ShouldContain("acknowledge `task` for task:coralnet/slow@2");
        (await CountAsync()).ShouldBe("2");

        await staging.Desired.AddAsync("staging/acknowledgements.yaml", """
            apiVersion: reconciler/v1
            kind: Acknowledgements
            metadata: {name: staging}
            spec:
              slow: {gates: [task], for: "task:coralnet/slow@2", reason: INC-7}

            """);
        var after = await staging.Controller.ConvergeAsync();
        after.ExitCode.ShouldBe(0, after.All);
        (await staging.Controller.PlanAsync("--detailed-exitcode")).ExitCode.ShouldBe(0);
        (await CountAsync()).ShouldBe("2");
    }

    private async Task<string> AdminsAsync() =>
        (await staging.Host.ShellAsync("cd /tmp; runuser -u postgres -- psql -At coralnet -c 'SELECT count(*) FROM auth_user WHERE is_superuser'")).Trim();

    private async Task<string> CountAsync() => (await staging.Host.ShellAsync("wc -l </var/tmp/count")).Trim();
}
