using Reconciler.Cli;
using Reconciler.Model;
using Reconciler.Remote;
using Reconciler.Resources.Account;
using Reconciler.Resources.Migrations;
using Reconciler.Tests.Converging;
using Reconciler.Tests.Git;
using Reconciler.Tests.Resources;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>What services wrote to their own logs, as the runner gives it.</summary>
public sealed class ServiceLogsTests : IDisposable
{
    private readonly TurnWorld _world = new();

    public void Dispose() => _world.Dispose();

    private Task<IReadOnlyList<ServiceLog>> ReadAsync(ScriptedServers servers, string? server = null) =>
        new ServiceLogs(servers, new ServerAddresses(null)).ReadAsync(
            _world.Environment(_world.Version(1)), _world.Version(1), server, TestContext.Current.CancellationToken);

    [Fact]
    public async Task Each_service_of_each_server_has_its_own()
    {
        var servers = new ScriptedServers { Logs = "started\nTraceback" };

        (await ReadAsync(servers)).ShouldBe([new("web1", "gunicorn", "started\nTraceback", null)]);
        (await ReadAsync(servers, "web2")).ShouldBeEmpty();
        servers.Begun.ShouldBeEmpty();
    }

    [Fact]
    public async Task Log_files_are_read_as_the_applications_user_where_it_lives()
    {
        var servers = new ScriptedServers { Logs = "ERROR one" };
        var unit = _world.Version(1);
        unit = unit with
        {
            Resources = [new(TurnWorld.Id("Account"), new AccountSpec("coralnet"), Place.Of("application.yaml"))],
            LogFiles = ["/srv/www/log/*.log"],
        };

        (await new ServiceLogs(servers, new ServerAddresses(null)).ReadAsync(_world.Environment(unit), unit, null, TestContext.Current.CancellationToken))
            .ShouldBe([new("web1", "/srv/www/log/*.log", "ERROR one", null)]);
    }

    [Fact]
    public async Task Errors_that_the_site_keeps_in_its_database_are_asked_for_as_it_asks_and_the_page_is_named()
    {
        using var folder = new ScratchFolder();
        var runtime = Runtimes.In(folder.Path);
        var servers = new ScriptedServers { Logs = "KeyError: depth" };
        var unit = _world.Version(1);
        unit = unit with
        {
            Resources = [new(TurnWorld.Id("Migrations"), new MigrationsSpec(runtime, "commit", "packages"), Place.Of("application.yaml"))],
            ErrorQuery = "SELECT text FROM errors WHERE text <> 'it''s fine'",
            ErrorPage = "https://reef.example/admin/errors/",
        };

        (await new ServiceLogs(servers, new ServerAddresses(null)).ReadAsync(_world.Environment(unit), unit, null, TestContext.Current.CancellationToken))
            .ShouldBe([new("web1", "database", "KeyError: depth", null), new("-", "https://reef.example/admin/errors/", "for people: open it in a browser", null)]);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_said_and_no_log_made_up()
    {
        var servers = new ScriptedServers();
        servers["web1", "logs"] = ScriptedServers.Answer.Thrown(SessionFailure.Lost, sent: false);
        servers["web1", ""] = ScriptedServers.Answer.Thrown(SessionFailure.Lost, sent: false);

        var log = (await ReadAsync(servers)).ShouldHaveSingleItem();

        (log.Text, log.Trouble).ShouldBe((null, "Lost"));
    }

    [Fact]
    public void Only_the_last_lines_are_shown_and_none_of_them_draws_on_the_terminal()
    {
        LogsCommand.Last("one\ntwo\n\u001b[2Jthree\n", 2).ShouldBe("two\n\uFFFD[2Jthree");
        LogsCommand.Last("", 2).ShouldBe("");
        LogsCommand.Last(null, 2).ShouldBeNull();
    }
}
