using Reconciler.Secrets;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Secrets;

public sealed class SecretReplacementTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static SecretReplacement Of(string? member, string fresh, string? fallbacks = null, bool drops = false) =>
        new(SecretLocation.Parse("file:a", null)!, member, new(fresh)) { Fallbacks = fallbacks, DropFallbacks = drops };

    private static string Apply(SecretReplacement replacement, string whole) => replacement.Apply(new SecretValue(whole)).RevealText()!;

    [Fact]
    public void Another_value_stands_in_its_place_and_every_other_key_stays()
    {
        var replacement = Of("B", "new \"é\"");
        Apply(replacement, """{"Z": 1.50, "B": "old", "A": {"x": [true, null]}}""")
            .ShouldBe("""{"Z":1.50,"B":"new \"é\"","A":{"x":[true,null]}}""" + "\n");
        replacement.Old!.RevealText().ShouldBe("old");
        Apply(Of("B", "new"), "{\n  \"B\": \"old\",\n  \"A\": 1\n}\n").ShouldBe("{\n  \"B\": \"new\",\n  \"A\": 1\n}\n");
    }

    [Fact]
    public void A_source_that_is_one_value_keeps_its_last_newline()
    {
        Apply(Of(null, "new"), "old\n").ShouldBe("new\n");
        Apply(Of(null, "new"), "old").ShouldBe("new");
    }

    [Fact]
    public void The_old_value_becomes_the_only_one_that_still_counts_or_none_does()
    {
        Apply(Of("K", "new", "F"), """{"K": "old", "F": ["older", "oldest"]}""").ShouldBe("""{"K":"new","F":["old"]}""" + "\n");
        Apply(Of("K", "new", "F", drops: true), """{"K": "old", "F": ["older"]}""").ShouldBe("""{"K":"new","F":[]}""" + "\n");
    }

    [Theory]
    [InlineData("a", null, "b")]
    [InlineData("b", null, "a")]
    [InlineData("owner", null, "a")]
    [InlineData("b", "b", "a")]
    [InlineData("b", "a", "b")]
    [InlineData("a", "owner", "a")]
    public void The_next_login_is_the_one_that_no_reader_has(string named, string? inForce, string next)
    {
        var swap = new LoginSwap("USER", ["a", "b"], "owner", inForce);
        var replacement = new SecretReplacement(SecretLocation.Parse("file:a", null)!, "K", new("new")) { Login = swap };
        Apply(replacement, $$"""{"USER": "{{named}}", "K": "old", "L": 1}""").ShouldBe($$"""{"USER":"{{next}}","K":"new","L":1}""" + "\n");
        (swap.Old, swap.Fresh).ShouldBe((named, next));
    }

    [Theory]
    [InlineData("""{"K": "old", "USER": "canary"}""")]
    [InlineData("""{"K": "old"}""")]
    public void A_source_that_names_no_login_is_left_as_it_is(string whole) =>
        Should.Throw<SecretSourceException>(() => Apply(new(SecretLocation.Parse("file:a", null)!, "K", new("new"))
        {
            Login = new("USER", ["a", "b"], "owner", null),
        }, whole)).Message.ShouldBe(
            "file:a names at USER none of a, b, which are the `logins` in databases.yaml; write there which of them is in use, or owner"
            + " until they are.");

    [Theory]
    [InlineData("K", null, """{"K": "same"}""", "file:a holds this very value already; give another one.")]
    [InlineData(null, null, "same\n", "file:a holds this very value already; give another one.")]
    [InlineData("K", null, """{"L": "x"}""", "file:a has no key K; add it there first.")]
    [InlineData("K", null, "canary", "file:a is not a JSON object with unique keys")]
    [InlineData("K", null, """{"K": "canary", "K": "b"}""", "file:a is not a JSON object with unique keys")]
    [InlineData("K", "F", """{"K": "canary"}""", "file:a has no list at F; write \"F\": [] there.")]
    [InlineData("K", "F", """{"K": "canary", "F": "canary"}""", "file:a has no list at F")]
    public void What_cannot_be_replaced_is_said_and_no_value_with_it(string? member, string? fallbacks, string whole, string sentence)
    {
        var fault = Should.Throw<SecretSourceException>(() => Apply(Of(member, "same", fallbacks), whole));
        fault.Message.ShouldStartWith(sentence);
        fault.Message.ShouldNotContain("canary");
    }

    [Fact]
    public async Task A_file_is_replaced_whole_0600_and_nothing_is_left_beside_it()
    {
        var root = _scratch.In("secrets");
        Directory.CreateDirectory(root);
        var file = Path.Combine(root, "a");
        await File.WriteAllTextAsync(file, "old", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var store = new FileSecretStore(new(root), _ => { });

        (await store.ReplaceAsync(SecretLocation.Parse("file:a", null)!, Of(null, "new").Apply,
            TestContext.Current.CancellationToken)).ShouldBeNull();

        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ShouldBe("new");
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(root).ShouldBe([file]);

        var foreign = new FileSecretStore(new(root), _ => throw new InvalidOperationException("another's"));
        await Should.ThrowAsync<InvalidOperationException>(() =>
            foreign.ReplaceAsync(SecretLocation.Parse("file:a", null)!, Of(null, "newer").Apply, CancellationToken.None));
        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ShouldBe("new");
    }

    [Fact]
    public void Made_up_values_are_letters_and_digits_and_none_comes_twice()
    {
        var values = Enumerable.Range(0, 100).Select(_ => NewSecret.Of(32).RevealText()!).ToList();
        values.ShouldAllBe(value => value.Length == 32 && value.All(char.IsAsciiLetterOrDigit));
        values.Distinct().Count().ShouldBe(100);
        values.SelectMany(value => value).Distinct().Count().ShouldBe(62);
        Should.Throw<ArgumentOutOfRangeException>(() => NewSecret.Of(NewSecret.Shortest - 1));
    }

    [Theory]
    [InlineData("KEY", "Json", "", "is empty")]
    [InlineData("KEY", "Json", " canary", "begins or ends with a blank")]
    [InlineData("KEY", "Json", "can\u0007ary", "has control characters")]
    [InlineData("KEY", "Json", "can\0ary", "is not text")]
    [InlineData("KEY", "Dotenv", "can\nary", "has several lines")]
    [InlineData("KEY", "Json", "can\nary", null)]
    [InlineData("KEY", "Dotenv", "canary", null)]
    [InlineData(null, "Raw", "can\r\nary\n", null)]
    public void A_given_value_that_cannot_stand_in_its_file_is_found_first(string? key, string format, string value, string? fault)
    {
        var found = NewValues.FaultOf(key, format, new(value));
        (found is null).ShouldBe(fault is null);
        found?.ShouldStartWith(fault!);
        found?.ShouldNotContain("ary");
    }
}
