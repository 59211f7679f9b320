using Reconciler.Model;
using Reconciler.Resources.Database;
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
        difference.Sentence.ShouldBe("database coralnet is gone: it was made on this server and somebody dropped it");
        difference.Refusal.ShouldNotBeNull();
        difference.Gate.ShouldBe("drift");
        Read("made coralnet\nend\n", dearer: false).ShouldBeOfType<Observation.Unknown>();
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
