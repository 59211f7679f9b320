using Reconciler.Adopting;
using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Resources.File;
using Reconciler.Resources.NginxSite;
using Reconciler.Tests.Documents.Expansion;

namespace Reconciler.Tests.Adopting;

/// <summary>The shipped example, with things on its servers that somebody changed.</summary>
public sealed class AdopterTests
{
    private static readonly Expanded Example = new Expanded()
        .With("production/host/packages.yaml", "apiVersion: reconciler/v1\nkind: Packages\nmetadata: {name: host}\nspec:\n  curl: {state: pinned, version: \"1.0-1\"}\n  jq: {state: held}\n");

    private static readonly ExpandedEnvironment Environment = Example.Expand();

    private static Adoptions Adopt(params Drifted[] drifted) => new Adopter(Example.Input().Desired).Of(drifted);

    private static IEnumerable<Drifted> On(string kind, Func<Resource, Difference> difference, string? name = null) =>
        from unit in Environment.Units
        from resource in unit.Resources
        where resource.Id.Kind == kind && (resource.Id.Application is "coralnet" or "host") && (name is null || resource.Id.Name == name)
        select new Drifted(unit, resource, [difference(resource)], DriftCause.Corrective);

    private static Difference Of(Resource resource, string sentence, string? wanted = null, string? observed = null, string? gate = null) =>
        new(resource.Id, DifferenceType.Change, sentence, wanted, observed) { Gate = gate, Refusal = gate is null ? null : "decide" };

    private static Drifted[] Sites(Func<string, string> edit) =>
        [.. On("NginxSite", resource => Of(resource, "the site was edited by hand", "abc", "edited", "drift"), "coralnet")
            .Select(one => one with { Live = edit(((NginxSiteSpec)one.Resource.Spec).Content) })];

    [Fact]
    public void An_edit_of_a_site_that_is_the_same_on_all_servers_becomes_its_template_in_the_environments_own_folder()
    {
        var sites = Sites(text => text.Replace("client_max_body_size 100m", "client_max_body_size 200m"));
        sites.Length.ShouldBeGreaterThan(1);

        var adopted = Adopt(sites);

        adopted.Left.ShouldBeEmpty();
        var text = adopted.Changes.ShouldHaveSingleItem().ShouldBeOfType<Adoption.Text>();
        text.File.ShouldBe("production/coralnet/nginx.conf");
        text.Content.ShouldBe(Example.Input().Desired.ReadTemplate("coralnet", "nginx.conf")!.Text.Replace("100m", "200m"));
    }

    [Fact]
    public void One_that_is_on_some_servers_only_or_otherwise_on_each_is_left()
    {
        var sites = Sites(text => text.Replace("client_max_body_size 100m", "client_max_body_size 200m"));

        Adopt(sites[0]).Left.ShouldHaveSingleItem().Why.ShouldContain("still has it as git says");
        Adopt(sites[0], sites[1] with { Live = sites[1].Live!.Replace("200m", "300m") }).Left.ShouldHaveSingleItem().Why.ShouldContain("changed otherwise on other servers");
    }

    [Fact]
    public void What_git_changed_is_no_drift() =>
        Adopt([.. Sites(text => text + "# x\n").Select(one => one with { Cause = DriftCause.Intentional })]).Left.ShouldHaveSingleItem().Why.ShouldContain("git moved");

    [Fact]
    public void A_text_that_could_not_be_read_is_left_with_the_reason() =>
        Adopt([.. Sites(text => text).Select(one => one with { Live = null, Unread = "not everybody may read it" })]).Left.ShouldHaveSingleItem().Why.ShouldBe("not everybody may read it");

    [Fact]
    public void Mode_and_owner_of_a_file_become_values()
    {
        var file = Environment.Units.SelectMany(unit => unit.Resources).First(resource => resource.Spec is FileSpec);

        var adopted = Adopt([.. On("File", resource => Of(resource, "mode of /x is 0600, git says 0644", "0644", "0600"), file.Id.Name)]);

        var value = adopted.Changes.ShouldHaveSingleItem().ShouldBeOfType<Adoption.Value>();
        (value.File, value.Entry, value.Key, value.Yaml).ShouldBe(($"production/{file.Id.Application}/files.yaml", file.Id.Name, "mode", "\"0600\""));
    }

    [Fact]
    public void The_commit_of_a_checkout_becomes_the_commit_line_if_it_may_run()
    {
        var code = On("Code", resource => Of(resource, "is at 7ab20000a1e0")).Select(one => one with { Head = Expanded.NewCommit }).ToArray();

        var value = Adopt(code).Changes.ShouldHaveSingleItem().ShouldBeOfType<Adoption.Value>();
        (value.File, value.Key, value.Yaml).ShouldBe(("production/coralnet/application.yaml", "commit", Expanded.NewCommit));
        Adopt([.. code.Select(one => one with { HeadRefused = "it is on none of the branches" })]).Left.ShouldHaveSingleItem().Why.ShouldBe("it is on none of the branches");
        Adopt([.. On("Code", resource => Of(resource, "has 1 file(s) edited by hand", gate: "drift"))]).Left.ShouldHaveSingleItem().Why.ShouldContain("commit and push");
    }

    [Fact]
    public void A_pinned_packages_version_and_a_lifted_hold_become_values()
    {
        Adopt([.. On("Packages", resource => Of(resource, "version 2.0-1 of package curl is installed, git says 1.0-1", "1.0-1", "2.0-1"))]).Changes
            .ShouldHaveSingleItem().ShouldBeOfType<Adoption.Value>().ShouldSatisfyAllConditions(
                value => value.File.ShouldBe("production/host/packages.yaml"), value => value.Entry.ShouldBe("curl"), value => value.Yaml.ShouldBe("\"2.0-1\""));
        Adopt([.. On("Packages", resource => Of(resource, "package jq is not held: apt would upgrade it", "held", "not held"))]).Changes
            .ShouldHaveSingleItem().ShouldBeOfType<Adoption.Value>().ShouldSatisfyAllConditions(value => value.Key.ShouldBe("state"), value => value.Yaml.ShouldBe("present"));
    }

    [Theory]
    [InlineData("SecretsFile", "values of secrets are never read")]
    [InlineData("Service", "no desired state")]
    [InlineData("VirtualEnvironment", "requirements in the code")]
    [InlineData("Maintenance", "reconciler maintenance")]
    public void What_documents_cannot_say_is_left_with_what_to_do_instead(string kind, string why)
    {
        var adopted = Adopt([.. On(kind, resource => Of(resource, "it was changed")).Take(1)]);

        adopted.Changes.ShouldBeEmpty();
        adopted.Left.ShouldHaveSingleItem().Why.ShouldContain(why);
    }
}
