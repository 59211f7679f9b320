using System.Diagnostics;
using Reconciler.Cli;
using Reconciler.Importing;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Cli;

/// <summary><c>import</c> and <c>adopt</c> as a process: what cannot be followed is a sentence and an exit code.</summary>
public sealed class ImportCommandTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private (int Code, string Output, string Error) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "reconciler.dll"), .. arguments, "--config", "none", "--state", _folder.In("state")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    private static string[] Import(params string[] more) => ["import", "web1", "--environment", "production", "--application", "reef", "--into", "out", .. more];

    [Theory]
    [InlineData("--address wants ADDRESS or LOGIN@ADDRESS", "--address", "a@b@c")]
    [InlineData("--address: `10.0.0.300` is not an IPv4 address", "--address", "10.0.0.300")]
    [InlineData("--address: `root` may not be root", "--address", "root@10.0.0.1")]
    [InlineData("what --host-key was given", "--address", "10.0.0.1", "--host-key", "word")]
    [InlineData("--path: `srv` is not an absolute path", "--address", "10.0.0.1", "--path", "srv")]
    [InlineData("--user: `root` may not be root", "--address", "10.0.0.1", "--user", "root")]
    public void What_cannot_be_followed_is_bad_usage(string sentence, params string[] arguments)
    {
        var (code, _, error) = Run(Import(arguments));

        (code, error).ShouldSatisfyAllConditions(said => said.code.ShouldBe(64, error), said => said.error.ShouldContain(sentence));
    }

    [Theory]
    [InlineData("Web1", "production", "reef", "the server: `Web1`")]
    [InlineData("web1", "Production", "reef", "--environment: `Production`")]
    [InlineData("web1", "base", "reef", "`base` and `host` are folders of the desired state itself")]
    [InlineData("web1", "production", "host", "`base` and `host` are folders of the desired state itself")]
    public void Names_must_be_names_of_documents(string server, string environment, string application, string sentence)
    {
        var (code, _, error) = Run("import", server, "--address", "10.0.0.1", "--environment", environment, "--application", application, "--into", "out");

        code.ShouldBe(64);
        error.ShouldContain(sentence);
    }

    [Fact]
    public void A_server_that_does_not_let_the_login_in_is_an_error_with_its_name()
    {
        var (code, _, error) = Run(Import("--address", "127.0.0.1", "--port", "1"));

        code.ShouldBe(1);
        error.ShouldContain("web1 (reconciler@127.0.0.1:1)");
    }

    [Fact]
    public void Nothing_is_overwritten_and_nothing_is_half_written()
    {
        var import = new Import(new Dictionary<string, string> { ["a/one.yaml"] = "1", ["a/two.yaml"] = "2" }, [], [], []);
        ImportedFolder.Write(_folder.In("out"), import);
        File.Delete(Path.Combine(_folder.In("out"), "a/one.yaml"));
        File.WriteAllText(Path.Combine(_folder.In("out"), "a/two.yaml"), "mine");

        Should.Throw<UsageException>(() => ImportedFolder.Write(_folder.In("out"), import)).Message.ShouldContain("a/two.yaml is there already; nothing was written");

        File.Exists(Path.Combine(_folder.In("out"), "a/one.yaml")).ShouldBeFalse();
        File.ReadAllText(Path.Combine(_folder.In("out"), "a/two.yaml")).ShouldBe("mine");
    }

    [Fact]
    public void A_second_application_of_the_server_goes_beside_the_first()
    {
        Import Of(string application) => new(
            new Dictionary<string, string> { ["a/servers.yaml"] = "1", ["a/host/packages.yaml"] = "2", [$"a/{application}/application.yaml"] = "3" }, [], [], []);
        ImportedFolder.Write(_folder.In("out"), Of("reef"));

        ImportedFolder.Write(_folder.In("out"), Of("blog"));

        File.Exists(Path.Combine(_folder.In("out"), "a/blog/application.yaml")).ShouldBeTrue();
        Should.Throw<UsageException>(() => ImportedFolder.Write(_folder.In("out"), Of("blog"))).Message.ShouldContain("a/blog/application.yaml is there already; nothing");
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_bad_usage()
    {
        File.WriteAllText(_folder.In("file"), "");

        Should.Throw<UsageException>(() => ImportedFolder.Write(_folder.In("file"), new Import(new Dictionary<string, string> { ["a/b"] = "" }, [], [], [])))
            .Message.ShouldContain("cannot be written");
    }

    [Fact]
    public void Adopt_wants_a_repository_and_an_environment_that_is_there()
    {
        Run("adopt", "production").ShouldSatisfyAllConditions(said => said.Code.ShouldBe(64), said => said.Error.ShouldContain("no desired-state repository is named"));
    }
}
