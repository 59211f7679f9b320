using Reconciler.Documents.Reading;
using Reconciler.Model;
using Reconciler.Remote;
using Reconciler.Tests.Documents;

namespace Reconciler.Tests.Remote;

/// <summary>What <c>enroll</c> prints goes into servers.yaml as it is.</summary>
public sealed class EnrollmentLineTests
{
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEmPkdC1QyGBZJzfEz3sUdFzzCMzlgG1yOTrTuk3Jf3r";

    private static string Line(params string[] roles) =>
        Enrollment.Line(new(new ServerAddress("web9", "10.0.2.9", "admin", [Key]) { Port = 2222 }, []) { Roles = roles }, $"{Key} root@web9");

    private static IEnumerable<string> Faults(string line) => DocumentReader.Read(
        SmallTree.Valid.WithSpec("staging/servers.yaml", $"  staging1: {{address: 10.0.1.1, roles: [web, worker]}}\n{line}\n"), ReadOptions.Default)
        .Diagnostics.Select(fault => $"{fault}");

    [Fact]
    public void With_roles_it_is_accepted() => Faults(Line("web", "worker")).ShouldBeEmpty();

    [Fact]
    public void Without_one_the_place_for_it_is_marked_and_refused_until_it_is_filled()
    {
        Faults(Line()).ShouldHaveSingleItem().ShouldContain("`ROLE`");
        Line().ShouldEndWith("# in place of ROLE: web, worker, beat, database; the port goes to environment.yaml: ssh: {port: 2222}");
        Faults(Line().Replace("[ROLE]", "[web]")).ShouldBeEmpty();
    }

    [Fact]
    public void The_runner_and_the_program_agree_on_the_usual_folders()
    {
        var runner = System.Text.Encoding.UTF8.GetString(RunnerFile.Content.Span);

        RunnerRoots.Usual.Where(root => !root.StartsWith("/var/lib/reconciler/", StringComparison.Ordinal)).ShouldAllBe(root => runner.Contains($" {root} ") || runner.Contains($"\"{root} "));
    }
}
