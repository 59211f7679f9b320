using Reconciler.Documents.Reading;
using Reconciler.Model;
using Reconciler.Tests.Documents;
using Reconciler.Watching;

namespace Reconciler.Tests.Watching;

/// <summary>What would show only after Migrate, when supervisord is started, is refused from the commit itself.</summary>
public class SupervisorConfigTests
{
    private const string Whole = """
        [supervisord]
        logfile = /tmp/log ; of its own
        [unix_http_server]
        file=/tmp/sock
        [rpcinterface:supervisor]
        supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
        [supervisorctl]
        serverurl=unix:///tmp/sock
        [program:gunicorn]
        command=gunicorn config.wsgi
        [program:celery]
        command=celery worker

        """;

    private const string Services = """
          gunicorn: {part: web, on: [web], program: gunicorn, config: config/supervisor.conf, command: null}
          celerybeat: {part: beat, on: [worker], program: celery, config: config/supervisor.conf, command: null}

        """;

    private static string? Fault(string? text, string services = Services)
    {
        var tree = SmallTree.Valid.WithSpec("production/coralnet/services.yaml", services);
        var read = DocumentReader.Read(tree, ReadOptions.Default);
        read.Diagnostics.Select(fault => $"{fault}").ShouldBeEmpty();
        var desired = read.Environments["production"];
        var code = new CodeFacts("r", new CommitInfo(SmallTree.Commit, "Ada", "one", DateTimeOffset.UnixEpoch))
        {
            StaticInputs = "",
            SupervisorConfigs = text is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["config/supervisor.conf"] = text },
        };
        return SupervisorConfigCheck.FaultOf(desired, desired.Applications["coralnet"], code);
    }

    [Fact]
    public void A_complete_file_is_fine() => Fault(Whole).ShouldBeNull();

    [Fact]
    public void An_application_without_one_is_not_asked_for_it() => Fault(null, "  gunicorn: {port: 8001}\n").ShouldBeNull();

    [Fact]
    public void A_file_that_is_not_there_is_refused_with_its_place() => Fault(null).ShouldBe(
        "production/coralnet/services.yaml:6:67: There is no file config/supervisor.conf at 3f9d1c07a1e0. Commit it, or correct the path: "
        + "'config' is the supervisor.conf in the code that declares the program.");

    [Theory]
    [InlineData("[supervisord]", "[supervisord]")]
    [InlineData("[unix_http_server]", "[unix_http_server]")]
    [InlineData("[rpcinterface:supervisor]", "[rpcinterface:supervisor]")]
    [InlineData("[supervisorctl]", "[supervisorctl]")]
    public void Each_section_that_supervisord_needs_is_named(string section, string named) =>
        Fault(Whole.Replace(section, "[other]")).ShouldNotBeNull().ShouldContain($"has no {named}. It must be a complete supervisor.conf");

    [Fact]
    public void Only_programs_name_all_that_is_missing() => Fault("[program:gunicorn]\n[program:celery]\n").ShouldNotBeNull()
        .ShouldContain("has no [supervisord], [rpcinterface:supervisor], [supervisorctl], [unix_http_server].");

    [Fact]
    public void A_server_on_a_port_will_do() => Fault(Whole.Replace("[unix_http_server]", "[inet_http_server]")).ShouldBeNull();

    [Fact]
    public void A_program_that_it_does_not_declare_is_refused_with_those_that_it_does() => Fault(Whole.Replace("program:celery", "program:worker")).ShouldBe(
        "production/coralnet/services.yaml:6:67: config/supervisor.conf at 3f9d1c07a1e0 has no [program:celery], which service 'celerybeat' names. "
        + "It has gunicorn, worker: correct 'program', or add the section.");

    [Fact]
    public void A_program_that_no_service_names_would_start_on_every_server()
    {
        Fault(Whole + "[program:flower]\ncommand=flower\n").ShouldNotBeNull().ShouldContain("has [program:flower], which no service names");
        Fault(Whole + "[program:flower]\ncommand=flower\nautostart = false ; by hand\n").ShouldBeNull();
    }

    [Fact]
    public void In_a_group_a_program_goes_by_the_groups_name() =>
        Fault(Whole + "[group:background]\nprograms=celery, other\n", Services.Replace("program: celery,", "program: background,")).ShouldBeNull();

    [Fact]
    public void What_is_taken_in_from_elsewhere_is_left_to_supervisord() => Fault("[include]\nfiles = more/*.conf\n").ShouldBeNull();

    [Fact]
    public void What_only_looks_like_a_section_is_none() =>
        Fault(Whole.Replace("[supervisord]", "; [supervisord]")).ShouldNotBeNull().ShouldContain("has no [supervisord]");
}
