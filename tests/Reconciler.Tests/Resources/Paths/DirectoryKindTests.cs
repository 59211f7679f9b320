using Reconciler.Model;
using Reconciler.Resources.Directory;

namespace Reconciler.Tests.Resources.Paths;

public sealed class DirectoryKindTests
{
    private static readonly IResourceKind Kind = new DirectoryKind();

    private static readonly Resource Wanted = new(new("web1", "coralnet", "Directory", "log"),
        new DirectorySpec("/srv/www/log", "0750", "coralnet", "adm"), new("base/coralnet/application.yaml", 24, 3));

    private static Observation Read(string output) => Kind.Read(Wanted, null, output, false).ShouldBeOfType<Reading.Observed>().Observation;

    [Theory]
    [InlineData("found|directory|750|coralnet|adm\n", null, null)]
    [InlineData("stat: cannot statx '/srv/www/log': No such file or directory\n", "there is no directory /srv/www/log", Phase.Prepare)]
    [InlineData("found|directory|755|coralnet|adm\n", "mode of /srv/www/log is 0755, git says 0750", Phase.Secrets)]
    [InlineData("found|directory|750|root|adm\n", "owner of /srv/www/log is root, git says coralnet", Phase.Secrets)]
    [InlineData("found|directory|750|coralnet|root\n", "group of /srv/www/log is root, git says adm", Phase.Secrets)]
    [InlineData("found|symbolic link|777|root|root\n", "/srv/www/log is a symbolic link, git wants a directory", null)]
    internal void What_is_seen_gives_sentence_and_phase(string output, string? sentence, Phase? phase)
    {
        var differences = Kind.Compare(Wanted, Read(output), ReadMarkers.None).ToList();
        differences.Select(difference => difference.Sentence).ShouldBe(sentence is null ? [] : [sentence]);
        Kind.Steps(Wanted, Read(output), Change.Of(differences)).Select(step => (Phase?)step.Phase).ShouldBe(phase is null ? [] : [phase]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("stat: cannot statx '/srv/www/log': Permission denied\n")]
    [InlineData("stat: cannot statx '/srv/www/log': Not a directory\n")]
    [InlineData("found|directory||a|b\n")]
    public void What_cannot_be_seen_is_unknown_and_never_missing(string output) => Read(output).ShouldBeOfType<Observation.Unknown>();
}
