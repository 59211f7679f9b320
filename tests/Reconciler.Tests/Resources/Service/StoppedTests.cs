using System.Diagnostics;
using Reconciler.Model;
using Reconciler.Resources.Service;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Resources.Service;

/// <summary>The proof that a program of supervisor's is stopped, on real processes.</summary>
public sealed class StoppedTests : IDisposable
{
    private static readonly string Boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
    private readonly ScratchFolder _folder = new();
    private readonly Process _leader = Process.Start("setsid", ["sleep", "60"]);

    public void Dispose()
    {
        _leader.Kill();
        _leader.Dispose();
        _folder.Dispose();
    }

    private string Ticks => File.ReadAllText($"/proc/{_leader.Id}/stat").Split(") ")[1].Split(' ')[19];

    [Fact]
    public async Task A_program_whose_process_lives_is_not_stopped_and_the_proof_names_it()
    {
        await UntilItLeadsAsync();
        var proof = Prove($"pid {_leader.Id} {Ticks}\nboot {Boot}\n");

        proof.Code.ShouldBe(1);
        proof.Output.ShouldBe($"process {_leader.Id} (sleep) still runs\n");
    }

    [Fact]
    public async Task A_process_that_was_seen_though_no_note_tells_of_it_counts_too()
    {
        await UntilItLeadsAsync();
        Prove("", new(_leader.Id, long.Parse(Ticks))).Code.ShouldBe(1);
        Prove("", new(_leader.Id, 0)).Code.ShouldBe(1);
    }

    /// <summary>Numbers begin anew at each boot: one of before is somebody else's now.</summary>
    [Fact]
    public async Task A_number_that_was_noted_before_a_reboot_is_not_the_programs_any_more()
    {
        await UntilItLeadsAsync();
        Prove($"pid {_leader.Id} {Ticks}\nboot 1f0c2e4e-0000-4000-8000-000000000000\n").Code.ShouldBe(0);
        Prove("", boot: "1f0c2e4e-0000-4000-8000-000000000000", seen: new(_leader.Id, long.Parse(Ticks))).Code.ShouldBe(0);
    }

    [Fact]
    public async Task A_number_that_a_younger_process_has_is_not_the_programs_any_more()
    {
        await UntilItLeadsAsync();
        Prove($"pid {_leader.Id} {long.Parse(Ticks) - 1}\nboot {Boot}\n").Code.ShouldBe(0);
    }

    [Fact]
    public async Task Workers_that_outlived_their_master_still_run()
    {
        using var master = Process.Start(new ProcessStartInfo("setsid", ["sh", "-c", "sleep 60 & exec sleep 0"]))!;
        var ticks = "1";
        await master.WaitForExitAsync(TestContext.Current.CancellationToken);
        try
        {
            Prove($"pid {master.Id} {ticks}\nboot {Boot}\n").Code.ShouldBe(1);
        }
        finally
        {
            Sh.Run($"kill -s KILL -- -{master.Id}");
        }
        Prove($"pid {master.Id} {ticks}\nboot {Boot}\n").Code.ShouldBe(0);
    }

    private (int Code, string Output) Prove(string note, ServiceProcess? seen = null, string? boot = null)
    {
        File.WriteAllText(_folder.In(Given.Gunicorn.FullName), note);
        var facts = new ServiceFacts("gunicorn", ServiceState.Running, seen is { } process ? [process] : [], boot ?? Boot);
        var result = Sh.Run(ServiceProofs.Stopped(Given.Gunicorn, facts).Replace(StartedProcess.Folder, _folder.Path, StringComparison.Ordinal));
        return (result.Code, result.Output);
    }

    private async Task UntilItLeadsAsync()
    {
        while (!File.ReadAllText($"/proc/{_leader.Id}/stat").Contains("(sleep)", StringComparison.Ordinal))
            await Task.Delay(5, TestContext.Current.CancellationToken);
    }
}
