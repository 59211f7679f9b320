using System.Text;
using Reconciler.Documents;
using Reconciler.Tests.Documents;
using Reconciler.Tests.Documents.Expansion;

namespace Reconciler.Tests.Costs;

/// <summary>The shipped example with so many web servers.</summary>
internal static class Fleet
{
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPsdeZuQLM/Z/HrKPwxwxVOpauJzIaZHaAcVI8Hh6R3m";

    public static Expanded Of(int servers) => new() { Tree = TreeOf(servers) };

    public static DocumentTree TreeOf(int servers)
    {
        var text = new StringBuilder("apiVersion: reconciler/v1\nkind: Servers\nmetadata: {name: production}\nspec:\n");
        for (var number = 1; number <= servers; number++)
            text.Append($"  web{number}: {{address: 10.20.{number >> 8}.{number & 255}, roles: [web], hostKey: {Key}}}\n");
        text.Append($"  lb1: {{address: 10.21.0.1, roles: [balancer], hostKey: {Key}}}\n");
        text.Append($"  worker1: {{address: 10.21.2.1, roles: [worker, beat], hostKey: {Key}}}\n");
        text.Append($"  db1: {{address: 10.21.3.1, roles: [database], hostKey: {Key}}}\n");
        return Trees.Example.With("production/servers.yaml", $"{text}");
    }
}
