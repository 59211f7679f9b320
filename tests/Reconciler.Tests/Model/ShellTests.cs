using Reconciler.Model;

namespace Reconciler.Tests.Model;

public sealed class ShellTests
{
    [Theory]
    [InlineData("", "''")]
    [InlineData("plain-1.0/x", "plain-1.0/x")]
    [InlineData("a b", "'a b'")]
    [InlineData("it's", "'it'\\''s'")]
    [InlineData("$(id)", "'$(id)'")]
    public void A_word_is_quoted_so_that_sh_reads_it_back(string text, string quoted) => Shell.Quote(text).ShouldBe(quoted);

    [Theory]
    [InlineData("gunicorn -b 127.0.0.1:8000 config.wsgi", new[] { "gunicorn", "-b", "127.0.0.1:8000", "config.wsgi" })]
    [InlineData("a 'b c' \"d \\\" e\" f\\ g ''", new[] { "a", "b c", "d \" e", "f g", "" })]
    [InlineData("echo $HOME `id`", new[] { "echo", "$HOME", "`id`" })]
    public void A_command_is_split_and_nothing_in_it_is_expanded(string command, string[] words) => Shell.Split(command).ShouldBe(words);

    [Fact]
    public void An_open_quote_is_refused() => Should.Throw<FormatException>(() => Shell.Split("echo 'a"));
}
