using Reconciler.Git;

namespace Reconciler.Tests.Git;

public sealed class RemoteAddressTests
{
    [Theory]
    [InlineData("git@github.com:coralnet/coralnet.git")]
    [InlineData("https://github.com/coralnet/coralnet.git")]
    [InlineData("https://organisation@dev.azure.com/organisation/project/_git/repository")]
    [InlineData("ssh://git@host:2222/srv/git/a.git")]
    [InlineData("host:a.git")]
    public void An_address_of_a_remote_is_accepted(string address) => RemoteAddress.Fault(address, new GitSettings()).ShouldBeNull();

    [Theory]
    [InlineData("")]
    [InlineData("--upload-pack=x")]
    [InlineData("ext::sh -c x")]
    [InlineData("ext::sh")]
    [InlineData("fd::17")]
    [InlineData("/srv/git/a")]
    [InlineData("file:///srv/git/a")]
    [InlineData("../a")]
    [InlineData("a")]
    [InlineData("git://host/a")]
    [InlineData("http://host/a")]
    [InlineData("ftp://host/a")]
    [InlineData("https://x:hunter2@host/a")]
    [InlineData("https://ghp_0123456789abcdefghij0123456789abcdef@github.com/a/b")]
    [InlineData("ssh://-oProxyCommand=x/a")]
    [InlineData("-oProxyCommand=x:a")]
    [InlineData("https://host/a b")]
    [InlineData("https://host/a\n")]
    public void Anything_else_is_refused_and_no_password_repeated(string address)
    {
        RemoteAddress.Fault(address, new GitSettings()).ShouldNotBeNull();
        Should.Throw<GitException>(() => RemoteAddress.Check(address, new GitSettings())).Message.ShouldNotContain("hunter2");
    }

    [Fact]
    public void A_mirror_is_named_so_that_a_person_knows_it()
    {
        MirrorFolder.NameOf("git@github.com:coralnet/coralnet.git").ShouldStartWith("coralnet-coralnet-");
        MirrorFolder.NameOf("git@github.com:a/b").ShouldNotBe(MirrorFolder.NameOf("git@github.com:a-b"));
    }
}
