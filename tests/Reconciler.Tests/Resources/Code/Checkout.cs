using Reconciler.Model;
using Reconciler.Resources.Code;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Resources.Code;

/// <summary>A real checkout, filled by the real scripts of the steps from a real repository, as the runner would run them.</summary>
internal sealed class Checkout : IDisposable
{
    private static readonly CodeKind Kind = new();
    private readonly ScratchFolder _folder = new();

    public Checkout()
    {
        Source = new ScratchRepository(_folder.In("source"));
        First = Source.Commit("first", ("project/views.py", "one\n"), ("README", "reefs\n"));
        Second = Source.Commit("second", ("project/views.py", "two\n"));
        Directory.CreateDirectory(Path);
        Directory.CreateDirectory(Path + ".d");
    }

    public ScratchRepository Source { get; }

    public string First { get; }

    public string Second { get; }

    public string Path => _folder.In("coralnet");

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public CodeSpec Spec(string commit, bool discard = false) => new(Path, "coralnet", "mirror", commit, discard);

    public static Resource Resource(CodeSpec spec) => new(new("web1", "coralnet", "Code", "code"), spec, new Place("production/coralnet/application.yaml", 5, 18));

    /// <summary>Looks as an observer would: cheaply, and dearly when that is asked for; "needs more" is returned in the second value.</summary>
    public static (CheckoutFacts? Facts, bool AskedAgain) Look(CodeSpec spec, CheckoutFacts? last = null)
    {
        var resource = Resource(spec);
        IResourceKind kind = Kind;
        var reading = kind.Read(resource, last, Sh.Run(kind.Probe(resource, last).Script).Output, dearer: false);
        if (reading is not Reading.NeedsMore(var probe))
            return (FactsOf(reading), false);
        var script = ((PayloadPart.Text)probe.Request!.Payload[0]).Value;
        var output = Sh.Run(probe.Script).Good + Sh.Run(script, probe.Request.Arguments[1]).Good;
        return (FactsOf(kind.Read(resource, last, output, dearer: true)), true);
    }

    public static IReadOnlyList<Difference> Differences(CodeSpec spec, CheckoutFacts? facts) =>
        [.. ((IResourceKind)Kind).Compare(Resource(spec), ObservationOf(facts), ReadMarkers.None)];

    public static IReadOnlyList<Step> Steps(CodeSpec spec, CheckoutFacts? facts) =>
        [.. ((IResourceKind)Kind).Steps(Resource(spec), ObservationOf(facts), Change.Of(Differences(spec, facts)))];

    /// <summary>Runs the script of a step in its folder, with the pack that it names on its stdin.</summary>
    public Sh.Outcome Run(Step step)
    {
        var pack = step.Request!.Payload.OfType<PayloadPart.GitPack>().SingleOrDefault();
        return Sh.Run(((PayloadPart.Text)step.Request.Payload[0]).Value, step.Request.Arguments[1], pack is null ? null : PackOf(pack));
    }

    /// <summary>All steps to a commit that have a script, each followed by its proof; the directories are there already.</summary>
    public void Deploy(CodeSpec spec)
    {
        foreach (var step in Steps(spec, Look(spec).Facts).Where(step => step.Request!.Verb != "directory"))
        {
            _ = Run(step).Good;
            _ = Sh.Run(step.Proof!).Good;
        }
    }

    public string Git(params string[] arguments) => Sh.Run(Shell.Join(["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", .. arguments]), Path).Good;

    public byte[] PackOf(PayloadPart.GitPack pack)
    {
        var file = _folder.In($"pack-{Guid.NewGuid():N}");
        var revisions = string.Concat(pack.Has.Select(commit => $"^{commit}\n").Prepend(pack.Commit + "\n"));
        _ = Sh.Run($"git pack-objects --quiet --stdout --revs --thin >{file}", Source.Folder, System.Text.Encoding.ASCII.GetBytes(revisions)).Good;
        return System.IO.File.ReadAllBytes(file);
    }

    public void Dispose() => _folder.Dispose();

    private static Observation ObservationOf(CheckoutFacts? facts) => facts is null ? new Observation.Absent() : new Observation.Found(facts);

    private static CheckoutFacts? FactsOf(Reading reading) => reading.ShouldBeOfType<Reading.Observed>().Observation.FactsOf<CheckoutFacts>();
}
