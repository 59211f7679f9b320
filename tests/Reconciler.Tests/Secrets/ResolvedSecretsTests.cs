using Reconciler.Model;
using Reconciler.Secrets;

namespace Reconciler.Tests.Secrets;

public sealed class ResolvedSecretsTests
{
    private static readonly SecretFileReference File = new("production", "coralnet", "settings");

    private static ResolvedSecretFile Content(string value) =>
        new(File, new SecretValue(value), $"of {value}", new Dictionary<string, SecretValue> { ["KEY"] = new(value) })
        { ValueDigests = new Dictionary<string, string> { ["KEY"] = $"key of {value}" } };

    [Fact]
    public void A_state_of_before_that_is_resolved_later_does_not_take_the_wanted_one_s_place()
    {
        var secrets = new ResolvedSecrets();
        secrets.Keep(Content("wanted"));
        secrets.Keep(Content("before"));

        secrets.Of(new(File, "of wanted")).Content.RevealText().ShouldBe("wanted");
        secrets.Of(new(File, "of before")).Content.RevealText().ShouldBe("before");
        secrets.ValueOf(new(File, "KEY"), "key of wanted").RevealText().ShouldBe("wanted");
    }

    [Fact]
    public void What_was_not_resolved_is_never_replaced_by_something_else()
    {
        var secrets = new ResolvedSecrets();
        secrets.Keep(Content("one"));

        Should.Throw<InvalidOperationException>(() => secrets.Of(new(File, "of two")));
        Should.Throw<InvalidOperationException>(() => secrets.ValueOf(new(File, "KEY"), "key of two"));
        Should.Throw<InvalidOperationException>(() => secrets.ValueOf(new(File, "OTHER"), "key of one"));
    }

    [Fact]
    public void Old_values_do_not_stay_in_memory()
    {
        var secrets = new ResolvedSecrets();
        for (var i = 0; i < 9; i++)
            secrets.Keep(Content($"{i}"));

        Should.Throw<InvalidOperationException>(() => secrets.Of(new(File, "of 0")));
        secrets.Of(new(File, "of 1")).Content.RevealText().ShouldBe("1");
    }
}
