using Reconciler.Model;
using Reconciler.Resources.Database;
using Reconciler.Tests.Git;
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
        Short(steps).ShouldBe("Backup -10 run; Backup 0 run; Tidy 0 run");
        (steps[1].Attempts, steps[1].Deadline, steps[1].Irreversible).ShouldBe((1, TimeSpan.FromHours(1), false));
        var script = Script(steps[1]);
        script.IndexOf("df -Pk", StringComparison.Ordinal).ShouldBeLessThan(script.IndexOf("pg_dump -Fc", StringComparison.Ordinal));
        script.IndexOf("pg_restore -f /dev/null", StringComparison.Ordinal).ShouldBeLessThan(script.IndexOf("mv \"$part\" \"$file\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(7, "-gt 7")]
    [InlineData(0, "-gt 1")]
    public void The_newest_dumps_stay_one_at_least(int keep, string condition) => Script(Backup(Dump with { Keep = keep })[2]).ShouldContain(condition);

    [Fact]
    public void A_scheduled_backup_is_accepted_by_age_and_nothing_is_removed()
    {
        var steps = Backup(Dump with { Mode = BackupMode.Accept, MaxAge = TimeSpan.FromMinutes(90) });
        steps.Count.ShouldBe(2);
        var step = steps[1];
        step.Phase.ShouldBe(Phase.Backup);
        Script(step).ShouldContain("age=5400");
    }

    [Fact]
    public void A_scheduled_backup_is_looked_at_before_users_see_the_page()
    {
        var resource = Wanted with { Spec = Spec with { Backup = Dump with { Mode = BackupMode.Accept } } };

        var steps = Kind.Steps(resource, Read(Cheap + Seen), Change.Of() with { Backup = true, Cover = true }).Where(step => step.Phase < Phase.Tidy).ToList();

        steps.Select(step => $"{step.Phase} {step.Rank}").ShouldBe(["Backup -10", "Cover -10"]);
        steps[1].Because.ShouldBe("a later step cannot be undone");
    }

    [Fact]
    public void Who_works_in_the_database_is_waited_for_before_the_dump_and_what_he_asks_is_not_shown()
    {
        var step = Backup(Dump)[0];

        step.Summary.ShouldBe("see that nobody else works in database coralnet");
        Script(step).ShouldContain("state <> 'idle'");
        // The first word of a query alone: the rest may hold a password.
        Script(step).ShouldContain("upper(substring(query FROM '^\\s*([A-Za-z]{1,20})'))");
    }

    [Fact]
    public void By_policy_alone_somebody_is_ended_and_only_who_has_written_nothing()
    {
        Script(Backup(Dump)[0]).ShouldNotContain("end_readers");

        var step = Judge(Read(Cheap + Seen), backup: true, Wanted with { Spec = Spec with { Backup = Dump, EndsReaders = true } }).Steps[0];

        Script(step).ShouldContain("state <> 'idle' AND backend_xid IS NULL;");
        Script(step).ShouldContain("end_readers pg_cancel_backend cancelled >&2\n    wait_for 3\n");
    }

    /// <summary>The real script on a disk that is really full; programs of PostgreSQL that write as much as is said here.</summary>
    [Theory]
    [InlineData(5_000_000, "no room for a dump in")]
    [InlineData(1_000, "No space left on device")]
    public void A_disk_that_is_full_leaves_no_dump_that_counts_and_the_last_one_as_it_was(int size, string said)
    {
        using var scratch = new ScratchFolder();
        using var disk = new SmallDisk(scratch.In("backups"), "2m");
        var last = scratch.In("backups/coralnet-20260101T000000Z.dump");
        File.WriteAllText(last, "PGDMP, and all that was in it");
        ScratchPrograms.Make(scratch, "psql", $"case $(cat) in *pg_database_size*) echo {size};; *server_version_num*) echo 150004;; esac");
        ScratchPrograms.Make(scratch, "pg_dump", "[ \"$1\" = --version ] && echo 'pg_dump (PostgreSQL) 15.4' && exit\nfor file; do :; done\nhead -c 3000000 /dev/zero >\"$file\"");
        ScratchPrograms.Make(scratch, "pg_restore", ":");
        var script = $"PATH={scratch.In("bin")}:$PATH\n" + Script(Backup(Dump with { Directory = scratch.In("backups") })[1]);

        var outcome = Sh.Run(script);

        (outcome.Code, outcome.Output).ShouldBe((1, ""));
        outcome.Error.ShouldContain(said);
        Directory.GetFiles(scratch.In("backups")).ShouldBe([last]);
        File.ReadAllText(last).ShouldBe("PGDMP, and all that was in it");
        disk.Grow("32m");
        Sh.Run(script).Good.ShouldStartWith("dump ");
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("room 10 4096\n", false)]
    [InlineData("room 9 4096\n", true)]
    [InlineData("room 9223372036854775807 4096\n", false)]
    [InlineData("room ? ?\n", false)]
    public void Room_for_a_dump_is_asked_for_in_Prepare_where_a_look_saw_too_little(string room, bool asks)
    {
        var seen = Read(Cheap.Replace("end\n", $"{room}end\n") + Seen.Replace("others 0", "size 36864\nothers 0"));

        var steps = Judge(seen, backup: true).Steps;

        steps.Select(step => $"{step.Phase} {step.Secures}").ShouldBe([.. asks ? ["Prepare True"] : Array.Empty<string>(), "Backup False", "Backup False", "Tidy False"]);
        Judge(seen).Steps.ShouldBeEmpty();
        Judge(seen, backup: true, Wanted with { Spec = Spec with { Backup = Dump with { Mode = BackupMode.Accept } } }).Steps
            .ShouldAllBe(step => step.Phase == Phase.Backup);
    }

    /// <summary>The real fragments on a disk that is really nearly full.</summary>
    [Fact]
    public void The_look_sees_the_room_that_the_step_asks_for_and_the_step_says_what_the_dump_would_say()
    {
        using var scratch = new ScratchFolder();
        using var disk = new SmallDisk(scratch.In("backups"), "2m");
        var spec = Spec with { Backup = Dump with { Directory = scratch.In("backups") } };
        ScratchPrograms.Make(scratch, "psql", "case $(cat) in *pg_database_size*) echo 2097152;; esac");
        DatabaseFacts Look() => Read(Cheap.Replace("end\n", string.Concat(Sh.Run(DatabaseProbe.Cheap(spec)).Output.Split('\n')
            .Where(line => line.StartsWith("room ", StringComparison.Ordinal)).Select(line => line + "\n")) + "end\n")
            + Seen.Replace("others 0", "size 2097152\nothers 0")).FactsOf<DatabaseFacts>()!;
        var full = Look();
        full.Room.ShouldBe(2097152);
        var steps = Judge(new Observation.Found(full), backup: true, Wanted with { Spec = spec }).Steps;
        var path = $"PATH={scratch.In("bin")}:$PATH\n";

        var outcome = Sh.Run(path + Script(steps[0]));

        (outcome.Code, outcome.Error).ShouldBe((1, $"no room for a dump in {scratch.In("backups")}: 2097152 bytes are free, the database has 2097152: make room there\n"));
        Sh.Run(path + Script(steps[2])).Error.ShouldBe(outcome.Error);
        disk.Grow("3m");
        Look().LacksRoom.ShouldBeFalse();
        _ = Sh.Run(path + Script(steps[0])).Good;
    }

    [Fact]
    public void Nothing_is_backed_up_where_git_declares_no_backup_or_nothing_needs_one()
    {
        Backup(null).ShouldHaveSingleItem().Summary.ShouldBe("see that nobody else works in database coralnet");
        Judge(Read(Cheap + Seen)).Steps.ShouldBeEmpty();
    }
}
