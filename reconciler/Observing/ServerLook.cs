using Reconciler.Model;

namespace Reconciler.Observing;

/// <summary>What one look at one server gave.</summary>
/// <param name="Fault">Why it did not answer; null when it did.</param>
internal sealed record ServerLook(string Server, IReadOnlyList<Resource> Resources, IReadOnlyDictionary<ResourceId, Observation> Seen, string? Fault)
{
    /// <summary>Nobody has answered yet.</summary>
    public static ServerLook Awaited(string server, IReadOnlyList<Resource> resources) => Of(server, resources, $"{server} has not answered yet", null);

    /// <summary>Nobody answered.</summary>
    public static ServerLook Failed(string server, IReadOnlyList<Resource> resources, string fault) => Of(server, resources, $"{server} did not answer: {fault}", fault);

    public bool IsAt(IReadOnlyList<Resource> resources) => AreSame(Resources, resources);

    /// <summary>Whether both ask for the same. As a rule they are the very same objects; the same documents expanded once more are others.</summary>
    public static bool AreSame(IReadOnlyList<Resource> some, IReadOnlyList<Resource> others)
    {
        if (some.Count != others.Count)
            return false;
        for (var i = 0; i < some.Count; i++)
            if (!ReferenceEquals(some[i], others[i]) && (some[i].Id != others[i].Id || !some[i].Spec.Equals(others[i].Spec)))
                return false;
        return true;
    }

    private static ServerLook Of(string server, IReadOnlyList<Resource> resources, string why, string? fault)
    {
        var unknown = new Observation.Unknown(why);
        return new(server, resources, resources.Select(resource => resource.Id).Distinct().ToDictionary(id => id, Observation (_) => unknown), fault);
    }
}
