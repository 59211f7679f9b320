using Reconciler.Model;

namespace Reconciler.Observing;

/// <summary>A look at an environment's servers that is under way: most answer at once, and one may take half a minute.</summary>
internal sealed class Looking(IReadOnlyList<(ServerMemory Memory, IReadOnlyList<Resource> Resources, Task<ServerLook> Look)> servers)
{
    /// <summary>When all have answered, or are known not to.</summary>
    public async Task<Observed> WholeAsync()
    {
        await Task.WhenAll(servers.Select(server => server.Look));
        return SoFar();
    }

    /// <summary>What is known by now: of those that have not answered yet, what the look before saw; nothing where something else was looked for then.</summary>
    public Observed SoFar()
    {
        var awaited = new HashSet<string>();
        var looks = new List<ServerLook>(servers.Count);
        foreach (var (memory, resources, look) in servers)
        {
            if (look.IsCompletedSuccessfully)
                looks.Add(look.Result);
            else if (memory.LastLook is { } last && last.IsAt(resources))
                looks.Add(last);
            else if (awaited.Add(memory.Server))
                looks.Add(ServerLook.Awaited(memory.Server, resources));
        }
        return new(looks.SelectMany(look => look.Seen).ToDictionary(), looks.Where(look => look.Fault is not null).ToDictionary(look => look.Server, look => look.Fault!))
        {
            VerifiedAt = servers.SelectMany(server => server.Memory.Verified(server.Resources.Select(resource => resource.Id))).ToDictionary(),
            Awaited = awaited,
        };
    }
}
