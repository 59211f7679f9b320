using Reconciler.Documents.Expansion;
using Reconciler.Model;

namespace Reconciler.Tests.Documents.Expansion;

public sealed class ListenLineTests
{
    private static PageTarget? Of(string lines) => ListenLine.TargetOf($"server {{\n{lines}\n}}\n", "fallback.test");

    [Theory]
    [InlineData("listen 80;", "127.0.0.1", 80, false)]
    [InlineData("  listen *:8080 default_server;", "127.0.0.1", 8080, false)]
    [InlineData("listen 10.0.0.5:80;", "10.0.0.5", 80, false)]
    [InlineData("listen 10.0.0.5;", "10.0.0.5", 80, false)]
    [InlineData("listen [::]:80;", "::1", 80, false)]
    [InlineData("listen [::1]:81;", "::1", 81, false)]
    [InlineData("listen 443 ssl http2;", "127.0.0.1", 443, true)]
    [InlineData("listen unix:/run/x.sock;\nlisten 8000;", "127.0.0.1", 8000, false)]
    [InlineData("listen 443 ssl;\nlisten 80;", "127.0.0.1", 80, false)]
    public void A_listener_is_asked_where_the_server_itself_reaches_it(string lines, string address, int port, bool tls) =>
        Of(lines).ShouldBe(new PageTarget(address, port, tls, "fallback.test"));

    [Fact]
    public void Of_several_server_blocks_the_one_with_the_cover_is_asked()
    {
        const string site = "server {\n listen 80; return 301 https://$host; } # don't {\nserver {\n  # The cover of a:\n  if ($x ~ \"^{1}\") { break; }\n  listen 443 ssl;\n server_name b.test;\n}\n";

        ListenLine.TargetOf(site, "fallback.test", "# The cover of a:").ShouldBe(new PageTarget("127.0.0.1", 443, true, "b.test"));
        ListenLine.TargetOf(site, "fallback.test", "# The cover of b:")!.Port.ShouldBe(80);
        ListenLine.TargetOf("}}# The cover of a:\nlisten 80;\n", "fallback.test", "# The cover of a:")!.Port.ShouldBe(80);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# listen 80;")]
    [InlineData("listen unix:/run/x.sock;")]
    [InlineData("listen somewhere;")]
    public void Without_a_TCP_port_there_is_nothing_to_ask(string lines) => Of(lines).ShouldBeNull();

    [Theory]
    [InlineData("server_name coralnet.test www.coralnet.test;", "coralnet.test")]
    [InlineData("server_name _;", "fallback.test")]
    [InlineData("server_name *.coralnet.test;", "fallback.test")]
    [InlineData("server_name ~^www;", "fallback.test")]
    public void The_first_plain_server_name_is_the_host(string line, string host) => Of($"listen 80;\n{line}").ShouldNotBeNull().Host.ShouldBe(host);
}
