using Reconciler.Model;

namespace Reconciler.Tests.Resources;

/// <summary>A look as an observer makes it, under the real shell: cheaply, and dearly when that is asked for.</summary>
/// <param name="AskedMore">Whether it was.</param>
internal sealed record Looked(Reading Reading, bool AskedMore)
{
    public Observation Observation => ((Reading.Observed)Reading).Observation;

    /// <param name="last">What the look before saw; null: it is not remembered.</param>
    public static Looked At(IResourceKind kind, Resource resource, ResourceFacts? last = null)
    {
        var reading = kind.Read(resource, last, Sh.Run(kind.Probe(resource, last).Script).Output, dearer: false);
        if (reading is not Reading.NeedsMore(var probe))
            return new(reading, false);
        var output = Sh.Run(probe.Script).Output;
        if (probe.Request is { } request)
            output += Sh.Run(((PayloadPart.Text)request.Payload[0]).Value, request.Arguments[1]).Output;
        return new(kind.Read(resource, last, output, dearer: true), true);
    }
}
