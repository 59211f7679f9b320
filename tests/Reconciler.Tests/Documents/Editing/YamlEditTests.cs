using Reconciler.Documents.Editing;

namespace Reconciler.Tests.Documents.Editing;

/// <summary>One value changes, and every other byte stays.</summary>
public sealed class YamlEditTests
{
    [Theory]
    [InlineData("spec: {enabled: false}   # startsAt, endsAt\n", "spec: {enabled: true}   # startsAt, endsAt\n")]
    [InlineData("# top\nspec:\n  enabled: false # why\n  message: x\n", "# top\nspec:\n  enabled: true # why\n  message: x\n")]
    [InlineData("spec: {message: \"a, {b}\", enabled: 'false'}\n", "spec: {message: \"a, {b}\", enabled: true}\n")]
    [InlineData("spec: {}\n", "spec: {enabled: true}\n")]
    [InlineData("spec: {message: x}", "spec: {message: x, enabled: true}")]
    [InlineData("spec:\n    message: x # it is\n", "spec:\n    message: x # it is\n    enabled: true\n")]
    [InlineData("spec:\n  message: x", "spec:\n  message: x\n  enabled: true")]
    [InlineData("spec:\n  other: {a: b}\n", "spec:\n  enabled: true\n  other: {a: b}\n")]
    [InlineData("spec: {other: {a: b}}\n", "spec: {enabled: true, other: {a: b}}\n")]
    [InlineData("spec:\r\n  enabled: false\r\n  message: x\r\n", "spec:\r\n  enabled: true\r\n  message: x\r\n")]
    public void A_value_is_set_in_its_place_or_beside_the_others(string before, string after)
    {
        var edit = new YamlEdit("f.yaml", before);
        edit.Set("true", "spec", "enabled");
        edit.Text.ShouldBe(after);
        edit.Get("spec", "enabled").ShouldBe("true");
    }

    [Theory]
    [InlineData("spec: {enabled: true, startsAt: 2026-03-01T02:00:00Z} # c\n", "spec: {enabled: true} # c\n")]
    [InlineData("spec: {startsAt: 2026-03-01T02:00:00Z, enabled: true}\n", "spec: {enabled: true}\n")]
    [InlineData("spec:\n  startsAt: 2026-03-01T02:00:00Z\n  enabled: true\n", "spec:\n  enabled: true\n")]
    [InlineData("spec:\n  enabled: true\n  startsAt: \"2026-03-01T02:00:00Z\" # at night\n", "spec:\n  enabled: true\n  # at night\n")]
    [InlineData("spec:\n  enabled: true\n  startsAt: 2026-03-01T02:00:00Z", "spec:\n  enabled: true\n")]
    [InlineData("spec: {enabled: true}\n", "spec: {enabled: true}\n")]
    public void A_value_is_taken_away_and_a_comment_stays(string before, string after)
    {
        var edit = new YamlEdit("f.yaml", before);
        edit.Remove("spec", "startsAt");
        edit.Text.ShouldBe(after);
    }

    [Theory]
    [InlineData("spec:\n  enabled: >\n    false\n", "f.yaml:2:12: a value over several lines is not rewritten")]
    [InlineData("spec:\n  enabled: {a: b}\n", "f.yaml: `spec.enabled` cannot be rewritten, it is no single value; edit the file by hand")]
    [InlineData("other: x\n", "f.yaml: `spec.enabled` cannot be rewritten, there is no map around it; edit the file by hand")]
    [InlineData("spec: [\n", "yaml-syntax f.yaml:2:1: this is not YAML")]
    public void What_would_need_more_than_that_is_refused_with_the_way_on(string before, string sentence) =>
        Should.Throw<EditException>(() => new YamlEdit("f.yaml", before).Set("true", "spec", "enabled")).Message.ShouldStartWith(sentence);

    [Fact]
    public void Free_text_survives_as_it_is()
    {
        var edit = new YamlEdit("f.yaml", "spec: {enabled: true}\n");
        edit.Set(YamlEdit.Quoted("back \"soon\": 5\\6 # {really}"), "spec", "message");
        edit.Get("spec", "message").ShouldBe("back \"soon\": 5\\6 # {really}");
        edit.Get("spec", "enabled").ShouldBe("true");
    }
}
