using Reconciler.Cli;
using Reconciler.Cli.Doctor;
using Reconciler.Hosting;
using Reconciler.Notifying;
using Reconciler.Tests.Git;
using Reconciler.Tests.Hosting;
using Reconciler.Tests.Serving;

namespace Reconciler.Tests.Cli.Doctor;

public sealed class OutsideChecksTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private ControllerSettings Settings(string url) => new("git@github.com:you/desired-state.git", "main", "", _folder.In("state"), null, _folder.In("secrets"),
        AllowLocalRepositories: false, TimeSpan.FromSeconds(60))
    {
        GitHosts = [new("github.com", GitHostKind.GitHub, new(url), _folder.In("token"), new Dictionary<string, string>())],
        Webhook = new(HttpFaceTests.FreePort(), _folder.In("webhook")),
        Signers = (_folder.In("allowed"), null),
    };

    private static Task<IReadOnlyList<Finding>> LookAsync(ControllerSettings settings) =>
        new OutsideChecks(settings, TimeProvider.System).LookAsync(TestContext.Current.CancellationToken);

    [Fact]
    public async Task What_is_set_up_is_tried_and_what_is_wrong_is_told_with_what_mends_it()
    {
        await using var github = await FakeGitHub.StartAsync();
        var missing = await LookAsync(Settings(github.Url));
        missing.Select(finding => (finding.Subject, finding.Level)).ShouldBe([("git host github.com", Level.Fail), ("webhook", Level.Fail), ("signers", Level.Fail)]);
        missing[0].Message.ShouldContain($"the file {_folder.In("token")} with the secret for github.com cannot be read");
        missing[1].Fix.ShouldBe($"install -m 0600 -o {Environment.UserName} /dev/stdin {_folder.In("webhook")}");

        foreach (var (file, text) in new[] { ("token", FakeGitHub.Token), ("webhook", "0123456789abcdef"), ("allowed", "") })
        {
            await File.WriteAllTextAsync(_folder.In(file), text, TestContext.Current.CancellationToken);
            File.SetUnixFileMode(_folder.In(file), Private);
        }
        github.Pulls[7] = (new string('1', 40), 1);
        (await LookAsync(Settings(github.Url))).ShouldBe(
        [
            Finding.Ok("git host github.com", "answers for you/desired-state; 1 open request(s) to main"),
            Finding.Ok("webhook", $"its secret is in {_folder.In("webhook")}"), Finding.Ok("signers", _folder.In("allowed")),
        ]);
    }

    [Fact]
    public async Task Ways_to_people_are_tried_without_telling_anybody()
    {
        var told = _folder.In("told");
        await File.WriteAllTextAsync(_folder.In("address"), "https://hooks.example/T0/B0", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(_folder.In("address"), Private);
        var settings = Settings("https://github.example") with
        {
            GitHosts = [], Webhook = null, Signers = (null, null), Pages = "https://reconciler.example",
            Notifications =
            [
                new("ops", new CommandChannel(["touch", told], TimeProvider.System), ["staging", "prodution"], null),
                new("typo", new CommandChannel(["tuoch", told], TimeProvider.System), [], null),
                new("slack", new WebhookChannel(_folder.In("address"), isSlack: true), [], null),
                new("chat", new WebhookChannel(_folder.In("nothing"), isSlack: true), [], null),
            ],
        };

        var findings = await LookAsync(settings);

        findings.Select(finding => (finding.Subject, finding.Level)).ShouldBe(
        [
            ("notifications ops", Level.Ok), ("notifications typo", Level.Fail), ("notifications slack", Level.Ok),
            ("notifications chat", Level.Fail), ("pages", Level.Warn),
        ]);
        findings[1].ToString().ShouldBe("fail  notifications typo: there is no program `tuoch`: correct notifications.typo in the settings file");
        findings[3].Message.ShouldContain($"{_folder.In("nothing")} cannot be read");
        findings[4].Message.ShouldBe("nothing answers at https://reconciler.example: `listen` is none");
        File.Exists(told).ShouldBeFalse();
        OutsideChecks.OfUnknownEnvironments(settings, ["production", "staging"]).ShouldHaveSingleItem().Message
            .ShouldBe("git has no environment prodution; there are production, staging");
    }

    [Fact]
    public async Task What_is_not_set_up_is_not_spoken_of() =>
        (await LookAsync(Settings("https://github.example") with { GitHosts = [], Webhook = null, Signers = (null, null) })).ShouldBeEmpty();
}
