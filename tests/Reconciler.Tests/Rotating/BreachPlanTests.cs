using Reconciler.Documents;
using Reconciler.Documents.Reading;
using Reconciler.Rotating;
using Reconciler.Tests.Documents;

namespace Reconciler.Tests.Rotating;

public sealed class BreachPlanTests
{
    private static readonly DateTimeOffset Since = new(2026, 3, 1, 2, 0, 0, TimeSpan.Zero);

    private static readonly DocumentTree Tree = SmallTree.Valid
        .WithSpec("base/coralnet/secrets.yaml", """
              settings: {path: s.json, format: json, keys: {DATABASE_PASSWORD: {}, SECRET_KEY: {}, SECRET_KEY_FALLBACKS: {},
                  MAPS_KEY: {}, REEF: {from: "env:REEF"}}, from: "file:/s.json"}
              cloud: {path: c, format: dotenv, keys: {AWS_SECRET_ACCESS_KEY: {}}, from: "file:/c.json"}

            """);

    private static readonly Dictionary<string, SiteAdmins> Asked = new()
    {
        ["coralnet"] = SiteAdmins.Read("noise\nadmin [\"ada\", \"True\", \"2026-02-27T00:00:00+00:00\"]\nadmin [\"bo\\u001bb\","
            + " \"True\", \"2025-01-01T00:00:00+00:00\"]\n"
            + "admin [\"cy\", \"False\", \"\"]\nadmin [\"di\", \"True\", \"\"]\nadmin nonsense\nadmins end\n", null),
    };

    private static IReadOnlyList<BreachTask> Plan(
        string environment, Func<SecretName, KnownSecret?>? known = null, string acknowledgements = "{}") =>
        BreachPlan.Of(Read(environment, acknowledgements), Since, known ?? (_ => null), Asked);

    private static DesiredEnvironment Read(string environment, string acknowledgements)
    {
        var read = DocumentReader.Read(Tree.WithSpec("production/acknowledgements.yaml", $"  {acknowledgements}\n"), ReadOptions.Default);
        read.Diagnostics.ShouldBeEmpty();
        return read.Environments[environment];
    }

    [Fact]
    public void Everything_is_listed_in_the_manuals_order_with_what_to_type()
    {
        var plan = Plan("production");

        plan.ShouldAllBe(task => task.Open);
        plan.Select(task => $"{task.Band} {task.Task}: {task.Command}").ShouldBe([
            "high coralnet/cloud/AWS_SECRET_ACCESS_KEY: reconciler rotate production coralnet/cloud/AWS_SECRET_ACCESS_KEY --first"
                + " --value-from-stdin",
            "high coralnet/settings/DATABASE_PASSWORD: reconciler rotate production coralnet/settings/DATABASE_PASSWORD --first",
            "high iam: ",
            "high volume: ",
            "medium coralnet/settings/REEF: ",
            "medium coralnet/settings/SECRET_KEY: reconciler rotate production coralnet/settings/SECRET_KEY --first --drop-fallbacks",
            "medium users: ",
            "medium git-keys: ",
            "medium admins-coralnet: ",
            "lower coralnet/settings/MAPS_KEY: reconciler rotate production coralnet/settings/MAPS_KEY --first --value-from-stdin",
        ], ignoreOrder: false);
        plan.First(task => task.Task == "admins-coralnet").What.ShouldBe("passwords of the site's admins: ada, bo\uFFFDb (inactive:"
            + " last login 2025-01-01), "
            + "cy (inactive: locked already), di (inactive: never logged in)");
        plan.First(task => task.Task == "coralnet/settings/MAPS_KEY").What.ShouldBe("an API key (by its name MAPS_KEY), from file:/s.json");
    }

    [Fact]
    public void A_secret_is_done_when_another_value_is_in_force_since_and_none_of_before_counts()
    {
        var known = new Dictionary<string, KnownSecret>
        {
            ["DATABASE_PASSWORD"] = new(Since.AddHours(1), true), ["SECRET_KEY"] = new(Since.AddHours(1), false),
            ["MAPS_KEY"] = new(Since.AddHours(-1), true), ["AWS_SECRET_ACCESS_KEY"] = new(null, true),
        };
        Plan("production", name => known.GetValueOrDefault(name.Key!)).Where(task => !task.Open).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            task => task.Task.ShouldBe("coralnet/settings/DATABASE_PASSWORD"), task => task.Proof.ShouldBe("another value is in force"
                + " since 2026-03-01T03:00:00Z"));
    }

    [Fact]
    public void What_a_person_has_done_counts_by_the_line_that_was_printed_and_for_this_breach_alone()
    {
        foreach (var task in Plan("production"))
        {
            var line = task.Acknowledgement.Replace("WHO did WHAT", "done");
            Plan("production", acknowledgements: line).Where(each => !each.Open).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
                done => done.Task.ShouldBe(task.Task), done => done.Proof.ShouldBe("acknowledged: done"));
            Plan("production", acknowledgements: line.Replace("2026-03-01", "2026-02-01")).ShouldAllBe(each => each.Open);
        }
    }

    [Theory]
    [InlineData("a: {gates: [breach], for: coralnet@3f9d1c07a1e0b6f5c6f0d2a4f0b1d8e7c9a5b342, reason: x}", "go together")]
    [InlineData("a: {gates: [drift], for: \"breach:iam@2026-03-01T02:00:00Z\", reason: x}", "go together")]
    [InlineData("a: {gates: [breach], for: \"breach:iam@yesterday\", reason: x}", "does not have the right form")]
    public void An_acknowledgement_of_a_breach_opens_no_gate(string entry, string fault) =>
        DocumentReader.Read(Tree.WithSpec("production/acknowledgements.yaml", $"  {entry}\n"), ReadOptions.Default)
            .Diagnostics.ShouldHaveSingleItem().ToString().ShouldContain(fault);

    [Fact]
    public void A_site_that_does_not_answer_is_for_a_person_to_ask()
    {
        SiteAdmins.Read("admin [\"ada\", \"True\", \"\"]\nTraceback", null).Said(Since).ShouldBe("who they are could not be asked (its"
            + " manage.py shell gave no list), so ask the site");
        SiteAdmins.Read(null, "web1: gone").Said(Since).ShouldContain("(web1: gone)");
        SiteAdmins.Read("admins end", null).Said(Since).ShouldBe("there are none");
    }
}
