using Reconciler.Documents.Reading;
using Reconciler.Model;
using Reconciler.Planning;
using Reconciler.Reporting;
using Reconciler.Resources.Code;
using Reconciler.Resources.NginxSite;
using Reconciler.Resources.SecretsFile;
using Reconciler.Tests.Documents.Expansion;
using Reconciler.Tests.Planning;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>What a person is told to type or to paste works as it stands.</summary>
public sealed class WaysOnTests
{
    private static readonly Expanded NewCode = new Expanded().At(Expanded.NewCommit);

    private static Verdict VerdictOn(World world, Standing standing, Deferral? deferral = null) =>
        new(standing, "because", world.PlanFor("coralnet"), World.Differ.Compare(world.UnitOf("coralnet").Resources, world.Seen), []) { Deferral = deferral };

    private static IReadOnlyList<WayOn> Ways(World world, Verdict verdict) => WaysOn.Of(world.Environment, world.UnitOf("coralnet"), verdict);

    private static World Edited() =>
        new World(new Expanded(), NewCode).Where<CheckoutFacts>("Code", "web2", facts => facts with { Edited = ["project/views.py"] });

    [Fact]
    public void The_acknowledgement_of_a_refusal_is_accepted_as_it_is_pasted_and_opens_its_gate()
    {
        var way = Ways(Edited(), VerdictOn(Edited(), Standing.Refused))[0];
        way.What.ShouldContain("production/acknowledgements.yaml");
        way.What.ShouldContain("`spec:`");

        var pasted = NewCode.With("production/acknowledgements.yaml", "spec: {}", $"spec:\n  {way.Paste}");

        DocumentReader.Read(pasted.Tree, ReadOptions.Default).Diagnostics.ShouldBeEmpty();
        pasted.Application.Acknowledged.ShouldBe(["drift"]);
    }

    [Fact]
    public void What_gives_way_to_a_newer_commit_needs_no_word() =>
        Ways(new World(new Expanded(), NewCode), VerdictOn(new World(new Expanded(), NewCode), Standing.Deferred, new("newerCommit", "it comes first", null)))
            .ShouldBeEmpty();

    [Fact]
    public void What_waits_at_a_gate_has_its_acknowledgement_too()
    {
        var world = new World(new Expanded(), NewCode);
        var verdict = VerdictOn(world, Standing.Deferred, new("promotedFrom", "it soaks", null));

        Ways(world, verdict).ShouldHaveSingleItem().Paste.ShouldBe(
            $"promotedfrom-7ab20000a1e0: {{gates: [promotedFrom], for: coralnet@{Expanded.NewCommit}, reason: \"(who, and why)\"}}");
    }

    [Fact]
    public void Where_a_package_is_gone_trying_the_same_again_is_no_way_on()
    {
        var world = new World(new Expanded(), NewCode);
        var failed = VerdictOn(world, Standing.Failed);
        var gone = new Difference(new("web1", ResourceId.Host, "Packages", "apt"), DifferenceType.Add, "redis-server is not installed");
        var lacks = failed with { Diff = new(new Dictionary<ResourceId, IReadOnlyList<Difference>> { [gone.Resource] = [gone] }, []) };

        Ways(world, failed with { Diff = new(new Dictionary<ResourceId, IReadOnlyList<Difference>>(), []) })
            .Select(way => way.Paste).ShouldBe(["reconciler retry production coralnet"]);
        Ways(world, lacks).Select(way => way.Paste).ShouldBe(["reconciler retry production coralnet --heal"]);
    }

    [Fact]
    public void Edits_that_healing_replaces_have_the_command_for_it_and_edits_of_code_have_not()
    {
        var site = new World(new Expanded(), NewCode).Where<NginxSiteFacts>("NginxSite", "web1", facts => facts with { File = SiteFile.Foreign });
        var refused = VerdictOn(site, Standing.Refused);
        refused.Plan.Refusals.ShouldNotBeEmpty();

        Ways(site, refused).Select(way => way.Paste).ShouldContain("reconciler retry production coralnet --heal");
        Ways(Edited(), VerdictOn(Edited(), Standing.Refused)).Select(way => way.Paste).ShouldNotContain("reconciler retry production coralnet --heal");
    }

    [Theory]
    [InlineData("Held", "reconciler retry production coralnet")]
    [InlineData("SetAside", "reconciler retry production coralnet")]
    [InlineData("NeverConverged", "reconciler retry production coralnet")]
    [InlineData("Drifted", "reconciler retry production coralnet --heal")]
    public void What_stands_still_names_a_command_that_the_program_takes(string standing, string command)
    {
        var world = new World(new Expanded());
        if (standing == "Drifted")
            world.Where<NginxSiteFacts>("NginxSite", "web1", facts => facts with { File = SiteFile.Foreign });

        Ways(world, VerdictOn(world, Enum.Parse<Standing>(standing)))[0].Paste.ShouldBe(command);
        Reconciler.Cli.CommandLine.Create().Parse([.. Shell.Split(command).Skip(1)]).Errors.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_as_git_says_and_does_not_work_names_where_to_look_and_what_to_try()
    {
        var world = new World(new Expanded());
        var verdict = VerdictOn(world, Standing.Synced) with
        {
            Ailments = [KeyValuePair.Create(new ResourceId("web1", "coralnet", "Checks", "about"), "check about: /about/ answered 500 through nginx, expected 200")],
        };

        var ways = Ways(world, verdict);

        ways.Select(way => way.Paste).ShouldBe(["reconciler logs production coralnet", "reconciler retry production coralnet --heal"]);
        foreach (var way in ways)
            Reconciler.Cli.CommandLine.Create().Parse([.. Shell.Split(way.Paste!).Skip(1)]).Errors.ShouldBeEmpty();
        var status = VerdictStatus.Of(world.Environment, world.UnitOf("coralnet"), verdict, null, DateTimeOffset.UnixEpoch);
        status.Of("Ready")!.Message.ShouldBe(
            "because, but on web1 check about: /about/ answered 500 through nginx, expected 200");
    }

    [Fact]
    public void An_edit_of_code_is_not_said_to_give_way_to_healing()
    {
        var edited = new World(new Expanded()).Where<CheckoutFacts>("Code", "web2", facts => facts with { Edited = ["project/views.py"] });
        var ways = Ways(edited, VerdictOn(edited, Standing.Drifted));

        ways.ShouldHaveSingleItem().What.ShouldStartWith("--heal alone takes no edit of code away");
    }

    [Fact]
    public void A_held_migration_has_a_way_back_and_a_run_that_a_person_held_only_a_way_on()
    {
        var world = new World(new Expanded());
        var failed = VerdictOn(world, Standing.Held) with { Run = "17-3f9d1c07" };

        Ways(world, failed).Select(way => way.Paste).ShouldBe(
            ["reconciler retry production coralnet", "reconciler describe run 17-3f9d1c07", null, "reconciler rollback production coralnet"]);
        Ways(world, failed with { Reason = "held before Migrate by ada: INC-1." }).ShouldHaveSingleItem();
        Ways(world, failed with { Reason = "held by ada: INC-1." }).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_value_that_is_refused_is_put_right_at_its_source_and_not_by_a_commit(bool codeToo)
    {
        var world = codeToo ? new World(new Expanded(), NewCode) : new World(new Expanded());
        world.Where<SecretsFileFacts>("SecretsFile", "web1", facts => facts with { Digest = "other", Placed = "other" });

        var ways = Ways(world, VerdictOn(world, Standing.SetAside)).Select(way => way.What).ToList();

        ways.ShouldContain(way => way.StartsWith("if a value is wrong, correct it at its source, which ") && way.Contains("/coralnet/secrets.yaml:")
            && way.EndsWith(" names: that is picked up by itself"));
        ways.Contains("merge a commit that changes what failed").ShouldBe(codeToo);
    }

    [Fact]
    public void What_a_run_that_went_back_had_tried_decides_rather_than_what_differs_now()
    {
        var world = new World(new Expanded());
        var synced = VerdictOn(world, Standing.SetAside);
        world.Where<SecretsFileFacts>("SecretsFile", "web1", facts => facts with { Digest = "other", Placed = "other" });

        Ways(world, synced with { Tried = World.Differ.Compare(world.UnitOf("coralnet").Resources, world.Seen) })
            .ShouldNotContain(way => way.What.Contains("merge a commit"));
    }

    [Fact]
    public void What_is_as_git_says_needs_no_way_on()
    {
        var world = new World(new Expanded());

        Ways(world, VerdictOn(world, Standing.Synced)).ShouldBeEmpty();
    }

    [Fact]
    public void Ways_that_the_sentence_names_are_not_said_twice_and_a_list_that_is_shown_lacks_none()
    {
        WayOn[] ways = [new("again", "reconciler retry a b"), new("or", null)];

        WayOn.Beyond("do `reconciler retry a b`", ways[..1]).ShouldBeEmpty();
        WayOn.Beyond("do `reconciler retry a b`", ways).ShouldBe(ways);
        WayOn.Beyond("do something", ways[..1]).ShouldBe(ways[..1]);
        WayOn.Beyond("do something", []).ShouldBeEmpty();
    }
}
