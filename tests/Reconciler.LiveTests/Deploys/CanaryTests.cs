using System.Text;
using Reconciler.LiveTests.Support;
using Reconciler.Tests.Canaries;

namespace Reconciler.LiveTests.Deploys;

/// <summary>The hunt that finds nothing in all other tests finds what is there.</summary>
[Collection<OnOtherStaging>]
public sealed class CanaryTests(Staging staging)
{
    private const string Value = "planted-leak-3f9d 'q\"$(id)\\/é%&";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private static readonly CanaryHunt Hunt = new([new("a leak", Value)]);

    [Fact]
    public async Task A_leak_on_a_server_is_found_in_files_in_memory_and_in_the_journal()
    {
        await staging.LookAtAsync(2);
        (await staging.Host.FindAsync(Hunt)).ShouldBeEmpty();
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes("x" + Value));
        var hex = Convert.ToHexString(Encoding.UTF8.GetBytes(Value));
        await staging.Host.ShellAsync($"echo {base64} | gzip >/var/log/leak.gz; echo {hex} >/run/leak; echo {base64} >/tmp/leak");
        await staging.Host.ShellAsync($"echo key={Uri.EscapeDataString(Value).Replace("'", "%27")} | logger -t leak; journalctl --sync");
        var found = await staging.Host.FindAsync(Hunt);
        await staging.Host.ShellAsync("rm /var/log/leak.gz /run/leak /tmp/leak");
        // journald's own file may have the line as it is as well: when it has been written out is journald's affair.
        found.Where(each => !each.Where.EndsWith(".journal", StringComparison.Ordinal)).Select(each => $"{string.Join('/', each.Where.Split('/').TakeLast(2))}, {each.Encoding}").ShouldBe(
            ["log/leak.gz (gzip), base64", "run/leak, hex", "tmp/leak, base64", "staging1's journal, URL"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_leak_of_the_controller_is_found_in_its_state_and_its_repositories()
    {
        await staging.LookAtAsync(2);
        Hunt.InFolder(staging.World).ShouldBeEmpty();
        await File.WriteAllTextAsync(Path.Combine(staging.Controller.State, "leak"), $"'{Value.Replace("'", "'\\''")}'", TestContext.Current.CancellationToken);
        await staging.Desired.AddAsync("leak.yaml", $"{{\"key\": {System.Text.Json.JsonSerializer.Serialize(Value)}}}");
        File.Delete(Path.Combine(staging.World, "desired", "leak.yaml"));
        var found = Hunt.InFolder(staging.World);
        found.ShouldContain(each => each.Where == Path.Combine(staging.Controller.State, "leak") && each.Encoding == "shell" && each.Offset == 1);
        found.ShouldContain(each => each.Where.StartsWith(Path.Combine(staging.World, "desired", ".git")) && each.Encoding == "JSON");
    }

    [Fact]
    public async Task A_process_that_has_a_secret_in_its_arguments_or_its_environment_is_seen_on_both_sides()
    {
        await staging.LookAtAsync(2);
        foreach (var (program, side) in new[] { ("env", "controller"), (TestHosts.Script, "server") })
        {
            string[] inside = side == "server" ? ["exec", staging.Host.Lab, staging.Host.Name, "--", "env"] : [];
            await using var sampler = new ProcessSampler(staging.World, staging.Host);
            await using var leaking = RunningProgram.Start(program, [.. inside, $"KEY={Value}", "sh", "-c", "sleep 2; :", Value, staging.World]);
            await ShouldSeeAsync(sampler, $"{side}, environment of sh");
            await ShouldSeeAsync(sampler, $"{side}, arguments of sh");
        }
    }

    private static async Task ShouldSeeAsync(ProcessSampler sampler, string where)
    {
        using var cancel = new CancellationTokenSource(Soon);
        while (!sampler.Find(Hunt).Exists(found => found.Where.StartsWith(where, StringComparison.Ordinal)))
            await sampler.MoreAsync(cancel.Token);
    }
}
