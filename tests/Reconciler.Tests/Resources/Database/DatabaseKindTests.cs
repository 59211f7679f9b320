using Reconciler.Model;
using Reconciler.Resources.Database;
using Reconciler.Tests.Git;
using static Reconciler.Tests.Resources.Database.DatabaseCase;

namespace Reconciler.Tests.Resources.Database;

public sealed class DatabaseKindTests
{
    [Fact]
    public void As_git_says_differs_in_nothing()
    {
        var (differences, steps) = Judge(Read(Cheap + Seen));
        differences.ShouldBeEmpty();
        steps.ShouldBeEmpty();
    }

    [Fact]
    public void Without_PostgreSQL_all_is_made_after_its_package_whichever_phase_that_takes()
    {
        var (differences, steps) = Judge(Read("end\n", dearer: false));
        differences[0].Sentence.ShouldBe("database coralnet does not exist: there is no PostgreSQL on the server");
        Short(steps).ShouldBe("System 15 directory; System 25 run; System 26 run; System 27 run; System 28 run; System 29 unit");
        steps.Single(step => step.Request!.Verb == "unit").Request!.Arguments.ShouldBe(["restart", "postgresql.service"]);
    }

    [Theory]
    [InlineData("others 0", "Prepare 26 run; Prepare 27 run; Prepare 28 run; Prepare 29 unit")]
    [InlineData("others 1", "Prepare 26 run; Prepare 27 run; Prepare 28 run")]
    public void A_new_database_restarts_PostgreSQL_early_only_where_nobody_uses_another(string others, string steps)
    {
        var seen = Read(Cheap.Replace("made coralnet\n", "") + Seen.Replace("owner coralnet\n", "").Replace("others 0", others)
            .Replace("configured localhost,10.20.3.1\n", "").Replace("localhost,10.20.3.1", "localhost"));
        var found = Judge(seen);
        found.Differences.Select(difference => difference.Sentence)
            .ShouldBe(["database coralnet does not exist", "PostgreSQL listens on localhost, git says localhost,10.20.3.1"]);
        Short(found.Steps).ShouldBe(steps);
    }

    [Fact]
    public void A_dropped_database_is_not_replaced_by_an_empty_one_unasked()
    {
        var difference = Judge(Read(Cheap + Seen.Replace("owner coralnet\n", ""))).Differences.ShouldHaveSingleItem();
        difference.Sentence.ShouldBe("database coralnet is gone: it was made on this server");
        difference.Refusal.ShouldNotBeNull();
        // No commit could be named by an acknowledgement: it belongs to the servers.
        difference.Gate.ShouldBeNull();
    }

    [Fact]
    public void A_PostgreSQL_that_was_purged_is_seen_and_said_with_the_dump_and_what_to_type()
    {
        var seen = Read("backup dump /var/backups/coralnet/coralnet-20261122T010203Z.dump 4711\nmade coralnet\nend\n", dearer: false);
        seen.FactsOf<DatabaseFacts>()!.Ailment.ShouldBe("there is no PostgreSQL");

        var (differences, _) = Judge(seen);

        differences.Select(difference => difference.Sentence).ShouldBe(
        [
            "PostgreSQL is gone from this server, and role coralnet with it",
            "database coralnet, which was made on this server, is gone with PostgreSQL",
            "the folder for dumps /var/backups/coralnet is not there, it must be 700 postgres",
        ]);
        differences[0].Refusal.ShouldBeNull();
        differences[1].Refusal!.ShouldContain("the last dump that was taken, /var/backups/coralnet/coralnet-20261122T010203Z.dump;");
        const string Create = "runuser -u postgres -- createdb -T template0 -E UTF8 -O coralnet coralnet";
        differences[1].ByHand.Select(way => way.Command).ShouldBe(
        [
            $"{Create} && runuser -u postgres -- pg_restore -d coralnet </var/backups/coralnet/coralnet-20261122T010203Z.dump", Create,
        ]);
        var mended = Kind.Steps(Wanted, seen, Change.Of(differences[0])).ToList();
        mended.ShouldAllBe(step => step.Phase == Phase.System);
        mended.Select(step => step.Summary).ShouldContain("make role coralnet");
        mended.Select(step => step.Summary).ShouldNotContain("make database coralnet");
    }

    [Theory]
    [InlineData("", "restore it from a backup, of which none is known here", 1)]
    [InlineData("backup accept /backups/of the host/a.gz 12\n", "the last backup that was accepted, /backups/of the host/a.gz", 1)]
    [InlineData("backup dump\n", "none is known here", 1)]
    public void Of_backups_only_what_is_known_is_said(string backup, string said, int ways)
    {
        var seen = Read(Cheap.Replace("end\n", $"{backup}end\n") + Seen.Replace("owner coralnet\n", ""));
        var lost = Judge(seen).Differences.ShouldHaveSingleItem();
        lost.Refusal!.ShouldContain(said);
        lost.ByHand.Count.ShouldBe(ways);
    }

    [Fact]
    public void A_cluster_that_was_dropped_under_its_package_has_its_command()
    {
        var gone = Judge(Read("program 13\nprogram 15\nmade coralnet\nend\n", dearer: false)).Differences[0];
        gone.Sentence.ShouldBe(
            "the cluster main of PostgreSQL is gone, and role coralnet with it; the programs of version 15 are still installed");
        gone.Refusal.ShouldNotBeNull();
        gone.ByHand.ShouldHaveSingleItem().Command.ShouldBe("pg_createcluster 15 main --start");
    }

    [Fact]
    public void A_package_that_was_removed_is_no_service_that_was_stopped()
    {
        var seen = Read(Cheap.Replace("running 54 6400", "removed"), dearer: false);
        seen.FactsOf<DatabaseFacts>()!.Ailment.ShouldBe("PostgreSQL 15/main is not installed any more");
        var (differences, steps) = Judge(seen);
        (differences.ShouldHaveSingleItem().Sentence, differences[0].HealedAs)
            .ShouldBe(("PostgreSQL 15/main is not installed any more; its configuration is still there", "Database"));
        Short(steps).ShouldBe("Prepare 20 unit");
    }

    [Theory]
    [InlineData("role true 1234567890abcdef\n", "", "role coralnet does not exist")]
    [InlineData("role true", "role false", "role coralnet may not log in")]
    [InlineData("owner coralnet\n", "", "database coralnet does not exist")]
    [InlineData("listening localhost", "listening localhost", null)]
    public void Without_role_or_database_it_does_not_work(string was, string now, string? ailment) =>
        Read(Cheap + Seen.Replace(was, now)).FactsOf<DatabaseFacts>()!.Ailment.ShouldBe(ailment);

    [Theory]
    [InlineData("", "program 15")]
    [InlineData("etc/postgresql/15/main/conf.d/reconciler.conf", "program 15")]
    [InlineData("etc/postgresql/15/main/postgresql.conf", "cluster 15/main stopped", "program 15")]
    [InlineData("etc/postgresql/13/main/postgresql.conf", "cluster 13/main removed", "program 15")]
    public void The_probe_tells_a_cluster_without_its_programs_and_what_is_left_of_one(string file, params string[] said)
    {
        using var folder = new ScratchFolder();
        foreach (var each in new[] { file, "usr/lib/postgresql/15/bin/postgres" }.Where(each => each.Length > 0))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.In(each))!);
            File.WriteAllText(folder.In(each), "");
        }
        File.SetUnixFileMode(folder.In("usr/lib/postgresql/15/bin/postgres"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var script = Kind.Probe(Wanted, null).Script.Replace("/etc/", $"{folder.Path}/etc/").Replace("/usr/", $"{folder.Path}/usr/")
            .Replace("/run/", $"{folder.Path}/run/").Replace("/var/", $"{folder.Path}/var/");
        Sh.Run(script).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith("file ") && !line.StartsWith("stat: ")).ShouldBe([.. said, "end"]);
    }

    [Fact]
    public void A_rotated_password_is_no_business_of_the_servers_own_run()
    {
        var (differences, steps) = Judge(Read((Cheap + Seen).Replace("note coralnet d1", "note coralnet d0")));
        differences.ShouldBeEmpty();
        steps.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("rule host \"coralnet\" \"coralnet\" 10.20.1.1/32 scram-sha-256\n", "", "pg_hba.conf does not let coralnet in from 10.20.1.1/32", "Prepare 27 run")]
    [InlineData("closed\n", "rule host \"coralnet\" \"coralnet\" 10.20.1.9/32 scram-sha-256\nclosed\n",
        "pg_hba.conf has lines that git does not: host \"coralnet\" \"coralnet\" 10.20.1.9/32 scram-sha-256", "Tidy 0 run")]
    [InlineData("listening localhost,10.20.3.1", "listening *", "PostgreSQL listens on *, git says localhost,10.20.3.1", "System 0 unit")]
    [InlineData("configured localhost,10.20.3.1", "configured *", "PostgreSQL would listen on * after its next start, git says localhost,10.20.3.1", "Prepare 28 run")]
    [InlineData("role true 1234567890abcdef", "role false 1234567890abcdef", "role coralnet may not log in", "Prepare 25 run; Prepare 27 run")]
    [InlineData("backups 700 postgres", "backups 755 root", "the folder for dumps /var/backups/coralnet is 755 root, it must be 700 postgres", "Prepare 15 directory")]
    [InlineData("owner coralnet", "owner postgres", "database coralnet belongs to postgres, git says coralnet", "")]
    [InlineData("closed\n", "", "the lines for coralnet in pg_hba.conf were edited by hand: where they begin or end cannot be told", "")]
    [InlineData("last /etc/postgresql/15/main/conf.d/reconciler.conf", "last /var/lib/postgresql/15/main/postgresql.auto.conf",
        "listen_addresses is set again in /var/lib/postgresql/15/main/postgresql.auto.conf, and that one wins", "")]
    public void What_is_otherwise_takes_the_phase_that_its_effect_asks_for(string was, string now, string sentence, string steps)
    {
        (Cheap + Seen).ShouldContain(was);
        var found = Judge(Read((Cheap + Seen).Replace(was, now)));
        found.Differences.ShouldHaveSingleItem().Sentence.ShouldBe(sentence);
        Short(found.Steps).ShouldBe(steps);
        (found.Differences[0].Refusal is null).ShouldBe(steps.Length > 0);
    }

    [Fact]
    public void Lines_are_added_before_old_ones_are_taken_away()
    {
        var changed = Wanted with { Spec = Spec with { Allow = ["10.20.1.2"] } };
        var steps = Judge(Read(Cheap + Seen), wanted: changed).Steps;
        Short(steps).ShouldBe("Prepare 27 run");
        var script = steps[0].Request!.Payload[0].ShouldBeOfType<PayloadPart.Text>().Value;
        script.ShouldContain("10.20.1.1/32");
        script.ShouldContain("10.20.1.2/32");
    }

    [Fact]
    public void A_stopped_PostgreSQL_is_started_and_nothing_else_is_guessed()
    {
        var seen = Read(Cheap.Replace("running 54 6400", "stopped"), dearer: false);
        seen.FactsOf<DatabaseFacts>()!.Ailment.ShouldBe("PostgreSQL 15/main is not running");
        var (differences, steps) = Judge(seen);
        differences.ShouldHaveSingleItem().Sentence.ShouldBe("PostgreSQL 15/main is not running");
        steps.ShouldHaveSingleItem().Request!.Arguments.ShouldBe(["start", "postgresql@15-main.service"]);
    }

    [Fact]
    public void No_printed_step_holds_a_secret_or_a_script() =>
        string.Concat(Judge(Read("end\n", dearer: false)).Steps).ShouldNotContain("psql");

    [Theory]
    [InlineData("all", "host \"all\" \"coralnet\" 10.20.0.0/16 scram-sha-256")]
    [InlineData("coralnet", "host \"coralnet\" \"coralnet\" 10.20.0.0/16 scram-sha-256")]
    public void A_name_is_never_a_keyword_of_pg_hba(string name, string rule) =>
        HbaBlock.Rules(Spec with { Name = name, Allow = ["10.20.0.0/16"] }).ShouldContain(rule);
}
