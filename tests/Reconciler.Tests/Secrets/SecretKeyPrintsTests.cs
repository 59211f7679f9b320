using Reconciler.Secrets;
using Reconciler.Tests.Git;
using Reconciler.Tests.Resources;
using Reconciler.Turns;

namespace Reconciler.Tests.Secrets;

/// <summary>Keys compared by the real script on the file that is there.</summary>
public sealed class SecretKeyPrintsTests : IDisposable
{
    private const string Nonce = "0123456789abcdef";

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static ResolvedSecretFile File(SecretFormat format, string content) =>
        new(new("production", "coralnet", "settings"), new SecretValue(content), "digest", new Dictionary<string, SecretValue>())
            { Format = format };

    private string? Compare(SecretFormat format, string wanted, string live)
    {
        var path = _scratch.In("a file");
        System.IO.File.WriteAllText(path, live);
        var answer = Sh.Run(SecretKeyPrints.Script(format, path, Nonce)).Good;
        answer.ShouldNotContain("canary-");
        return SecretKeyChanges.Line(SecretKeyPrints.Of(File(format, wanted), Nonce)!, answer);
    }

    [Fact]
    public void Of_JSON_the_keys_that_differ_are_named_and_no_value() => Compare(SecretFormat.Json,
        """{"DATABASE_PASSWORD": "canary-1", "SECRET_KEY": "canary-2", "MAPS": "canary-3"}""",
        """{"SECRET_KEY": "canary-2", "DATABASE_PASSWORD": "canary-9", "DEBUG": true}""")
            .ShouldBe("keys: other values: DATABASE_PASSWORD; missing: MAPS; only on the server: DEBUG (values are never shown)");

    [Fact]
    public void How_a_file_is_laid_out_is_no_difference_of_its_keys() => Compare(SecretFormat.Json,
        """{"N": 1.50, "L": [1, "zwei", null, true], "O": {"b": "ü", "a": false}, "S": "a\nb"}""",
        """
        {"S": "a\u000ab", "O": {"a": false,
          "b": "\u00fc"}, "L": [1,"zwei",null,true], "N": 1.50}
        """).ShouldBeNull();

    [Fact]
    public void What_is_no_longer_JSON_is_said() => Compare(SecretFormat.Json, """{"A": "canary"}""", "{\"A\": \"canary\"")
        .ShouldBe("(it is no longer of its format: whoever reads it fails)");

    [Theory]
    [InlineData("Dotenv", "A=canary-1\nB='canary 2'\n", "# by hand\nB='canary 2'\nexport A=canary-3\nC=1\n")]
    [InlineData("Python", "A = 'canary-1'\nB = 'canary 2'\n", "import os\nA = 'canary-3'\nB = 'canary 2'\nC = 1\n")]
    public void Of_lines_the_keys_that_differ_are_named(string format, string wanted, string live) =>
        Compare(Enum.Parse<SecretFormat>(format), wanted, live)
            .ShouldBe("keys: other values: A; only on the server: C (values are never shown)");

    [Fact]
    public void A_file_without_keys_is_not_compared() => SecretKeyPrints.Of(File(SecretFormat.Raw, "canary"), Nonce).ShouldBeNull();

    [Fact]
    public void A_key_that_may_be_anything_is_not_shown()
    {
        Compare(SecretFormat.Json, "{}", """{"canary pasted here": 1}""")
            .ShouldBe("keys: only on the server: (a key whose name is not shown) (values are never shown)");
    }

    [Fact]
    public void What_cannot_be_read_is_not_called_equal()
    {
        var prints = SecretKeyPrints.Of(File(SecretFormat.Json, "{}"), Nonce)!;

        SecretKeyChanges.Line(prints, Sh.Run(SecretKeyPrints.Script(SecretFormat.Json, _scratch.In("none"), Nonce)).Output)
            .ShouldBe("(which of its keys differ could not be seen)");
        SecretKeyChanges.Line(prints, "").ShouldBe("(which of its keys differ could not be seen)");
    }
}
