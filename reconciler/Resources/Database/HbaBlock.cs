using System.Net;
using System.Net.Sockets;

namespace Reconciler.Resources.Database;

/// <summary>
/// Our lines in pg_hba.conf: a block between two markers, at the top because the first line that fits decides. (PostgreSQL 15 has no include there.)
/// </summary>
internal static class HbaBlock
{
    public static string Begin(DatabaseSpec spec) => $"# reconciler {spec.Name} begin";

    public static string End(DatabaseSpec spec) => $"# reconciler {spec.Name} end";

    /// <summary>
    /// One line per role and address; names are quoted, so that none is a keyword such as <c>all</c>. The owner has its lines even where
    /// others log in: whether anybody may use them is a matter of its password, which is taken away only when its readers have changed
    /// over.
    /// </summary>
    public static IReadOnlyList<string> Rules(DatabaseSpec spec) =>
    [
        .. from role in spec.Roles
           from address in spec.Allow.Prepend("::1").Prepend("127.0.0.1").Distinct()
           select Rule(spec, role, address),
    ];

    /// <summary>What is there and what git says: nobody is shut out while the old services still run.</summary>
    public static IReadOnlyList<string> Widened(DatabaseSpec spec, IReadOnlyList<string> observed) =>
        [.. Rules(spec).Concat(observed).Distinct()];

    /// <summary>Whom a line lets in.</summary>
    public static string RoleIn(string rule) => rule.Split(' ')[2].Trim('"');

    private static string Rule(DatabaseSpec spec, string role, string address) =>
        $"host \"{spec.Name}\" \"{role}\" {Network(address)} scram-sha-256";

    private static string Network(string address) => IPAddress.TryParse(address, out var ip)
        ? $"{address}/{(ip.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)}"
        : address;
}
