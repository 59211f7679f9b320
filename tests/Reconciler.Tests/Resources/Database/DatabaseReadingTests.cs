using Reconciler.Model;
using Reconciler.Resources.Database;
using static Reconciler.Tests.Resources.Database.DatabaseCase;

namespace Reconciler.Tests.Resources.Database;

public sealed class DatabaseReadingTests
{
    [Fact]
    public void PostgreSQL_is_asked_only_when_what_the_login_sees_has_changed()
    {
        Kind.Read(Wanted, null, Cheap, false).ShouldBeOfType<Reading.NeedsMore>().Probe.Request!.Arguments[0].ShouldBe("postgres");
        var facts = Read(Cheap + Seen).FactsOf<DatabaseFacts>()!;
        Kind.Read(Wanted, facts, Cheap + "\n", false).ShouldBe(Reading.Found(facts));
        // What others write on that disk is no change of the database.
        Kind.Read(Wanted, facts, Cheap.Replace("end\n", "room 9 4096\nend\n"), false).ShouldBe(Reading.Found(facts with { Room = 36864 }));
        Kind.Read(Wanted, facts, Cheap.Replace("6400", "6401"), false).ShouldBeOfType<Reading.NeedsMore>();
    }

    [Fact]
    public void Of_several_clusters_the_one_on_the_default_port_counts()
    {
        var facts = Read("cluster 13/main stopped\nport 5433\ncluster 15/main stopped\nport 5432\ncluster 17/main stopped\nport 5434\nend\n", dearer: false)
            .FactsOf<DatabaseFacts>()!;
        facts.Unit.ShouldBe("postgresql@15-main.service");
        Read("cluster 13/main running 5 6\nport 5433\nend\n", dearer: false).ShouldBeOfType<Observation.Unknown>();
    }

    [Fact]
    public void A_folder_for_dumps_that_cannot_be_seen_is_no_difference()
    {
        var hidden = "stat: cannot statx '/closed/dumps': Permission denied";
        Judge(Read(Cheap.Replace("backups 700 postgres", hidden) + Seen)).Differences.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("cluster 15/main running 54 64\n", false)]
    [InlineData("\u001b[2J\uFFFD", true)]
    [InlineData(Cheap, true)]
    [InlineData(Cheap + "seen\n", true)]
    [InlineData(Cheap + "listening *\nothers many\nseen\n", true)]
    [InlineData(Cheap + "role true 1\nothers 0\nlistening *\n", true)]
    public void What_was_not_read_whole_is_unknown_and_never_missing(string output, bool dearer) =>
        Read(output, dearer).ShouldBeOfType<Observation.Unknown>();
}
