using Reconciler.Model;
using Reconciler.Remote;

namespace Reconciler.Tests.Remote;

/// <summary>Tries to make the runner do what its verbs and paths do not allow, as somebody could who has the controller's key.</summary>
public sealed class HostileRequestsTests : IDisposable
{
    private readonly RunnerSandbox runner = new();

    public void Dispose() => runner.Dispose();

    private static string Raw(string verb, string arguments, string operation = "h.1.1", string ledger = "ledger", string fence = "7", string deadline = "5") =>
        $"reconciler-runner 1\nledger {ledger}\nfence {fence}\noperation {operation}\ndeadline {deadline}\npatience 1\nverb {verb}\n{arguments}\n";

    /// <summary>Refused by its own words, and nothing was written outside its folder.</summary>
    private async Task RefusedAsync(string request)
    {
        var (text, code) = await runner.RawAsync(request);
        code.ShouldNotBe(0, text);
        (text.StartsWith("runner: ", StringComparison.Ordinal) || text.Contains("\nrefused ", StringComparison.Ordinal)).ShouldBeTrue(text);
        Directory.EnumerateFileSystemEntries(runner.Files).ShouldBeEmpty();
        File.Exists($"{runner.Root}/evil").ShouldBeFalse();
    }

    [Theory]
    [InlineData("perform")]
    [InlineData("supervise")]
    [InlineData("sh")]
    [InlineData("act")]
    [InlineData("load_lists")]
    [InlineData("verb_place")]
    [InlineData("../place")]
    [InlineData("place;touch evil")]
    [InlineData("$(touch evil)")]
    [InlineData("`touch evil`")]
    [InlineData("place run")]
    [InlineData("PLACE")]
    [InlineData("*")]
    [InlineData("")]
    public Task What_is_no_verb_is_refused(string verb) => RefusedAsync(Raw(verb, $"arg {runner.Files}/x\n"));

    [Theory]
    [InlineData("fence", "-1")]
    [InlineData("fence", "+8")]
    [InlineData("fence", "0x10")]
    [InlineData("fence", "1e9")]
    [InlineData("fence", "99999999999999999999999999")]
    [InlineData("fence", "8 9")]
    [InlineData("fence", "$((8))")]
    [InlineData("fence", "a[$(touch evil)]")]
    [InlineData("deadline", "-5")]
    [InlineData("deadline", "999999999999999999999")]
    [InlineData("deadline", "")]
    [InlineData("operation", "../../evil")]
    [InlineData("operation", ".hidden")]
    [InlineData("operation", "a/b")]
    [InlineData("operation", "a b")]
    [InlineData("operation", "")]
    [InlineData("ledger", "led ger")]
    [InlineData("ledger", "")]
    public Task A_forged_header_is_refused(string field, string value) => RefusedAsync(field switch
    {
        "fence" => Raw("remove", $"arg {runner.Files}/x\n", fence: value),
        "deadline" => Raw("remove", $"arg {runner.Files}/x\n", deadline: value),
        "operation" => Raw("remove", $"arg {runner.Files}/x\n", operation: value),
        _ => Raw("remove", $"arg {runner.Files}/x\n", ledger: value),
    });

    [Theory]
    [InlineData("place", "/etc/passwd")]
    [InlineData("place", "/proc/self/mem")]
    [InlineData("place", "/root/.ssh/authorized_keys")]
    [InlineData("place", "{0}/../evil")]
    [InlineData("remove", "/etc/passwd")]
    [InlineData("remove", "{0}/../conf")]
    [InlineData("remove", "{1}")]
    [InlineData("link", "/etc/cron.d/x")]
    [InlineData("directory", "/etc/cron.d")]
    [InlineData("directory", "{0}/../evil")]
    [InlineData("restore", "/etc/shadow")]
    public async Task No_verb_reaches_beyond_its_folders(string verb, string path)
    {
        path = string.Format(path, runner.Files, runner.Runner);
        string[] arguments = verb switch
        {
            "place" or "restore" => [path, "0644", "root:root", "n"],
            "link" => [path, "/tmp", "root:root"],
            "directory" => [path, "0755", "root:root"],
            _ => [path],
        };
        var ended = await runner.SendAsync(new(verb, arguments) { Payload = verb == "place" ? [new PayloadPart.Text("evil")] : [] });

        var refusal = (ended as RunnerAnswer.Ended)?.Receipt.Refusal ?? (ended as RunnerAnswer.Refused)?.Refusal;
        refusal.ShouldNotBeNull($"{ended}");
        File.Exists(runner.Runner).ShouldBeTrue();
        File.Exists($"{runner.Root}/conf").ShouldBeTrue();
        Path.Exists($"{runner.Root}/evil").ShouldBeFalse();
    }

    [Theory]
    [InlineData("root")]
    [InlineData("-u")]
    [InlineData("../root")]
    [InlineData("#0")]
    [InlineData("root:x")]
    [InlineData("nobody;id")]
    [InlineData("does-not-exist-here")]
    public async Task Nothing_is_run_as_who_may_not_be_acted_for(string user)
    {
        var text = await runner.RawAsync(RunnerSandbox.Wire(RunnerRequest.Run(user, "/", "-", new PayloadPart.Text($"touch {runner.Root}/evil")), runner.NewEnvelope()));
        text.Code.ShouldNotBe(0);
        File.Exists($"{runner.Root}/evil").ShouldBeFalse();
    }

    [Fact]
    public async Task A_folder_on_the_way_that_becomes_a_link_leads_nowhere()
    {
        Directory.CreateDirectory($"{runner.Files}/sub");
        (await runner.EndedAsync(runner.Place("sub/f", "good"))).ExitCode.ShouldBe(0);
        Directory.Delete($"{runner.Files}/sub", recursive: true);
        Directory.CreateDirectory($"{runner.Root}/elsewhere");
        Directory.CreateSymbolicLink($"{runner.Files}/sub", $"{runner.Root}/elsewhere");

        foreach (var request in new[] { runner.Place("sub/f", "evil"), RunnerRequest.Remove($"{runner.Files}/sub/f"), RunnerRequest.Restore($"{runner.Files}/sub/f", "0644", "root", "root", "n") })
            (await runner.EndedAsync(request)).Refusal!.Code.ShouldBeOneOf(RunnerCode.NotAllowed, RunnerCode.Missing);

        Directory.EnumerateFileSystemEntries($"{runner.Root}/elsewhere").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_forged_ledger_or_number_changes_nothing_of_whom_it_obeys()
    {
        (await runner.EndedAsync(runner.Place("f", "good"))).ExitCode.ShouldBe(0);
        var obeyed = File.ReadAllText($"{runner.State}/fence");
        var place = runner.Place("f", "evil");
        foreach (var envelope in new[] { runner.NewEnvelope() with { Ledger = "another" }, runner.NewEnvelope() with { Fence = 6 }, runner.NewEnvelope() with { Fence = 0 } })
            (await runner.SendAsync(place, envelope)).ShouldBeOfType<RunnerAnswer.Refused>().Refusal.Code.ShouldBe(RunnerCode.Fenced, $"{envelope}");
        (await runner.SendAsync(new("takeover", ["not-its-ledger"]), runner.NewEnvelope() with { Ledger = "another" }))
            .ShouldBeOfType<RunnerAnswer.Refused>().Refusal.Code.ShouldBe(RunnerCode.Fenced);

        File.ReadAllText($"{runner.State}/fence").ShouldBe(obeyed);
        File.ReadAllText($"{runner.Files}/f").ShouldBe("good");
    }
}
