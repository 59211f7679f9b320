using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

public sealed class RunFindingsTests
{
    private static StepRecord Step(Phase phase, StepState state, string output) =>
        new(new("17-3f9d1c07", 1, 1), phase, "db1/host/Database/coralnet", "summary", state, default, default(DateTimeOffset), 0, output, null);

    [Fact]
    public void The_dump_is_named_by_its_file() =>
        RunFindings.Dump([Step(Phase.Backup, StepState.Verified, "NOTICE: x\ndump /var/backups/coralnet/coralnet-20261121T120000Z.dump 4096\n")])
            .ShouldBe("dumped to /var/backups/coralnet/coralnet-20261121T120000Z.dump on db1");

    [Fact]
    public void A_backup_of_somebody_elses_is_named_too() =>
        RunFindings.Dump([Step(Phase.Backup, StepState.Verified, "accept /backups/a b.gz 4096\n")]).ShouldBe("accepted the backup /backups/a b.gz on db1");

    [Fact]
    public void A_dump_that_was_not_proven_is_none() =>
        RunFindings.Dump([Step(Phase.Backup, StepState.Failed, "dump /var/backups/coralnet/x.dump 4096\n")]).ShouldBeNull();

    [Fact]
    public void Migrations_that_are_through_and_the_one_that_is_not_are_told_apart() =>
        RunFindings.Migrations([Step(Phase.Migrate, StepState.Failed,
            "Running migrations:\n  Applying gallery.0002_colour... OK\n  Applying gallery.0003_size...Traceback (most recent call last):\nNameError: x\n")])
            .ShouldBe("applied: gallery.0002_colour; begun, and not through: gallery.0003_size");

    [Fact]
    public void What_was_begun_and_did_not_come_through_is_known_by_its_name() =>
        RunFindings.HalfApplied([Step(Phase.Migrate, StepState.Failed, "  Applying gallery.0002_colour... OK\n  Applying gallery.0003_size...Traceback")])
            .ShouldBe(["gallery.0003_size"]);

    [Fact]
    public void Where_Django_said_nothing_nothing_is_claimed() =>
        RunFindings.Migrations([Step(Phase.Migrate, StepState.Failed, "could not connect")]).ShouldBeNull();
}
