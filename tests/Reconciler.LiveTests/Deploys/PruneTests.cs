namespace Reconciler.LiveTests.Deploys;

/// <summary>What git no longer declares goes, where the environment says so.</summary>
[Collection<OnOtherStaging>]
public sealed class PruneTests(Staging staging)
{
    private const string Files = "staging/host/files.yaml";

    private static string With(string entries) => $"""
        apiVersion: reconciler/v1
        kind: Files
        metadata: {"{name: host}"}
        spec:
        {entries}

        """;

    [Fact, Trait("Category", "long")]
    public async Task Files_and_links_that_git_no_longer_declares_go_and_edited_ones_stay()
    {
        await staging.AtAsync(1);
        Directory.CreateDirectory(Path.Combine(staging.World, "desired", "staging", "host"));
        await staging.Desired.EditAsync("staging/environment.yaml", "spec:\n", "spec:\n  prune: {atMost: 80}\n");
        const string Kept = "  kept: {path: /etc/profile.d/kept.sh, content: \": kept\\n\"}";
        await staging.Desired.AddAsync(Files, With(Kept + """

              old: {path: /etc/profile.d/old.sh, content: ": old"}
              edited: {path: /etc/profile.d/edited.sh, content: ": edited"}
              link: {path: /etc/profile.d/link.sh, link: old.sh}
            """));
        (await staging.Controller.ConvergeAsync()).ExitCode.ShouldBe(0);
        await staging.Host.ShellAsync("cd /etc/profile.d && [ -e old.sh ] && [ -h link.sh ] && echo ': by hand' >>edited.sh");

        await staging.Desired.AddAsync(Files, With(Kept));
        var pruned = await staging.Controller.ConvergeAsync();

        pruned.ExitCode.ShouldBe(0, pruned.All);
        pruned.Sentences.ShouldContain("remove /etc/profile.d/old.sh, and keep a copy");
        (await staging.Host.ShellAsync("cd /etc/profile.d; ls kept.sh edited.sh old.sh link.sh 2>/dev/null || :")).ShouldBe("edited.sh\nkept.sh\n");
        (await staging.Controller.PlanAsync("--detailed-exitcode")).ExitCode.ShouldBe(0);
    }

    [Fact, Trait("Category", "long")]
    public async Task Packages_that_git_no_longer_names_go_once_the_code_is_as_git_says()
    {
        const string Packages = "base/host/packages.yaml";
        await staging.AtAsync(1);
        await staging.Desired.EditAsync("staging/environment.yaml", "spec:\n", "spec:\n  prune: {atMost: 100}\n");
        await staging.Desired.EditAsync(Packages, "  tzdata:", "  sl: {on: [web]}\n  tzdata:");
        (await staging.Controller.ConvergeAsync()).ExitCode.ShouldBe(0);
        (await staging.Host.ShellAsync("ls /usr/games/sl")).ShouldBe("/usr/games/sl\n");

        await staging.Desired.EditAsync(Packages, "  sl: {on: [web]}\n", "");
        await staging.Desired.DeployAsync(staging.Commits[2]);
        await using var watch = staging.Controller.Watch();
        await staging.Server.WaitForPageAsync("2", TimeSpan.FromMinutes(2));
        await staging.WaitForAsync("[ ! -e /usr/games/sl ]");
        await watch.WaitForAsync("remove sl", TimeSpan.FromMinutes(2));
        await staging.Controller.StopAsync(watch);
        watch.Output.IndexOf("coralnet converged in", StringComparison.Ordinal).ShouldBeInRange(1, watch.Output.LastIndexOf("remove sl", StringComparison.Ordinal));
        (await staging.Controller.PlanAsync("--detailed-exitcode")).ExitCode.ShouldBe(0);
    }
}
