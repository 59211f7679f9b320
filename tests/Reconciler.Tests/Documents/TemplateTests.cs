using Reconciler.Documents.Reading;
using Reconciler.Documents.Templates;

namespace Reconciler.Tests.Documents;

public sealed class TemplateTests
{
    private static readonly Reconciler.Documents.DesiredEnvironment Production = DocumentReader.Read(SmallTree.Valid
        .WithSpec("production/environment.yaml", "  profile: production\n  values: {level: environment, only: environment}\n")
        .WithSpec("production/servers.yaml", """
              web1: {address: 10.0.2.1, roles: [web], values: {level: server}}
              web2: {address: "fe80::2", roles: [web]}
              web3: {address: 10.0.2.9, roles: [web], retired: true}
              worker1: {address: 10.0.2.3, roles: [worker], values: {level: server}}
            """)
        .WithSpec("production/coralnet/application.yaml", """
              code: {commit: 3f9d1c07a1e0b6f5c6f0d2a4f0b1d8e7c9a5b342}
              values: {domain: coralnet.example, level: application, hostile: "a b'; $(id) <&>"}
              servers: {web1: {level: both}}
            """), ReadOptions.Default).Environments["production"];

    private static ValueScope Scope(string? server) => new(Production, Production.Applications["coralnet"], server);

    [Theory]
    [InlineData("web1", "both")]
    [InlineData("worker1", "server")]
    [InlineData("web2", "application")]
    [InlineData(null, "application")]
    public void The_nearest_value_wins(string? server, string value) => Scope(server).Expand("{{level}}").ShouldBe(value);

    [Theory]
    [InlineData("{{environment}} {{application}} {{server}} {{server.address}} {{only}}", "production coralnet web1 10.0.2.1 environment")]
    [InlineData("{{servers.web2.address}}", "fe80::2")]
    [InlineData("{{ level }}", "both")]
    public void Built_in_names_are_known(string text, string expanded) => Scope("web1").Expand(text).ShouldBe(expanded);

    [Fact]
    public void A_loop_leaves_out_retired_servers_and_sees_the_values_of_each() =>
        Render("a\n  {{#each servers.web}}\n{{name}} {{address}} {{level}} {{server}}\n  {{/each}}\nb\n", "worker1")
            .ShouldBe("a\nweb1 10.0.2.1 both worker1\nweb2 fe80::2 application worker1\nb\n");

    [Fact]
    public void An_upstream_quotes_addresses_and_marks_what_is_down() =>
        TemplateRenderer.Render(Template.Parse("upstream x {\n  {{> upstream role=\"web\" port=80}}\n}\n"), Scope("web1"),
            Standing.NginxToken, new TemplateParts("") { DownAt = server => server == "web1" ? " down" : "" }).Text
            .ShouldBe("upstream x {\n  server 10.0.2.1:80 down; # web1\n  server [fe80::2]:80; # web2\n}\n");

    [Theory]
    [InlineData(nameof(Standing.ShellWord), "'a b'\\''; $(id) <&>'")]
    [InlineData(nameof(Standing.Url), "a%20b%27%3B%20%24%28id%29%20%3C%26%3E")]
    [InlineData(nameof(Standing.Html), "a b&#39;; $(id) &lt;&amp;&gt;")]
    [InlineData(nameof(Standing.Plain), "a b'; $(id) <&>")]
    public void A_value_is_quoted_for_where_it_stands(string standing, string quoted) =>
        Scope("web1").Expand("{{hostile}}", Enum.Parse<Standing>(standing)).ShouldBe(quoted);

    [Fact]
    public void A_value_that_would_end_a_token_of_nginx_is_refused() =>
        TemplateRenderer.Render(Template.Parse("x\n {{hostile}}"), Scope("web1"),
            Standing.NginxToken).Faults.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            fault => fault.Line.ShouldBe(2), fault => fault.Column.ShouldBe(2), fault => fault.What.ShouldContain("end a token of nginx"));

    [Fact]
    public void A_value_is_one_word_of_a_command_or_a_part_of_one() =>
        Scope("web1").ExpandCommand("run --x={{ hostile }} '{{hostile}} c'").ShouldBe(["run", "--x=a b'; $(id) <&>", "a b'; $(id) <&> c"]);

    [Fact]
    public void Secrets_are_known_in_secrets_files_alone()
    {
        Should.Throw<InvalidOperationException>(() => Scope("web1").Expand("{{secrets.KEY}}"));
        Scope("web1").WithSecrets([KeyValuePair.Create("KEY", "value")]).Expand("{{secrets.KEY}}").ShouldBe("value");
    }

    [Fact]
    public void The_notice_says_when_in_utc() =>
        Scope("web1").WithNotice(DateTimeOffset.Parse("2026-03-01T03:00:00+01:00"), null,
            "soon").Expand("{{startsAt}}|{{endsAt}}|{{message}}").ShouldBe("2026-03-01T02:00:00Z||soon");

    private static string Render(string text, string server) =>
        TemplateRenderer.Render(Template.Parse(text), Scope(server), Standing.Plain).Text;
}
