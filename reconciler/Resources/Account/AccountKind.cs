using System.Globalization;
using Reconciler.Model;

namespace Reconciler.Resources.Account;

/// <summary>The account that an application runs as. Made in Prepare; never changed and never removed.</summary>
internal sealed class AccountKind : ResourceKind<AccountSpec, AccountFacts>
{
    public override string Name => "Account";

    /// <summary>
    /// Its line of /etc/passwd, without starting a process; only when it is not there, getent asks the other account databases (LDAP).
    /// </summary>
    protected override Probe Probe(Resource resource, AccountSpec spec, AccountFacts? last) => new($$"""
        name={{Shell.Quote(spec.Name)}}
        found=
        while IFS= read -r line; do case $line in "$name":*) found=$line; break;; esac; done </etc/passwd
        if [ -n "$found" ]; then echo "passwd $found"; else
        found=$(getent passwd "$name")
        case $? in 0) echo "passwd $found";; 2) echo absent;; *) echo unknown;; esac
        fi

        """);

    protected override Traces Traces(AccountSpec spec, AccountFacts? facts) => Model.Traces.Of("/etc/passwd");

    protected override Reading Read(Resource resource, AccountSpec spec, AccountFacts? last, string output, bool dearer)
    {
        // passwd(5): name:password:uid:gid:comment:home:shell
        var lines = output.Split('\n');
        var fields = lines.FirstOrDefault(line => line.StartsWith($"passwd {spec.Name}:", StringComparison.Ordinal))?.Split(':');
        if (fields is [_, _, var number, _, _, var home, var shell] && long.TryParse(number, NumberStyles.None, null, out var uid))
            return Reading.Found(new AccountFacts(uid, home, shell));
        return fields is null && lines.Contains("absent") ? Reading.Absent : Reading.Unknown("the account database does not answer");
    }

    protected override IEnumerable<Difference> Compare(Resource resource, AccountSpec spec, AccountFacts? facts, ReadMarkers reads)
    {
        if (facts is null)
            yield return new Difference(resource.Id, DifferenceType.Add, $"there is no account {spec.Name}", spec.Name, "absent") { Origin = resource.Origin };
        else if (facts.Uid == 0)
            yield return new Difference(resource.Id, DifferenceType.Change, $"the account {spec.Name} is root", "an ordinary account", "uid 0")
            {
                Origin = resource.Origin,
                Refusal = "name another user in git: an application's code never runs as root",
            };
    }

    protected override IEnumerable<Step> Steps(Resource resource, AccountSpec spec, AccountFacts? facts, Change change)
    {
        if (facts is null)
            yield return new Step(Phase.Prepare, resource.Id, $"create account {spec.Name}",
                RunnerRequest.User(spec.Name, spec.Home ?? "/nonexistent"))
            {
                Proof = $"getent passwd {Shell.Quote(spec.Name)} >/dev/null",
                Attempts = 3,
                Rank = Ranks.Accounts,
            };
    }
}
