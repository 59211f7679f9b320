using Reconciler.Documents.Kinds;
using Reconciler.Importing;

namespace Reconciler.Tests.Importing;

public sealed class ServiceWordsTests
{
    private static FoundService Of(string command, string? variables = null) =>
        new(FoundBy.Supervisor, "x", command, "/etc/supervisor/conf.d/x.conf", 1, "app", null) { Variables = variables };

    [Theory]
    [InlineData("/srv/venv/bin/gunicorn -w 4 config.wsgi", Part.Web, 8000)]
    [InlineData("gunicorn -b 127.0.0.1:8001 config.wsgi", Part.Web, 8001)]
    [InlineData("gunicorn --bind=0.0.0.0:9000 config.wsgi", Part.Web, 9000)]
    [InlineData("gunicorn -b unix:/run/x.sock config.wsgi", Part.Web, null)]
    [InlineData("gunicorn -c /srv/gunicorn.py config.wsgi", Part.Web, null)]
    [InlineData("uvicorn --port 8002 config.asgi", Part.Web, 8002)]
    [InlineData("python manage.py runserver 0.0.0.0:8003", Part.Web, 8003)]
    [InlineData("celery -A config worker -l info", Part.Worker, null)]
    [InlineData("celery -A config worker -B", Part.Worker, null)]
    [InlineData("celery -A config beat -s /tmp/x", Part.Beat, null)]
    [InlineData("python manage.py rqworker default", Part.Worker, null)]
    [InlineData("/usr/sbin/nginx", null, null)]
    public void A_command_says_what_part_it_is_and_where_it_listens(string command, object? part, int? port)
    {
        Of(command).Part.ShouldBe((Part?)part);
        Of(command).Port.ShouldBe(port);
    }

    [Theory]
    [InlineData("/srv/venv/bin/gunicorn x", null, "/srv/venv")]
    [InlineData("/usr/bin/env python3 x", "A=\"1\",PATH=\"/home/a/env/bin:%(ENV_PATH)s\"", "/home/a/env")]
    [InlineData("/usr/bin/gunicorn x", null, null)]
    public void Its_virtualenv_is_that_of_the_command_or_of_PATH(string command, string? variables, string? folder) =>
        Of(command, variables).Virtualenv.ShouldBe(folder);

    [Theory]
    [InlineData("environment=SECRET_KEY=\"x\"", true)]
    [InlineData("Environment=DATABASE_URL=postgres://a:b@c/d", true)]
    [InlineData("Environment=\"db_password=x\"", true)]
    [InlineData("environment=DOMAIN=\"x.org\"", false)]
    public void A_file_that_may_hold_a_secret_is_told_by_its_names(string text, bool may) => ServiceWords.LooksSecret(text).ShouldBe(may);

    [Fact]
    public void A_program_of_a_group_and_one_over_several_lines()
    {
        var programs = Services.Programs(new("/x.conf", "[program:a]\ncommand=gunicorn \\\n  x ; why\n[program:b]\ncommand = celery -A c worker\nstopwaitsecs=30\n[group:g]\nprograms=a\n"), FoundBy.Supervisor).ToList();

        programs.Select(program => (program.Name, program.Line, program.StopTimeout?.TotalSeconds))
            .ShouldBe([("g:a", 1, null), ("b", 4, 30.0)]);
        programs[0].Command.ShouldContain("x");
    }
}
