using Reconciler.Model;
using Reconciler.Resources.Database;
using static Reconciler.Tests.Resources.Database.DatabaseCase;

namespace Reconciler.Tests.Resources.Database;

public sealed class BackupTests
{
    private static List<Step> Backup(DatabaseBackup? backup) =>
        Judge(Read(Cheap + Seen), backup: true, Wanted with { Spec = Spec with { Backup = backup } }).Steps;

    private static string Script(Step step) => step.Request!.Payload[0].ShouldBeOfType<PayloadPart.Text>().Value;

    [Fact]
    public void A_dump_is_read_to_its_end_before_it_gets_its_name()
    {
        var steps = Backup(Dump);
        Short(steps).ShouldBe("Backup 0 run; Tidy 0 run");
        (steps[0].Attempts, steps[0].Deadline, steps[0].Irreversible).ShouldBe((1, TimeSpan.FromHours(1), false));
        var script = Script(steps[0]);
        script.IndexOf("df -Pk", StringComparison.Ordinal).ShouldBeLessThan(script.IndexOf("pg_dump -Fc", StringComparison.Ordinal));
        script.IndexOf("pg_restore -f /dev/null", StringComparison.Ordinal).ShouldBeLessThan(script.IndexOf("mv \"$part\" \"$file\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(7, "-gt 7")]
    [InlineData(0, "-gt 1")]
    public void The_newest_dumps_stay_one_at_least(int keep, string condition) => Script(Backup(Dump with { Keep = keep })[1]).ShouldContain(condition);

    [Fact]
    public void A_scheduled_backup_is_accepted_by_age_and_nothing_is_removed()
    {
        var step = Backup(Dump with { Mode = BackupMode.Accept, MaxAge = TimeSpan.FromMinutes(90) }).ShouldHaveSingleItem();
        step.Phase.ShouldBe(Phase.Backup);
        Script(step).ShouldContain("age=5400");
    }

    [Fact]
    public void Nothing_is_backed_up_where_git_declares_no_backup_or_nothing_needs_one()
    {
        Backup(null).ShouldBeEmpty();
        Judge(Read(Cheap + Seen)).Steps.ShouldBeEmpty();
    }
}
