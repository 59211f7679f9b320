using Reconciler.Remote;
using Reconciler.Reporting;
using Reconciler.Tests.Converging;
using Reconciler.Tests.Reporting.Pages;
using Reconciler.Turns;
using Reconciler.Turns.Surveys;

namespace Reconciler.Tests.Turns.Surveys;

/// <summary>A person's look at what lies beside: one question for each server, and who is likely to have done what.</summary>
public sealed class ServerSurveyTests : IDisposable
{
    private readonly TurnWorld _world = new();

    public void Dispose() => _world.Dispose();

    private static readonly DateTimeOffset Then = DateTimeOffset.FromUnixTimeSeconds(1700000120);

    private static DriftReport Report(string? trouble = null, string cause = "corrective") => Drifts.Clean with
    {
        Differences = [Drifts.Site("web1") with { Who = null, Cause = cause, LastSynced = Then.AddMinutes(-1),
            Since = Then.AddMinutes(1) }],
        Servers = [new("production", "web1", "10.0.0.1", [], Then, trouble)],
    };

    private Task<DriftReport> AddAsync(ScriptedServers servers, DriftReport report) =>
        new ServerSurvey(servers, new ServerAddresses(null), _world.Clock)
            .AddAsync(_world.Environment(_world.Version(1)), report, TestContext.Current.CancellationToken);

    [Fact]
    public async Task It_names_what_lies_beside_and_who_was_at_work_between_the_two_looks()
    {
        var report = await AddAsync(new ScriptedServers { Logs = SurveyReadingTests.Output }, Report());

        report.Unmanaged.Count.ShouldBeGreaterThan(8);
        report.Unsurveyed.ShouldBeEmpty();
        report.Differences[0].Who!.Select(actor => $"{actor.Server} {actor.User} {actor.What}").ShouldBe(
        [
            "web1 dora logged in on tty2", "web1 carl su to root", "web1 bob sudo as root: /bin/sh -c echo --password *** (in /)",
            "web1 ada sudo as root: /usr/bin/vi /etc/nginx/x ; y (in /home/ada)",
            "web1 ada logged in from 203.0.113.7 by publickey (ED25519 SHA256:q7Ah0m5Z)",
        ]);
    }

    [Fact]
    public async Task Who_came_before_or_after_is_not_named_and_what_git_moved_nobody_did()
    {
        var early = Report();
        early = early with { Differences = [early.Differences[0] with { Since = Then.AddSeconds(15) }] };

        (await AddAsync(new ScriptedServers { Logs = SurveyReadingTests.Output }, early)).Differences[0].Who!
            .Select(actor => actor.User).ShouldBe(["ada", "ada"]);
        (await AddAsync(new ScriptedServers { Logs = SurveyReadingTests.Output },
            Report(cause: "intentional"))).Differences[0].Who.ShouldBeNull();
    }

    [Fact]
    public async Task A_server_that_did_not_answer_the_look_is_not_asked_and_one_that_fails_now_is_said()
    {
        var servers = new ScriptedServers();
        servers["web1", ""] = ScriptedServers.Answer.Thrown(SessionFailure.Lost, sent: false);
        servers["web1", "survey"] = ScriptedServers.Answer.Thrown(SessionFailure.Lost, sent: false);

        (await AddAsync(servers, Report("web1 did not answer"))).Unsurveyed.ShouldBeEmpty();
        servers.Begun.ShouldBeEmpty();
        var report = await AddAsync(servers, Report());
        report.Unsurveyed.ShouldBe(["web1: Lost"]);
        report.Differences[0].Who.ShouldBeNull();
    }

    [Fact]
    public void It_is_one_question_of_which_the_rest_goes_to_the_runner()
    {
        var probe = SurveyScript.Probe(Then);

        probe.Request.ShouldNotBeNull().Verb.ShouldBe("survey");
        probe.Request.Arguments.ShouldBe(["1700000120"]);
        probe.Script.ShouldContain(SurveyScript.Looked);
    }
}
