using Reconciler.Importing;

namespace Reconciler.Tests.Importing;

/// <summary>Where too little or too much was found, import says what would help.</summary>
public sealed class ImportRefusalsTests
{
    private static readonly ImportRequest Request = new("production", "reef", "web1", "10.0.0.11", null);

    private static readonly string First = ImportTests.Case("systemd", "first.txt");
    private static readonly string Second = ImportTests.Case("systemd", "second.txt");

    private static string Refusal(string first, string? second = null, ImportRequest? request = null) => Should.Throw<ImportException>(() =>
    {
        var server = FirstLook.Read(first);
        Analysis.Of(request ?? Request, server, Candidate.Of(request ?? Request, server), SecondLook.Read(second ?? Second));
    }).Message;

    [Fact]
    public void A_look_that_was_cut_off()
    {
        Refusal(First[..200]).ShouldContain("cut off");
        Refusal(First, Second[..40]).ShouldContain("cut off");
    }

    [Fact]
    public void No_application() => Refusal("os Debian\nend\n").ShouldContain("name its user with --user LOGIN and its checkout with --path FOLDER");

    [Fact]
    public void One_that_runs_as_root() => Refusal(First.Replace("| User=deploy\n", "")).ShouldContain("gunicorn (/etc/systemd/system/gunicorn.service:8) runs as root");

    [Fact]
    public void Several_users() => Refusal(First.Replace("| User=deploy\n| WorkingDirectory=/srv/reef/src\n| ExecStart=/srv/reef/env/bin/celery",
        "| User=other\n| WorkingDirectory=/srv/other\n| ExecStart=/srv/reef/env/bin/celery")).ShouldBe("applications of several users run here (deploy, other): name one with --user LOGIN");

    [Fact]
    public void No_checkout() => Refusal(First, "at 1 /srv\n\nend\n").ShouldContain("no git checkout with a manage.py was found where processes of deploy run (/srv/reef/src)");

    [Fact]
    public void Several_checkouts_of_which_one_can_be_named()
    {
        var two = Second.Replace("\nend\n", $"\n{Second[Second.IndexOf("top ", StringComparison.Ordinal)..].Replace("/srv/reef/src", "/srv/reef/old")}");

        Refusal(First, two).ShouldBe("deploy has several checkouts (/srv/reef/src, /srv/reef/old): name one with --path FOLDER");
        var server = FirstLook.Read(First);
        var named = Request with { Path = "/srv/reef/old" };
        Analysis.Of(named, server, Candidate.Of(named, server), SecondLook.Read(two)).Checkout.Path.ShouldBe("/srv/reef/old");
    }

    [Fact]
    public void A_checkout_without_a_remote() => Refusal(First, Second.Replace("remote https://github.com/reef/reef.git", "remote ")).ShouldContain("has no remote `origin`");

    [Fact]
    public void A_checkout_without_a_commit() => Refusal(First, Second.Replace("head 3f9d1c07a1e0b6f5c6f0d2a4f0b1d8e7c9a5b342", "head ")).ShouldBe("/srv/reef/src has no commit");
}
