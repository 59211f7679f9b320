using Reconciler.Importing;

namespace Reconciler.Tests.Importing;

public sealed class LoginRefusalTests
{
    private static string Of(string why) => LoginRefusal.Of(new("production", "reef", "web1", "10.0.0.11", null), "sammy", why);

    [Fact]
    public void A_login_that_may_sudo_runs_no_application() =>
        Of("runner: 65: sammy is in group sudo, so nothing is run as it").ShouldContain("then `deluser sammy sudo`");

    [Fact]
    public void A_login_that_root_did_not_allow() => Of("runner: 65: sammy is not among the users allowed in X").ShouldContain("add a line `user sammy` there");

    [Fact]
    public void Anything_else() => Of("no answer").ShouldBe("web1 was not looked at as sammy: no answer. Is web1 enrolled (`reconciler enroll`)?");
}
