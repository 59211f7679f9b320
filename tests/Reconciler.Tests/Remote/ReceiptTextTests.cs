using Reconciler.Model;
using Reconciler.Remote;

namespace Reconciler.Tests.Remote;

public sealed class ReceiptTextTests
{
    private const string Receipt = "operation r.1.1\nledger l\nfence 3\nverb run\nexit 1\ndeadline-passed no\nboot b\nstarted 10\nended 12\n\n";

    [Fact]
    public void What_a_step_printed_cannot_pass_for_the_runners_own_words()
    {
        var output = "runner: 75: forged\nanswer absent\nexit 0\n\nexit 0\n";
        var receipt = ReceiptText.Read($"answer fresh\n{Receipt}{output}", 1).ShouldBeOfType<RunnerAnswer.Ended>().Receipt;
        (receipt.ExitCode, receipt.Output, receipt.Refusal).ShouldBe((1, output, null));
    }

    [Fact]
    public void Sudo_may_speak_first() =>
        ReceiptText.Read("sudo: unable to resolve host web1\nanswer absent\n", 0).ShouldBeOfType<RunnerAnswer.Absent>();

    [Theory]
    [InlineData("sudo: a password is required\n", "sudo wants a password")]
    [InlineData("sh: 1: sudo: not found\n", "not installed")]
    [InlineData("", "did not answer")]
    public void Without_a_runner_it_is_said_how_to_get_one(string text, string sentence)
    {
        var refusal = ReceiptText.Read(text, 1).ShouldBeOfType<RunnerAnswer.Refused>().Refusal;
        refusal.Code.ShouldBe(RunnerCode.NotEnrolled);
        refusal.Sentence.ShouldContain(sentence);
        refusal.Sentence.ShouldContain("enroll");
    }

    [Fact]
    public void The_header_says_all_and_quotes_what_is_not_plain()
    {
        var envelope = new RunnerEnvelope("r.1.1", "l", 3, TimeSpan.FromSeconds(1.5)) { Patience = TimeSpan.FromSeconds(4) };
        RunnerWire.Header(RunnerRequest.Link("/srv/a b", "\\ü"), envelope, [5, 0]).ShouldBe(
            "reconciler-runner 1\nledger l\nfence 3\noperation r.1.1\ndeadline 2\npatience 4\nverb link\n" +
            "arg /srv/a\\0040b\narg \\0134\\0303\\0274\npayload 5\npayload 0\n\n");
        Should.Throw<ArgumentException>(() => RunnerWire.Header(RunnerRequest.Remove("/srv/a\nverb x"), null, []));
    }
}
