using Reconciler.Resources.Service;

namespace Reconciler.Tests.Resources.Service;

public class DefinitionTests
{
    [Fact]
    public void A_program_of_the_systems_supervisor() => Definition.Of(Given.Gunicorn).ShouldBe(new Definition("/etc/supervisor/conf.d/coralnet-gunicorn.conf",
        """
        ; Written by reconciler from services.yaml: an edit here is reported and replaced.
        [program:coralnet-gunicorn]
        command=/usr/bin/env gunicorn -w 4 -b 127.0.0.1:8000 config.wsgi
        directory=/srv/www/coralnet/project
        user=coralnet
        environment=PATH="/srv/www/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",HOME="/home/coralnet",USER="coralnet",LOGNAME="coralnet",DJANGO_SETTINGS_MODULE="config.settings.production",LANG="C.UTF-8"
        autostart=true
        autorestart=true
        startsecs=1
        startretries=10
        stopsignal=TERM
        stopwaitsecs=60
        stopasgroup=true
        killasgroup=true
        redirect_stderr=true
        stdout_logfile=/var/log/supervisor/coralnet-gunicorn.log

        """));

    [Fact]
    public void A_unit() => Definition.Of(Given.Beat with { StopTimeout = TimeSpan.FromSeconds(90) }).ShouldBe(new Definition("/etc/systemd/system/coralnet-celerybeat.service",
        """
        # Written by reconciler from services.yaml: an edit here is reported and replaced.
        [Unit]
        Description=celerybeat of coralnet
        After=network.target
        # However long the database is away: tried again until it is back.
        StartLimitIntervalSec=0

        [Service]
        Type=exec
        User=coralnet
        WorkingDirectory=/srv/www/coralnet/project
        Environment=PATH=/srv/www/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        Environment=HOME=/home/coralnet
        Environment=USER=coralnet
        Environment=LOGNAME=coralnet
        Environment=DJANGO_SETTINGS_MODULE=config.settings.production
        Environment=LANG=C.UTF-8
        ExecStart=/usr/bin/env celery -A config beat
        ExecReload=/bin/kill -HUP $MAINPID
        Restart=always
        RestartSec=2
        TimeoutStopSec=90
        # TERM to the main process alone: it lets its children finish. What is left when it has gone is killed.
        KillMode=mixed

        [Install]
        WantedBy=multi-user.target

        """));

    [Theory]
    [InlineData("/opt/x/bin/serve --port 80", "/opt/x/bin/serve --port 80")]
    [InlineData("sh -c 'echo $HOME; sleep 5'", "/usr/bin/env sh -c 'echo $HOME; sleep 5'")]
    [InlineData("a --format %d", "/usr/bin/env a --format %%d")]
    [InlineData("a 'x ; y # z'", "/usr/bin/env a 'x ''; y ''# z'")]
    [InlineData("a ';' '#'", "/usr/bin/env a ';' '#'")]
    [InlineData("a \"it's\"", @"/usr/bin/env a 'it'\''s'")]
    public void Words_are_quoted_as_supervisor_reads_them(string command, string line) =>
        Text(Given.Gunicorn with { Manager = new ServiceManager.OwnProgram(Given.Launch(command)) }, "command=").ShouldBe(line);

    [Fact]
    public void A_value_that_supervisor_cannot_quote_is_given_through_env()
    {
        var launch = Given.Launch("gunicorn") with { Environment = [new("A", "say \"it's\""), new("B", "x ; y"), new("C", "100%,d")] };
        var spec = Given.Gunicorn with { Manager = new ServiceManager.OwnProgram(launch) };
        Text(spec, "command=").ShouldBe("""/usr/bin/env 'A=say "it'\''s"' 'B=x ''; y' gunicorn""");
        Text(spec, "environment=").ShouldEndWith("LOGNAME=\"coralnet\",C=\"100%%,d\"");
    }

    [Theory]
    [InlineData("a '$HOME' 50%", "ExecStart=/usr/bin/env a $$HOME 50%%")]
    [InlineData("""a 'say "it is" \n' ';'""", """ExecStart=/usr/bin/env a "say \"it is\" \\n" ";" """)]
    [InlineData("a ''", """ExecStart=/usr/bin/env a "" """)]
    public void Words_are_quoted_as_systemd_reads_them(string command, string line) =>
        Definition.Of(Given.Beat with { Manager = new ServiceManager.OwnUnit(Given.Launch(command)) })!.Text.Split('\n').ShouldContain(line.TrimEnd());

    [Theory]
    [InlineData(nameof(ServicePart.Web), "true")]
    [InlineData(nameof(ServicePart.Worker), "false")]
    [InlineData(nameof(ServicePart.Beat), "false")]
    public void A_workers_children_are_not_told_to_stop_for_it_would_end_their_tasks(string part, string asGroup)
    {
        var spec = Given.Gunicorn with { Part = Enum.Parse<ServicePart>(part) };
        Text(spec, "stopasgroup=").ShouldBe(asGroup);
        Text(spec, "killasgroup=").ShouldBe("true");
    }

    private static string Text(ServiceSpec spec, string key) =>
        Definition.Of(spec)!.Text.Split('\n').Single(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..];
}
