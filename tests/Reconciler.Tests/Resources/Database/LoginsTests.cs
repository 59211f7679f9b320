using Reconciler.Model;
using Reconciler.Resources.Database;
using static Reconciler.Tests.Resources.Database.DatabaseCase;

namespace Reconciler.Tests.Resources.Database;

/// <summary>Two logins by turns: coralnet_a is in use and as git says, unless a test says otherwise.</summary>
public sealed class LoginsTests
{
    private const string CheapOfThree = """
        cluster 15/main running 54 6400
        file /etc/postgresql/15/main/pg_hba.conf 5214 1795256234.709 849
        note coralnet none none
        note coralnet_a d1 aaaaaaaaaaaaaaaa
        note coralnet_b none none
        made coralnet
        backups 700 postgres
        end

        """;

    private static readonly DatabaseSpec OfHost = Spec with { Logins = new("coralnet_a", "coralnet_b", "coralnet_a") };

    private static readonly string SeenOfThree = Seen.Replace("role true 1234567890abcdef\n",
        "role false -\nlogin coralnet_a true aaaaaaaaaaaaaaaa true\nlogin coralnet_b true - true\n")
        .Replace("closed\n", string.Concat(HbaBlock.Rules(OfHost).Skip(3).Select(rule => $"rule {rule}\n")) + "closed\n");

    private static DatabaseSpec Password(string inUse, string digest = "d2") =>
        OfHost with { OnlyPassword = true, PasswordDigest = digest, Logins = OfHost.Logins! with { InUse = inUse } };

    private static (List<string> Differences, List<Step> Steps) Judged(DatabaseSpec spec, params (string Was, string Now)[] changes)
    {
        var output = changes.Aggregate(CheapOfThree + SeenOfThree, (text, change) =>
        {
            text.ShouldContain(change.Was);
            return text.Replace(change.Was, change.Now);
        });
        var resource = Wanted with { Spec = spec };
        var seen = Kind.Read(resource, null, output, dearer: true).ShouldBeOfType<Reading.Observed>().Observation;
        var (differences, steps) = Judge(seen, wanted: resource);
        return ([.. differences.Select(difference => difference.Sentence)], steps);
    }

    private static string Text(Step step) => string.Concat(step.Request!.Payload.OfType<PayloadPart.Text>().Select(part => part.Value));

    [Fact]
    public void As_git_says_differs_in_nothing_and_the_owner_need_not_log_in()
    {
        Judged(OfHost).Differences.ShouldBeEmpty();
        Judged(Password("coralnet_a", "d1")).Differences.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("login coralnet_b true - true\n", "", "role coralnet_b does not exist")]
    [InlineData("login coralnet_b true", "login coralnet_b false", "role coralnet_b may not log in")]
    [InlineData("login coralnet_b true - true", "login coralnet_b true - false",
        "role coralnet_b does not work as coralnet: what it makes would be its own, or it is no member of coralnet")]
    public void A_login_that_is_not_one_is_made_one_before_anything_stops(string was, string now, string sentence)
    {
        var (differences, steps) = Judged(OfHost, (was, now));

        differences.ShouldBe([sentence]);
        Short(steps).ShouldBe("Prepare 25 run");
        steps[0].Summary.ShouldBe("have role coralnet_b log in and work as coralnet");
        Text(steps[0]).ShouldContain("role=coralnet_b\n");
        Text(steps[0]).ShouldContain("GRANT :\"owner\" TO :\"role\";");
        Text(steps[0]).ShouldContain("ALTER ROLE :\"role\" SET role = :'owner';");
        Text(steps[0]).ShouldNotContain("PASSWORD");
    }

    [Fact]
    public void Both_and_the_owner_are_let_in_from_everywhere_for_whoever_has_a_password_is_in_use()
    {
        HbaBlock.Rules(OfHost).Select(HbaBlock.RoleIn).Distinct().ShouldBe(["coralnet", "coralnet_a", "coralnet_b"]);
        Judged(OfHost, ("rule host \"coralnet\" \"coralnet_b\" 10.20.1.1/32 scram-sha-256\n", "")).Differences
            .ShouldBe(["pg_hba.conf does not let coralnet_b in from 10.20.1.1/32"]);
    }

    [Fact]
    public void On_a_bare_server_the_owner_cannot_log_in_and_nobody_has_a_password_yet()
    {
        var (_, steps) = Judge(Read("end\n", dearer: false), wanted: Wanted with { Spec = OfHost });
        steps.Select(step => step.Summary).Skip(1).Take(3).ShouldBe(
            ["make role coralnet", "have role coralnet_a log in and work as coralnet", "have role coralnet_b log in and work as coralnet"]);
        steps.ShouldAllBe(step => step.Request!.Payload.All(part => part is PayloadPart.Text));
        Text(steps[1]).ShouldContain("NOLOGIN");
    }

    [Fact]
    public void The_next_login_has_its_password_before_anything_stops_and_the_former_one_loses_its_own_at_the_end()
    {
        var (differences, steps) = Judged(Password("coralnet_b"));

        differences.ShouldBe(["role coralnet_a can log in with a password, and coralnet_b is the login in use",
            "role coralnet_b is the login in use, and has no password"]);
        Short(steps).ShouldBe("Prepare 25 run; Tidy 0 run");
        var set = steps.Single(step => step.Phase == Phase.Prepare);
        set.Request!.Payload[1].ShouldBe(new PayloadPart.ScramVerifier(Spec.Password, "d2"));
        set.Request.Arguments[2].ShouldBe("role-coralnet_b");
        Text(set).ShouldContain("role=coralnet_b\ndigest=d2\n");
        // Whatever became of the role since it was made, nobody changes over to one that cannot do the work.
        Text(set).ShouldContain("GRANT :\"owner\" TO :\"role\";");
        var taken = steps.Single(step => step.Phase == Phase.Tidy);
        taken.Request!.Arguments[2].ShouldBe("role-coralnet_a");
        Text(taken).ShouldContain("ALTER ROLE :\"role\" PASSWORD NULL;");
        taken.Proof!.ShouldContain("'^coralnet_a none '");

        // Prepared: the readers may change over.
        var prepared = Judged(Password("coralnet_b"), ("login coralnet_b true -", "login coralnet_b true bbbbbbbbbbbbbbbb"),
            ("note coralnet_b none none", "note coralnet_b d2 bbbbbbbbbbbbbbbb"));
        prepared.Differences.ShouldBe(["role coralnet_a can log in with a password, and coralnet_b is the login in use"]);
        Short(prepared.Steps).ShouldBe("Tidy 0 run");
    }

    [Fact]
    public void An_owner_that_logged_in_keeps_its_password_until_a_login_is_in_use()
    {
        (string, string)[] before = [("role false -", "role true 1234567890abcdef"),
            ("note coralnet none none", "note coralnet d1 1234567890abcdef"),
            ("login coralnet_a true aaaaaaaaaaaaaaaa", "login coralnet_a true -")];
        Judged(Password("coralnet", "d1"), before).Differences.ShouldBeEmpty();
        Judged(OfHost with { Logins = Password("coralnet").Logins }, before).Differences.ShouldBeEmpty();

        // Its password is the one that the login gets, or another one.
        foreach (var digest in new[] { "d1", "d2" })
            Short(Judged(Password("coralnet_a", digest), before).Steps).ShouldBe("Prepare 25 run; Tidy 0 run");
    }

    [Fact]
    public void A_login_that_somebody_may_use_gets_another_password_while_its_readers_are_stopped()
    {
        var (differences, steps) = Judged(Password("coralnet_a"));
        differences.ShouldBe(["the password of role coralnet_a is an older one than git says"]);
        Short(steps).ShouldBe("Secrets 5 run; Tidy 0 run");
        Text(steps[0]).ShouldContain("printf '%s %s\\n' d1 \"$old\" >/var/lib/postgresql/.reconciler-former-coralnet_a");
    }

    [Theory]
    [InlineData("role false -", "role true fedcba0987654321", "coralnet")]
    [InlineData("login coralnet_b true -", "login coralnet_b true fedcba0987654321", "coralnet_b")]
    public void A_role_that_is_not_in_use_and_can_log_in_is_drift(string was, string now, string role)
    {
        var (differences, steps) = Judged(Password("coralnet_a", "d1"), (was, now));
        differences.ShouldBe([$"role {role} can log in with a password, and coralnet_a is the login in use"]);
        Short(steps).ShouldBe("Tidy 0 run");
    }

    [Fact]
    public void The_way_back_brings_back_who_could_log_in_and_nobody_else()
    {
        var back = Password("coralnet_b") with
        {
            FromKeptCopy = true,
            Logins = new("coralnet_a", "coralnet_b", "coralnet_b") { AsSeen = [new("coralnet_a", "d1"), new("coralnet_b", null)] },
        };
        Judged(back).Differences.ShouldBeEmpty();

        (string, string)[] given = [("login coralnet_b true -", "login coralnet_b true bbbbbbbbbbbbbbbb"),
            ("note coralnet_b none none", "note coralnet_b d2 bbbbbbbbbbbbbbbb")];
        var (differences, steps) = Judged(back, given);
        differences.ShouldBe(["role coralnet_b can log in with a password, and could not before"]);
        Short(steps).ShouldBe("Tidy 0 run");

        var (others, restored) = Judged(back, [.. given, ("note coralnet_a d1", "note coralnet_a d2")]);
        others[0].ShouldBe("the password of role coralnet_a is not the one of before");
        Short(restored).ShouldBe("Secrets -5 run; Tidy 0 run; Tidy 0 run");
        Text(restored[0]).ShouldContain("role=coralnet_a\ndigest=d1\n");
    }

    [Fact]
    public void Both_are_asked_for_and_their_notes_and_no_verifier_leaves_the_server()
    {
        DatabaseProbe.Cheap(OfHost).ShouldContain("role-coralnet_b");
        var script = Text(new Step(Phase.Prepare, Wanted.Id, "", DatabaseProbe.Dearer(OfHost)));
        script.ShouldContain("WHERE rolname IN ('coralnet_a', 'coralnet_b')");
        script.ShouldNotContain("SELECT rolpassword");
        Text(new Step(Phase.Prepare, Wanted.Id, "", DatabaseProbe.Dearer(Spec))).ShouldNotContain("pg_auth_members");
    }
}
