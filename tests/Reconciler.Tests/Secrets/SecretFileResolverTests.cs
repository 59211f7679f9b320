using System.Text;
using System.Text.Json;
using Reconciler.Model;
using Reconciler.Secrets;

namespace Reconciler.Tests.Secrets;

public sealed class SecretFileResolverTests
{
    private const string Canary = "c4nary-hunter2";
    private readonly Dictionary<string, string> _variables = [];

    private static SecretFileDeclaration File(SecretFormat format, string? from, params (string Key, string? From)[] keys) =>
        new(new SecretFileReference("production", "coralnet", "settings"), format, keys.ToDictionary(key => key.Key, key => new SecretKeyDeclaration(key.From))) { From = from };

    private Task<SecretReading> ReadAsync(SecretFileDeclaration file) =>
        new SecretFileResolver([new EnvironmentSecretSource(_variables.GetValueOrDefault)], "key").ResolveAsync(file, TestContext.Current.CancellationToken);

    private async Task<ResolvedSecretFile> ResolvedAsync(SecretFileDeclaration file) => (await ReadAsync(file)).ShouldBeOfType<SecretReading.Resolved>().File;

    private async Task<string> TextAsync(SecretFileDeclaration file) => (await ResolvedAsync(file)).Content.RevealText()!;

    private async Task<IReadOnlyList<SecretFault>> FaultsAsync(SecretFileDeclaration file)
    {
        var reading = (await ReadAsync(file)).ShouldBeOfType<SecretReading.Refused>();
        reading.ToString().ShouldNotContain(Canary);
        reading.Faults.ShouldAllBe(fault => !fault.ToString().Contains(Canary));
        return reading.Faults;
    }

    [Fact]
    public async Task Json_has_the_declared_keys_alone_in_order_whatever_their_kind()
    {
        _variables["ALL"] = """{"B": "ü\"\n", "A": 5, "HOSTS": ["x"], "UNDECLARED": "no"}""";
        (await TextAsync(File(SecretFormat.Json, "env:ALL", ("B", null), ("A", null), ("HOSTS", null)))).ShouldBe(
            "{\n  \"A\": 5,\n  \"B\": \"ü\\\"\\n\",\n  \"HOSTS\": [\n    \"x\"\n  ]\n}\n");
    }

    [Fact]
    public async Task Dotenv_is_quoted_where_it_must_be()
    {
        _variables["ALL"] = """{"PLAIN": "a-b/c=d", "SPACE": "a b $c # d", "QUOTE": "it's", "BACK": "a\\b\"c", "NUMBER": 5}""";
        (await TextAsync(File(SecretFormat.Dotenv, "env:ALL", ("PLAIN", null), ("SPACE", null), ("QUOTE", null), ("BACK", null), ("NUMBER", null)))).ShouldBe(
            "BACK=\"a\\\\b\\\"c\"\nNUMBER=5\nPLAIN=a-b/c=d\nQUOTE=\"it's\"\nSPACE='a b $c # d'\n");
    }

    [Fact]
    public async Task Python_reads_back_what_was_stored()
    {
        _variables["ALL"] = """{"TEXT": "it's \\ \n\u0001ü", "NUMBER": 5, "FLAG": true}""";
        (await TextAsync(File(SecretFormat.Python, "env:ALL", ("TEXT", null), ("NUMBER", null), ("FLAG", null)))).ShouldBe(
            "FLAG = True\nNUMBER = 5\nTEXT = 'it\\'s \\\\ \\n\\x01ü'\n");
    }

    [Fact]
    public async Task Raw_is_the_value_byte_for_byte()
    {
        _variables["KEY"] = "-----BEGIN-----\nx\n";
        (await TextAsync(File(SecretFormat.Raw, "env:KEY"))).ShouldBe("-----BEGIN-----\nx\n");
        _variables["ALL"] = """{"tls": "x\n"}""";
        (await TextAsync(File(SecretFormat.Raw, "env:ALL#tls"))).ShouldBe("x\n");
    }

    [Fact]
    public async Task A_template_gets_the_values_and_its_failure_is_not_repeated()
    {
        _variables["ALL"] = $$"""{"KEY": "{{Canary}}"}""";
        var file = File(SecretFormat.Template, "env:ALL", ("KEY", null));
        (await TextAsync(file with { Template = values => $"license={values["KEY"]}\n" })).ShouldBe($"license={Canary}\n");
        (await FaultsAsync(file with { Template = values => throw new InvalidOperationException(values["KEY"]) })).ShouldHaveSingleItem();
        (await FaultsAsync(file)).ShouldHaveSingleItem().Reason.ShouldBe(SecretFaultReason.Declaration);
    }

    [Fact]
    public async Task A_key_may_have_a_source_of_its_own()
    {
        _variables["ALL"] = """{"A": "1"}""";
        _variables["PASSWORD"] = "p\n";
        _variables["OTHER"] = """{"C": "3"}""";
        var file = await ResolvedAsync(File(SecretFormat.Json, "env:ALL", ("A", null), ("B", "env:PASSWORD"), ("C", "env:OTHER#C")));
        file.Values.ToDictionary(entry => entry.Key, entry => entry.Value.RevealText()).ShouldBe(
            new Dictionary<string, string?> { ["A"] = "1", ["B"] = "p", ["C"] = "3" }, ignoreOrder: true);
    }

    [Fact]
    public async Task All_faults_are_said_at_once_with_key_source_and_way_out()
    {
        _variables["ALL"] = $$"""{ "EMPTY": " ", "NOTHING": null, "GOOD": "{{Canary}}", "DEEP": {"a": "{{Canary}}"} }""";
        _variables["BLANK"] = "\n";
        var faults = await FaultsAsync(File(SecretFormat.Json, "env:ALL",
            ("EMPTY", null), ("NOTHING", null), ("MISSING", null), ("GOOD", null), ("VAULT", "vault:x"), ("ODD", "nonsense"), ("BLANK", "env:BLANK"), ("UNSET", "env:UNSET")));
        faults.ToDictionary(fault => fault.Key!, fault => fault.Reason).ShouldBe(new Dictionary<string, SecretFaultReason>
        {
            ["EMPTY"] = SecretFaultReason.Empty,
            ["NOTHING"] = SecretFaultReason.Missing,
            ["MISSING"] = SecretFaultReason.Missing,
            ["VAULT"] = SecretFaultReason.Declaration,
            ["ODD"] = SecretFaultReason.Declaration,
            ["BLANK"] = SecretFaultReason.Empty,
            ["UNSET"] = SecretFaultReason.Missing,
        }, ignoreOrder: true);
        faults.Single(fault => fault.Key == "MISSING").Sentence.ShouldBe(
            "The source env:ALL, for the key MISSING, has no key MISSING; add it there, or take it out of 'keys'.");
    }

    [Theory]
    [InlineData("c4nary-hunter2")]
    [InlineData("[\"c4nary-hunter2\"]")]
    [InlineData("{\"A\": \"c4nary-hunter2\", \"A\": \"2\"}")]
    [InlineData("{\"A\": c4nary-hunter2}")]
    public async Task A_source_that_is_no_json_object_is_refused(string stored)
    {
        _variables["ALL"] = stored;
        (await FaultsAsync(File(SecretFormat.Json, "env:ALL", ("A", null)))).ShouldHaveSingleItem().Reason.ShouldBe(SecretFaultReason.WrongFormat);
    }

    [Theory]
    [InlineData(SecretFormat.Dotenv, "A", "\"c4nary-hunter2\\nx\"")]
    [InlineData(SecretFormat.Dotenv, "A", "\"c4nary-hunter2'$x\"")]
    [InlineData(SecretFormat.Dotenv, "A-B", "\"c4nary-hunter2\"")]
    [InlineData(SecretFormat.Dotenv, "A", "{\"x\": \"c4nary-hunter2\"}")]
    [InlineData(SecretFormat.Python, "1A", "\"c4nary-hunter2\"")]
    [InlineData(SecretFormat.Json, "A", "\"c4nary-hunter2\\u0000\"")]
    [InlineData(SecretFormat.Json, "A", "\"c4nary-hunter2\\ud800\"")]
    internal async Task What_a_format_cannot_hold_is_refused(SecretFormat format, string key, string value)
    {
        _variables["ALL"] = $$"""{"{{key}}": {{value}}}""";
        (await FaultsAsync(File(format, "env:ALL", (key, null)))).ShouldHaveSingleItem().Reason.ShouldBe(SecretFaultReason.WrongFormat);
    }

    [Fact]
    public async Task The_digest_is_the_one_that_sha256sum_computes()
    {
        _variables["KEY"] = "content\n";
        // { printf %s key; printf 'content\n'; } | sha256sum
        (await ResolvedAsync(File(SecretFormat.Raw, "env:KEY"))).KeyedDigest.ShouldBe("022fe8e0141e2c53c690bb803420280b911353b3d63271cf804b45a9959d02f1");
    }

    [Fact]
    public async Task A_value_shows_itself_nowhere()
    {
        _variables["ALL"] = $$"""{"KEY": "{{Canary}}"}""";
        var file = await ResolvedAsync(File(SecretFormat.Json, "env:ALL", ("KEY", null)));
        file.ToString().ShouldNotContain(Canary);
        file.Values["KEY"].ToString().ShouldBe("***");
        $"{file.Values["KEY"]}".ShouldBe("***");
        Should.Throw<NotSupportedException>(() => JsonSerializer.Serialize(file));
        Should.Throw<NotSupportedException>(() => JsonSerializer.Serialize(file.Values["KEY"]));
    }

    [Fact]
    public async Task A_value_put_where_its_source_belongs_is_not_repeated() =>
        (await FaultsAsync(File(SecretFormat.Json, Canary, ("A", null)))).ShouldHaveSingleItem().Reason.ShouldBe(SecretFaultReason.Declaration);

    [Fact]
    public void The_digest_separates_nothing_but_key_and_content() =>
        KeyedDigest.Of("k", Encoding.UTF8.GetBytes("x")).ShouldNotBe(KeyedDigest.Of("other", Encoding.UTF8.GetBytes("x")));
}
