using Reconciler.Model;
using Reconciler.Resources.Checks;

namespace Reconciler.Tests.Resources.Checks;

public sealed class ChecksKindTests
{
    private const string Token = "0123456789abcdefTOKEN";

    private static readonly CheckSpec Home = new("reef", "home", "/?x=1", 200, "Welcome",
        new("127.0.0.1", 8000, false, "reef.test"), new("127.0.0.1", 443, true, "reef.test"), Token)
    { ApplicationHeaders = [new("X-Forwarded-Proto", "https")] };

    public static IEnumerable<TheoryDataRow<string>> Cases() => KindCase.Names();

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_seen_leads_to_these_differences_and_steps(string name)
    {
        var given = KindCase.Load(name);
        given.Check(new ChecksKind(), Of(given.Spec == "application" ? Home with { Nginx = null } : Home), text => text.Replace("{empty}", ""));
    }

    [Fact]
    public void Only_the_look_past_the_cover_carries_the_token()
    {
        var proofs = ((IResourceKind)new ChecksKind()).Steps(Of(Home), new Observation.Absent(), Change.Of()).Select(step => step.Proof!).ToList();

        proofs.Select(proof => proof.Contains(Token)).ShouldBe([false, true, false]);
        proofs[0].ShouldContain("X-Forwarded-Proto: https");
    }

    [Fact]
    public void Page_proofs_are_never_skipped_and_have_time_to_come_true() =>
        ((IResourceKind)new ChecksKind()).Steps(Of(Home), new Observation.Absent(), Change.Of())
            .ShouldAllBe(step => !step.SkipWhenProven && step.ProofWithin == TimeSpan.FromSeconds(10) && step.Request == null);

    [Fact]
    public void Workers_start_when_web_answers_where_users_wait_for_that()
    {
        static string[] Plan(CheckSpec spec, Change change) =>
            [.. ((IResourceKind)new ChecksKind()).Steps(Of(spec), new Observation.Absent(), change).Where(step => step.Phase == Phase.Start).Select(step => $"{step.Rank} {step.Summary}")];

        var first = Home with { TellsReadiness = true };
        Plan(first, Change.Of() with { StopsWeb = true, Uncovers = true }).ShouldBe(["1 wait until /?x=1 answers at the application server"]);
        Plan(Home, Change.Of() with { StopsWeb = true, Uncovers = true }).ShouldBeEmpty();
        Plan(first, Change.Of() with { StopsWeb = true }).ShouldBeEmpty();
        Plan(first, Change.Of() with { Uncovers = true }).ShouldBeEmpty();
        Plan(first with { ApplicationServer = null }, Change.Of() with { StopsWeb = true, Uncovers = true }).ShouldBeEmpty();
    }

    private static Resource Of(CheckSpec spec) => new(new("web1", "reef", "Checks", "home"), spec, new Place("base/reef/checks.yaml", 5, 3));
}
