using Reconciler.Model;
using Reconciler.Resources.Link;

namespace Reconciler.Tests.Resources.Paths;

public sealed class LinkKindTests
{
    private static readonly IResourceKind Kind = new LinkKind();

    private static readonly Resource Wanted = new(new("web1", "host", "Link", "cnhome"),
        new LinkSpec("/cnhome", "/srv/www/coralnet/project"), new("base/host/files.yaml", 9, 3));

    private static Observation Read(string output) => Kind.Read(Wanted, null, output, false).ShouldBeOfType<Reading.Observed>().Observation;

    [Theory]
    [InlineData("link /srv/www/coralnet/project\n", null, null)]
    [InlineData("stat: cannot statx '/cnhome': No such file or directory\n", "there is no link /cnhome", Phase.Prepare)]
    [InlineData("link /old place\n", "/cnhome points to /old place, git says /srv/www/coralnet/project", Phase.Secrets)]
    [InlineData("found directory\n", "a directory stands at /cnhome, git wants a link to /srv/www/coralnet/project", Phase.Secrets)]
    internal void What_is_seen_gives_sentence_and_phase(string output, string? sentence, Phase? phase)
    {
        var differences = Kind.Compare(Wanted, Read(output), ReadMarkers.None).ToList();
        differences.Select(difference => difference.Sentence).ShouldBe(sentence is null ? [] : [sentence]);
        Kind.Steps(Wanted, Read(output), Change.Of(differences)).Select(step => (Phase?)step.Phase).ShouldBe(phase is null ? [] : [phase]);
    }

    [Fact]
    public void Something_real_in_its_place_stops_the_plan_until_drift_is_acknowledged()
    {
        var difference = Kind.Compare(Wanted, Read("found directory\n"), ReadMarkers.None).ShouldHaveSingleItem();
        difference.Gate.ShouldBe("drift");
        difference.Refusal.ShouldNotBeNull().ShouldContain("moved aside and kept");
    }

    [Theory]
    [InlineData("")]
    [InlineData("stat: cannot statx '/cnhome': Permission denied\n")]
    [InlineData("junk")]
    public void What_cannot_be_seen_is_unknown_and_never_missing(string output) => Read(output).ShouldBeOfType<Observation.Unknown>();
}
