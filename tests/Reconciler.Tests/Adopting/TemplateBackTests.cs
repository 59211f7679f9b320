using Reconciler.Adopting;

namespace Reconciler.Tests.Adopting;

public sealed class TemplateBackTests
{
    private const string Template = "server {\n    {{> cover}}\n    listen 80;\n    server_name {{domain}};\n    location / {\n        proxy_pass http://127.0.0.1:8000;\n    }\n}\n";
    private const string Rendered = "server {\n    # cover\n    set $x on;\n    listen 80;\n    server_name reef.example;\n    location / {\n        proxy_pass http://127.0.0.1:8000;\n    }\n}\n";

    private static BroughtBack Of(string live, string template = Template) =>
        TemplateBack.Of(template, Rendered, live, line => line.Replace("{{domain}}", "reef.example"));

    private static BroughtBack Edit(string old, string text) => Of(Rendered.Replace(old, text));

    [Theory]
    [InlineData("listen 80;", "listen 81;")]
    [InlineData("    listen 80;\n", "")]
    [InlineData("    listen 80;\n", "    listen 80;\n    client_max_body_size 1m;\n")]
    [InlineData("8000;\n    }\n}\n", "8000;\n    }\n}\n# the end\n")]
    [InlineData("8000;\n    }\n}\n", "8000;\n    }\n}")]
    [InlineData("server {\n", "# first\nserver {\n")]
    public void An_edit_of_lines_that_stand_in_the_template_is_brought_back_into_it(string old, string text) =>
        Edit(old, text).ShouldBe(new(Template.Replace(old, text), null));

    [Fact]
    public void An_edit_beside_the_part_for_the_notice_is_brought_back_too()
    {
        const string part = "        {{> notice}}\n", made = "        include /var/lib/reconciler/cover/reef/[n]otice.conf;\n";
        var (template, rendered) = (Template.Replace("    }\n}", $"{part}    }}\n}}"), Rendered.Replace("    }\n}", $"{made}    }}\n}}"));
        TemplateBack.Of(template, rendered, rendered.Replace("listen 80;", "listen 81;"), line => line.Contains("notice")
            ? made.TrimEnd('\n') : line.Replace("{{domain}}", "reef.example")).Text.ShouldBe(template.Replace("listen 80;", "listen 81;"));
    }

    [Fact]
    public void Several_edits_at_once() =>
        Of(Rendered.Replace("listen 80;", "listen 81;").Replace("8000;", "8001;\n        proxy_read_timeout 9s;")).Text
            .ShouldBe(Template.Replace("listen 80;", "listen 81;").Replace("8000;", "8001;\n        proxy_read_timeout 9s;"));

    [Theory]
    [InlineData("reef.example", "www.reef.example", "line 4 of the template makes (`server_name {{domain}};`): a value would be lost")]
    [InlineData("set $x on;", "set $x off;", "line 2 of the template makes (`{{> cover}}`)")]
    [InlineData("    set $x on;\n", "    # mine\n    set $x on;\n", "within what line 2 of the template makes")]
    [InlineData("listen 80;", "listen {{port}};", "holds `{{`")]
    [InlineData("listen 80;", "listen 80;\n    proxy_set_header X-Api-Token abc;", "may hold a secret")]
    [InlineData("listen 80;", "listen 80;\n    proxy_pass http://user:word@x;", "may hold a secret")]
    public void What_would_lose_a_value_or_bring_in_a_secret_is_refused_with_the_place(string old, string text, string why)
    {
        Edit(old, text).Text.ShouldBeNull();
        Edit(old, text).Why!.ShouldContain(why);
    }

    [Fact]
    public void A_template_with_a_loop_or_one_that_does_not_fit_is_refused()
    {
        Of(Rendered, Template + "{{#each servers.web}}{{name}}{{/each}}").Why!.ShouldContain("has a loop");
        Of(Rendered, Template.Replace("listen 80", "listen 90")).Why!.ShouldContain("line by line");
    }

    [Fact]
    public void What_is_not_edited_comes_back_as_it_was() => Of(Rendered).Text.ShouldBe(Template);
}
