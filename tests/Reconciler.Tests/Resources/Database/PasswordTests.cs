using Reconciler.Model;
using Reconciler.Resources.Database;
using static Reconciler.Tests.Resources.Database.DatabaseCase;

namespace Reconciler.Tests.Resources.Database;

public sealed class PasswordTests
{
    private static readonly DatabaseSpec Password = Spec with { OnlyPassword = true };

    private static Resource Of(DatabaseSpec spec) => new(new("db1", "coralnet", "Database", "coralnet"), spec, Wanted.Origin);

    private static (List<Difference> Differences, List<Step> Steps) Judged(string seen, DatabaseSpec? spec = null, bool firstContact = false)
    {
        var resource = Of(spec ?? Password);
        var differences = Kind.Compare(resource, Read(seen), ReadMarkers.None).ToList();
        return (differences, [.. Kind.Steps(resource, Read(seen), Change.Of(differences) with { Backup = true, FirstContact = firstContact })]);
    }

    private static string Text(Step step, int part = 0) => step.Request!.Payload[part].ShouldBeOfType<PayloadPart.Text>().Value;

    [Fact]
    public void The_password_as_git_says_differs_in_nothing_whatever_else_does() =>
        Judged((Cheap + Seen).Replace("owner coralnet", "owner postgres").Replace("755 root", "700 root")).Differences.ShouldBeEmpty();

    [Theory]
    [InlineData("note coralnet d1", "note coralnet d0", "the password of role coralnet is an older one than git says")]
    [InlineData("note coralnet d1 1234567890abcdef\n", "", "the password of role coralnet was never set from git")]
    [InlineData("role true 1234567890abcdef", "role true fedcba0987654321", "the password of role coralnet was changed on the server")]
    [InlineData("role true 1234567890abcdef", "role true -", "the password of role coralnet was changed on the server")]
    public void Another_password_is_set_in_Secrets_after_the_files(string was, string now, string sentence)
    {
        var (differences, steps) = Judged((Cheap + Seen).Replace(was, now));

        differences.ShouldHaveSingleItem().Sentence.ShouldBe(sentence);
        Short(steps).ShouldBe("Secrets 5 run; Tidy 0 run");
        steps[0].Request!.Arguments[2].ShouldBe("role-coralnet");
        steps[0].Request!.Payload[1].ShouldBe(new PayloadPart.ScramVerifier(Spec.Password, Spec.PasswordDigest));
    }

    [Fact]
    public void A_role_that_is_not_there_yet_is_made_by_the_servers_own_run() =>
        Judged((Cheap + Seen).Replace("role true 1234567890abcdef\n", "")).Steps.ShouldBeEmpty();

    [Fact]
    public void Before_anybody_uses_it_the_password_need_not_wait_for_its_phase() =>
        Short(Judged((Cheap + Seen).Replace("note coralnet d1", "note coralnet d0"), firstContact: true).Steps).ShouldBe("Prepare 25 run; Tidy 0 run");

    [Fact]
    public void The_replaced_verifier_is_kept_under_the_digest_that_it_was_seen_as()
    {
        var noted = Text(Judged((Cheap + Seen).Replace("note coralnet d1", "note coralnet d0")).Steps[0]);
        noted.ShouldContain("16) = '1234567890abcdef'");
        noted.ShouldContain("printf '%s %s\\n' d0 \"$old\" >/var/lib/postgresql/.reconciler-former-coralnet");

        Text(Judged((Cheap + Seen).Replace("role true 1234567890abcdef", "role true fedcba0987654321")).Steps[0])
            .ShouldContain("' hand-fedcba0987654321 \"$old\"");
        Text(Judged((Cheap + Seen).Replace("role true 1234567890abcdef", "role true ';DROP")).Steps[0]).ShouldNotContain("DROP");
    }

    [Fact]
    public void The_way_back_gives_the_kept_verifier_before_the_files_follow()
    {
        var back = Password with { PasswordDigest = "d0", FromKeptCopy = true };

        var (differences, steps) = Judged(Cheap + Seen, back);

        differences.ShouldHaveSingleItem().Sentence.ShouldBe("the password of role coralnet is not the one of before");
        Short(steps).ShouldBe("Secrets -5 run; Tidy 0 run");
        steps[0].Request!.Payload.ShouldAllBe(part => part is PayloadPart.Text);
        Text(steps[0]).ShouldContain("digest=d0");
        Judged((Cheap + Seen).Replace("note coralnet d1", "note coralnet d0"), back).Steps.ShouldBeEmpty();
    }
}
