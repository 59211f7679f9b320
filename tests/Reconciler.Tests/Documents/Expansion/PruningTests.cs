using Reconciler.Documents.Expansion;
using Reconciler.Resources.Absence;

namespace Reconciler.Tests.Documents.Expansion;

public sealed class PruningTests
{
    private static readonly Expanded Before = new();

    private static string Pruned(int? atMost, Func<Unit, Unit> lacking, out string? refusal)
    {
        var environment = Before.Expand();
        environment = environment with { Policy = environment.Policy with { PruneAtMost = atMost } };
        var before = environment.Units.Single(unit => unit.Application == "coralnet");
        var now = lacking(before);
        environment = environment with { Units = [.. environment.Units.Where(unit => unit != before), now] };
        var gone = now.WithPruned(before, environment).Resources.Select(resource => resource.Spec).OfType<AbsenceSpec>()
            .Where(spec => spec.Pruned is not null).ToList();
        refusal = gone.FirstOrDefault()?.Pruned!.Refusal;
        return string.Join(' ', gone.Select(spec => spec.Path).Distinct());
    }

    private static Func<Unit, Unit> Without(params string[] kinds) =>
        unit => unit with { Resources = [.. unit.Resources.Where(resource => !kinds.Contains(resource.Id.Kind))] };

    [Fact]
    public void Without_the_policy_nothing_goes() => Pruned(null, Without("NginxSite", "SecretsFile"), out _).ShouldBeEmpty();

    [Fact]
    public void Nothing_goes_that_git_still_declares() => Pruned(100, unit => unit, out _).ShouldBeEmpty();

    [Fact]
    public void What_git_no_longer_declares_goes_a_site_with_its_link()
    {
        Pruned(100, Without("NginxSite"), out var refusal).ShouldBe("/etc/nginx/sites-enabled/coralnet-coralnet-balancer /etc/nginx/sites-available/coralnet-coralnet-balancer "
            + "/etc/nginx/sites-enabled/coralnet-coralnet /etc/nginx/sites-available/coralnet-coralnet");
        refusal.ShouldBeNull();
    }

    [Fact]
    public void More_than_the_share_at_once_is_refused_with_what_would_do()
    {
        Pruned(20, Without("NginxSite"), out var refusal);

        refusal.ShouldNotBeNull().ShouldMatch(
            @"^\d+ of \d+ files and links of coralnet would go at once, and prune: \{atMost: 20\} in environment\.yaml allows 20 %: take them out of git in several commits, or write \d+ there$");
    }

    [Fact]
    public void What_moved_to_another_application_stays()
    {
        var environment = Before.Expand();
        environment = environment with { Policy = environment.Policy with { PruneAtMost = 100 } };
        var before = environment.Units.Single(unit => unit.Application == "coralnet");
        var now = Without("SecretsFile")(before);
        var other = environment.Units.Single(unit => unit.Application == "atlas");
        other = other with { Resources = [.. other.Resources, .. before.Resources.Where(resource => resource.Id.Kind == "SecretsFile")] };
        environment = environment with { Units = [now, other] };

        now.WithPruned(before, environment).Resources.ShouldBe(now.Resources);
    }
}
