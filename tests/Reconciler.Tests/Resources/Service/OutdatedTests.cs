using Reconciler.Model;
using Reconciler.Resources.Service;

namespace Reconciler.Tests.Resources.Service;

/// <summary>What differs in a definition is named; the value of a variable never is, for nobody can tell which of them are secrets.</summary>
public class OutdatedTests
{
    private static readonly IResourceKind Kind = new ServiceKind();

    private static string Sentence(ServiceSpec was, ServiceSpec wanted) => Difference(was, wanted).Sentence;

    private static Difference Difference(ServiceSpec was, ServiceSpec wanted)
    {
        var text = string.Join('\n', Definition.Of(was)!.Text.TrimEnd().Split('\n').Select(line => "text " + line));
        var output = $"pid 412 alive\nread coralnet/Code/coralnet {Given.OldCommit}\nboot {Given.Boot}\nsame {DefinitionReading.Digest(Definition.Of(was)!)} 644 root root\n"
            + $"{text}\nenabled enabled\nlistening yes\n";
        var seen = Kind.Read(Given.Resource(wanted), null, output, dearer: false).ShouldBeOfType<Reading.Observed>().Observation;
        return Kind.Compare(Given.Resource(wanted), seen, ReadMarkers.None).ShouldHaveSingleItem();
    }

    private static ServiceSpec With(ServiceSpec spec, Func<Launch, Launch> changed) => spec with
    {
        Manager = spec.Manager switch
        {
            ServiceManager.OwnProgram(var launch) => new ServiceManager.OwnProgram(changed(launch)),
            ServiceManager.OwnUnit(var launch) => new ServiceManager.OwnUnit(changed(launch)),
            var other => other,
        },
    };

    public static TheoryData<string> Managers => ["supervisor", "systemd"];

    private static ServiceSpec Of(string manager) => manager == "systemd" ? Given.Beat : Given.Gunicorn;

    [Theory]
    [MemberData(nameof(Managers))]
    public void Variables_are_named_and_their_values_never(string manager)
    {
        var was = With(Of(manager), launch => launch with { Environment = [new("GONE", "hidden-1"), new("LANG", "hidden 2"), new("QUOTED", "hidden-\"3")] });
        var wanted = With(Of(manager), launch => launch with { Environment = [new("LANG", "hidden-4"), new("NEW", "hidden,5"), new("QUOTED", "hidden-\"6")] });

        var sentence = Sentence(was, wanted);

        sentence.ShouldEndWith("otherwise than this server has it: variables LANG and QUOTED changed, NEW added, GONE removed (restart needed)");
        sentence.ShouldNotContain("hidden");
    }

    [Theory]
    [MemberData(nameof(Managers))]
    public void Command_folder_user_and_time_to_stop_are_told_from_what_they_were(string manager)
    {
        var was = With(Of(manager), launch => launch with { Command = "serve --rate 5%", Directory = "/srv/old", User = "jane", Home = "/home/coralnet" });
        var wanted = With(Of(manager), launch => launch with { Command = "serve --rate '6% a'" }) with { StopTimeout = TimeSpan.FromSeconds(90) };

        Sentence(was, wanted).ShouldEndWith("otherwise than this server has it: command `serve --rate 5%` -> `serve --rate '6% a'`, "
            + "folder /srv/old -> /srv/www/coralnet/project, user jane -> coralnet, time to stop 60 s -> 90 s, variables LOGNAME and USER changed (restart needed)");
    }

    [Fact]
    public void Of_a_supervisord_of_the_applications_own_likewise()
    {
        var manager = (ServiceManager.DeclaredProgram)Given.Worker.Manager;
        var was = Given.Worker with { Manager = manager with { Supervisor = manager.Supervisor with { Environment = [new("LANG", "hidden")] } } };

        Sentence(was, Given.Worker).ShouldBe("git defines the supervisord of celeryworker otherwise than this server has it: "
            + "variables LANG changed, DJANGO_SETTINGS_MODULE added (restart needed)");
    }

    [Fact]
    public void Where_only_variables_differ_the_place_is_their_line()
    {
        var was = With(Given.Beat, launch => launch with { Environment = [new("DJANGO_SETTINGS_MODULE", "config.settings.production"), new("LANG", "C")] });
        var place = new Place("production/coralnet/application.yaml", 8, 5);
        var resource = Given.Resource(Given.Beat) with { Places = new Dictionary<string, Place> { ["LANG"] = place } };
        var facts = Given.Running(Given.Beat) with { Definition = DefinitionState.Outdated };

        Kind.Compare(resource, new Observation.Found(facts with { Written = Definition.Of(was)!.Text }), ReadMarkers.None).Single().Origin.ShouldBe(place);
        var slower = Definition.Of(was with { StopTimeout = TimeSpan.FromSeconds(5) })!.Text;
        Kind.Compare(resource, new Observation.Found(facts with { Written = slower }), ReadMarkers.None).Single().Origin.ShouldBe(resource.Origin);
    }
}
