using Reconciler.Documents.Reading;
using Reconciler.Documents.Templates;

namespace Reconciler.Tests.Documents;

public sealed class ExampleTests
{
    private static readonly ReadResult Result = DocumentReader.Read(Trees.Example, ReadOptions.Default);

    [Fact]
    public void The_example_is_accepted_without_a_fault() => Result.Diagnostics.ShouldBeEmpty();

    [Fact]
    public void Base_lies_beneath_the_environment_and_every_value_keeps_its_place()
    {
        var coralnet = Result.Environments["production"].Applications["coralnet"];
        coralnet.Application.Value.Path.ShouldBe("/srv/www/coralnet");
        coralnet.Application.PlaceOf("path").ToString().ShouldBe("base/coralnet/application.yaml:5:9");
        coralnet.Application.PlaceOf("code", "commit").ToString().ShouldBe("production/coralnet/application.yaml:5:18");
        coralnet.Nginx.Value.Keys.ShouldBe(["coralnet", "coralnet-balancer"]);
        Result.Environments["staging"].Applications["coralnet"].Nginx.Value.Keys.ShouldBe(["coralnet"]);
    }

    [Fact]
    public void What_is_left_out_has_its_default()
    {
        var coralnet = Result.Environments["production"].Applications["coralnet"];
        coralnet.Checks.Value["front"].Status.ShouldBe(200);
        coralnet.Services.Value["gunicorn"].StopTimeout.ShouldBe(TimeSpan.FromSeconds(60));
        coralnet.Services.Value["celeryworker"].StopTimeout.ShouldBe(TimeSpan.FromMinutes(10));
        coralnet.Services.Value["gunicorn"].Reads.ShouldBeNull();
        coralnet.Maintenance.Value.Enabled.ShouldBeFalse();
        Result.Environments["staging"].Environment.Value.Ssh.User.ShouldBe("reconciler");
    }

    [Fact]
    public void A_command_takes_the_value_of_the_server_before_that_of_the_application()
    {
        var production = Result.Environments["production"];
        var coralnet = production.Applications["coralnet"];
        string Command(string server) =>
            string.Join(' ', new ValueScope(production, coralnet, server).ExpandCommand(coralnet.Services.Value["gunicorn"].Command!));
        Command("web1").ShouldBe("gunicorn -w 4 -b 127.0.0.1:8000 config.wsgi");
        Command("web2").ShouldBe("gunicorn -w 8 -b 127.0.0.1:8000 config.wsgi");
    }

    [Fact]
    public void The_balancer_knows_the_web_servers_and_which_of_them_are_down()
    {
        var production = Result.Environments["production"];
        var template = Template.Parse(production.ReadTemplate("coralnet", "balancer.conf")!.Text);
        var parts = new TemplateParts("if (-f /cover) {\n    return 503;\n}\n") { DownAt = server => server == "web2" ? " down" : "" };
        var text = TemplateRenderer.Render(template, new ValueScope(production, production.Applications["coralnet"], "lb1"),
            Standing.NginxToken, parts).Text;
        text.ShouldContain("upstream coralnet_web {\n    # What one worker process learns about a server, all know.\n    zone coralnet_web 64k;\n    server 10.20.1.1:80; # web1\n    server 10.20.1.2:80 down; # web2\n}\n");
        text.ShouldContain("    client_max_body_size 100m;\n\n    if (-f /cover) {\n        return 503;\n    }\n\n    location / {\n");
    }
}
