using System.Text;
using Reconciler.Documents.Kinds;
using Reconciler.Documents.Reading;
using Reconciler.Model;

namespace Reconciler.Tests.Documents;

public sealed class ControllerReaderTests
{
    private const string Head = "apiVersion: reconciler/v1\nkind: Controller\nmetadata: {name: controller}\n";

    private static (ControllerDocument? Settings, IReadOnlyList<string> Faults) Read(string text)
    {
        var faults = new List<Diagnostic>();
        return (ControllerReader.Read("controller.yaml", Encoding.UTF8.GetBytes(text), faults)?.Value,
            [.. faults.Select(fault => $"{fault}")]);
    }

    [Fact]
    public void The_example_is_read_without_a_fault()
    {
        var (settings, faults) = Read(File.ReadAllText(Path.Combine(Trees.Repository, "install/controller.yaml")));

        faults.ShouldBeEmpty();
        settings!.Repository.ShouldBe(new() { Url = "git@git.example:you/desired-state.git", Branch = "main", Folder = "desired-state",
            AllowLocal = false });
        (settings.Interval, settings.Listen, settings.LogFormat).ShouldBe((TimeSpan.FromSeconds(60), "127.0.0.1:9464", LogFormat.Text));
    }

    [Fact]
    public void The_example_has_every_key()
    {
        var text = File.ReadAllText(Path.Combine(Trees.Repository, "install/controller.yaml"));

        foreach (var key in typeof(ControllerDocument).GetProperties().Concat(typeof(ControllerRepository).GetProperties())
            .Select(property => property.Name))
            text.ShouldContain($" {char.ToLowerInvariant(key[0])}{key[1..]}:");
    }

    [Fact]
    public void An_empty_spec_leaves_everything_to_options_and_defaults()
    {
        var (settings, _) = Read($"{Head}spec: {{}}\n");

        settings!.GitHosts.ShouldBeEmpty();
        settings.Notifications.ShouldBeEmpty();
        settings.ShouldBe(new ControllerDocument { GitHosts = settings.GitHosts, Notifications = settings.Notifications });
    }

    [Theory]
    [InlineData("  intervall: 60s", "unknown-key controller.yaml:5:3: `intervall` is not known here; did you mean `interval`?")]
    [InlineData("  interval: 60", "not-a-duration controller.yaml:5:13: `60` is not a duration; write a whole number and a unit: 10s, 15m, 2h, 7d")]
    [InlineData("  interval: 0s", "out-of-range controller.yaml:5:13: `0s` is out of range; from 1s to 1d")]
    [InlineData("  logFormat: xml", "unknown-word controller.yaml:5:14: `xml` is not known here; known: text, json")]
    [InlineData("  logLevel: debug",
        "not-in-this-version controller.yaml:5:3: `logLevel` is not in this version; remove it; a later version brings it")]
    [InlineData("  ledger: {postgresqlFile: ledger}",
        "bad-value controller.yaml:5:28: `ledger` is not an absolute path; it must be an absolute path without `..`")]
    [InlineData("  state: relative/folder",
        "bad-value controller.yaml:5:10: `relative/folder` is not an absolute path; it must be an absolute path without `..`")]
    [InlineData("  listen: 9464", "bad-value controller.yaml:5:11: `9464` has no port; it must be ADDRESS:PORT, as 127.0.0.1:9464 or \"[::1]:9464\", or none")]
    [InlineData("  listen: localhost:9464",
        "bad-value controller.yaml:5:11: `localhost:9464` does not begin with an IP address; it must be ADDRESS:PORT, as 127.0.0.1:9464 or \"[::1]:9464\", or none")]
    [InlineData("  listen: 127.0.0.1:70000",
        "bad-value controller.yaml:5:11: `127.0.0.1:70000` has no port from 1 to 65535; it must be ADDRESS:PORT, as 127.0.0.1:9464 or \"[::1]:9464\", or none")]
    [InlineData("  repository: {url: \"ext::sh\"}",
        "bad-value controller.yaml:5:21: `ext::sh` names a transport helper, which runs a command; "
        + "it must be git@HOST:PATH, ssh://USER@HOST/PATH or https://HOST/PATH, without a password")]
    [InlineData("  repository: {branch: a..b}",
        "bad-value controller.yaml:5:24: `a..b` is not a branch name to git; it must be a branch name")]
    [InlineData("  identity: null",
        "empty-value controller.yaml:5:13: `identity` has no value; write one, or remove the key: nothing lies beneath this file")]
    public void Each_fault_has_its_place_and_its_fix(string line, string fault)
    {
        var (settings, faults) = Read($"{Head}spec:\n{line}\n");

        settings.ShouldBeNull();
        faults.ShouldHaveSingleItem().ShouldBe(fault);
    }

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var (_, faults) = Read("apiVersion: reconciler/v1\nkind: Controler\nmetadata: {name: main}\nspec: {intervall: 1s, listen: x}\n");

        faults.Select(fault => fault.Split(' ')[0]).ShouldBe(["kind-does-not-match-file", "name-does-not-match-folder", "unknown-key",
            "bad-value"]);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("0.0.0.0:80")]
    [InlineData("\"[::1]:9464\"")]
    public void It_listens_on_addresses_or_nowhere(string listen) => Read($"{Head}spec: {{listen: {listen}}}\n").Faults.ShouldBeEmpty();

    [Fact]
    public void In_the_desired_state_it_does_not_belong()
    {
        var tree = Trees.Example.With("production/controller.yaml", $"{Head}spec: {{}}\n");

        DocumentReader.Read(tree, ReadOptions.Default).Diagnostics.ShouldContain(fault => fault.Place.File == "production/controller.yaml");
    }
}
